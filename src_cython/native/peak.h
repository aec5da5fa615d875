/* How fast this processor is at most, for benchmarks: multiply-adds on registers,
 * square roots with a division in first-level cache, memory copied and read.  Every
 * instruction set measures its own. */
#ifndef FASTNN_PEAK_H
#define FASTNN_PEAK_H

#include <stddef.h>
#include "simd.h"

/* Sums that do not wait for each other: more than latency x units of any processor,
 * as many as the registers of the instruction set hold beside two operands. */
enum { FN_CHAINS = 12 };

/* Without it the compiler would notice that one sum is like another. */
#if defined(__AVX512F__)
#  define FN_KEEP(x) __asm__ volatile("" : "+v"(x))
#elif defined(__aarch64__)
#  define FN_KEEP(x) __asm__ volatile("" : "+w"(x))
#else
#  define FN_KEEP(x) __asm__ volatile("" : "+x"(x))
#endif

#define FN_MULTIPLY_ADD(NAME, TYPE, VEC) \
    /* Floating-point operations done. */ \
    static double fn_multiply_add_##NAME(long long repeats) \
    { \
        enum { LANES = FN_VECTOR_BYTES / sizeof(TYPE) }; \
        VEC sum[FN_CHAINS], a = (VEC){0} + (TYPE)0.5, b = (VEC){0} + (TYPE)0.25; \
        _Pragma("GCC unroll 12") \
        for (int i = 0; i < FN_CHAINS; i++) \
            sum[i] = b * (TYPE)i; \
        for (long long n = 0; n < repeats; n++) { \
            _Pragma("GCC unroll 12") \
            for (int i = 0; i < FN_CHAINS; i++) { \
                sum[i] = fn_fma_vec_##NAME(sum[i], a, b); \
                FN_KEEP(sum[i]); \
            } \
        } \
        return 2.0 * FN_CHAINS * LANES * (double)repeats; \
    }

FN_MULTIPLY_ADD(f32, float, fn_vec_f32)
FN_MULTIPLY_ADD(f64, double, fn_vec_f64)

#define FN_ROOT_AND_QUOTIENT(NAME, TYPE, ROOT) \
    /* Elements done: a square root of each, and a division by it. */ \
    static double fn_root_and_quotient_##NAME(long long repeats) \
    { \
        enum { N = 1024 }; \
        static TYPE inp[N], out[N]; \
        for (int i = 0; i < N; i++) \
            inp[i] = (TYPE)(i + 1); \
        for (long long n = 0; n < repeats; n++) { \
            for (int i = 0; i < N; i++) \
                out[i] = (TYPE)3 / ROOT(inp[i]); \
            __asm__ volatile("" : : "r"(out), "r"(inp) : "memory"); \
        } \
        return (double)N * (double)repeats; \
    }

FN_ROOT_AND_QUOTIENT(f32, float, __builtin_sqrtf)
FN_ROOT_AND_QUOTIENT(f64, double, __builtin_sqrt)

#if FN_HAS_BF16
static double fn_multiply_add_bf16(long long repeats)
{
    fn_vec_f32 sum[FN_CHAINS];
    const fn_vec_u32 a = (fn_vec_u32){0} + 0x3f003f00u, b = (fn_vec_u32){0} + 0x3e803e80u;
#pragma GCC unroll 12
    for (int i = 0; i < FN_CHAINS; i++)
        sum[i] = (fn_vec_f32){0} + (float)i;
    for (long long n = 0; n < repeats; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < FN_CHAINS; i++) {
            sum[i] = fn_fma_vec_bf16(a, b, sum[i]);
            FN_KEEP(sum[i]);
        }
    }
    return 4.0 * FN_CHAINS * (FN_VECTOR_BYTES / 4) * (double)repeats;
}
#else
/* Without the instruction operands are floats that have been rounded. */
#define fn_multiply_add_bf16 fn_multiply_add_f32
#endif

/* out := inp, `bytes` of them in whole vectors, `repeats` times. */
static void fn_copy_bytes(char *out, const char *inp, size_t bytes, long long repeats)
{
    for (long long n = 0; n < repeats; n++) {
        for (size_t i = 0; i + 4 * FN_VECTOR_BYTES <= bytes; i += 4 * FN_VECTOR_BYTES)
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++)
                *(fn_vec_f32 *)(out + i + v * FN_VECTOR_BYTES)
                    = *(const fn_vec_f32 *)(inp + i + v * FN_VECTOR_BYTES);
        __asm__ volatile("" : : "r"(out), "r"(inp) : "memory");
    }
}

/* Reads `bytes` of memory in whole vectors, `repeats` times. */
static void fn_read_bytes(const char *inp, size_t bytes, long long repeats)
{
    fn_vec_f32 seen[4] = {{0}};
    for (long long n = 0; n < repeats; n++) {
        for (size_t i = 0; i + 4 * FN_VECTOR_BYTES <= bytes; i += 4 * FN_VECTOR_BYTES)
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++) {
                seen[v] += *(const fn_vec_f32 *)(inp + i + v * FN_VECTOR_BYTES);
                FN_KEEP(seen[v]);
            }
        __asm__ volatile("" : : "r"(inp) : "memory");
    }
}

#endif
