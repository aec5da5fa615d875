/* Philox4x32-10, for 16 counters side by side.  Compilers do not find the widening
 * multiplication of every other lane by themselves: it is four times as fast. */
#ifndef FASTNN_PHILOX_H
#define FASTNN_PHILOX_H

#include <stdint.h>
#include "simd.h"
#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

enum { FN_COUNTERS = 16, FN_COUNTERS_OF_VECTOR = FN_VECTOR_BYTES / 4 };

typedef uint64_t fn_vec_u64 __attribute__((vector_size(FN_VECTOR_BYTES)));

/* The lower halves of the lanes multiplied. */
FN_INLINE fn_vec_u64 fn_widening_multiply(fn_vec_u64 a, fn_vec_u64 b)
{
#if defined(__AVX512F__)
    return (fn_vec_u64)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (fn_vec_u64)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (fn_vec_u64)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

/* high, low := the halves of the products of all 32-bit lanes with a number */
FN_INLINE void fn_multiply_halves(
    fn_vec_u32 *high, fn_vec_u32 *low, fn_vec_u32 a, uint32_t number)
{
    const fn_vec_u64 factor = (fn_vec_u64){0} + number, lower = (fn_vec_u64){0} + 0xffffffffu;
    const fn_vec_u64 even = fn_widening_multiply((fn_vec_u64)a, factor);
    const fn_vec_u64 odd = fn_widening_multiply((fn_vec_u64)a >> 32, factor);
    *high = (fn_vec_u32)((even >> 32) | (odd & ~lower));
    *low = (fn_vec_u32)((even & lower) | (odd << 32));
}

/* word[4][16] := Philox4x32-10 of the counters (column + lane, row, step)
 *
 * Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (2011). */
FN_INLINE void fn_philox(
    uint32_t *word, uint32_t column, uint32_t row, uint64_t step, uint64_t key)
{
    enum { N = FN_COUNTERS_OF_VECTOR, VECTORS = FN_COUNTERS / N };
    static const uint32_t lanes[FN_COUNTERS] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    };
    fn_vec_u32 c0[VECTORS], c1[VECTORS], c2[VECTORS], c3[VECTORS];
    uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
    for (int v = 0; v < VECTORS; v++) {
        __builtin_memcpy(&c0[v], lanes + v * N, FN_VECTOR_BYTES);
        c0[v] += column;
        c1[v] = (fn_vec_u32){0} + row;
        c2[v] = (fn_vec_u32){0} + (uint32_t)step;
        c3[v] = (fn_vec_u32){0} + (uint32_t)(step >> 32);
    }
    for (int round = 0; round < 10; round++) {
        for (int v = 0; v < VECTORS; v++) {
            fn_vec_u32 high0, low0, high1, low1;
            fn_multiply_halves(&high0, &low0, c0[v], 0xD2511F53u);
            fn_multiply_halves(&high1, &low1, c2[v], 0xCD9E8D57u);
            c0[v] = high1 ^ c1[v] ^ key0;
            c1[v] = low1;
            c2[v] = high0 ^ c3[v] ^ key1;
            c3[v] = low0;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    for (int v = 0; v < VECTORS; v++) {
        __builtin_memcpy(word + v * N, &c0[v], FN_VECTOR_BYTES);
        __builtin_memcpy(word + FN_COUNTERS + v * N, &c1[v], FN_VECTOR_BYTES);
        __builtin_memcpy(word + 2 * FN_COUNTERS + v * N, &c2[v], FN_VECTOR_BYTES);
        __builtin_memcpy(word + 3 * FN_COUNTERS + v * N, &c3[v], FN_VECTOR_BYTES);
    }
}

#endif
