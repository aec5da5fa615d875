/* The SIMD shim: one vector type per element type, the same names on every
 * instruction set.  The compiler flags of a module decide which one it is.
 *
 * FN_ROWS is the height of the register tile: FN_ROWS x 2 accumulators plus the
 * operands of one step must fit the register file (32, 16 or 16 registers).
 */
#ifndef FASTNN_SIMD_H
#define FASTNN_SIMD_H

#include <stdint.h>

#if defined(__AVX512F__)
#  include <immintrin.h>
#  define FN_VECTOR_BYTES 64
#  define FN_ROWS 12
#elif defined(__AVX2__) && defined(__FMA__)
#  include <immintrin.h>
#  define FN_VECTOR_BYTES 32
#  define FN_ROWS 6
#elif defined(__ARM_NEON) && defined(__aarch64__)
#  include <arm_neon.h>
#  define FN_VECTOR_BYTES 16
#  define FN_ROWS 8
#else
#  define FN_VECTOR_BYTES 16
#  define FN_ROWS 4
#endif

#if defined(__AVX512BF16__) && defined(__AVX512F__)
#  define FN_HAS_BF16 1
#else
#  define FN_HAS_BF16 0
#endif

#define FN_INLINE static inline __attribute__((always_inline))

typedef float fn_vec_f32 __attribute__((vector_size(FN_VECTOR_BYTES), may_alias));
typedef uint32_t fn_vec_u32 __attribute__((vector_size(FN_VECTOR_BYTES), may_alias));
typedef int32_t fn_vec_i32 __attribute__((vector_size(FN_VECTOR_BYTES), may_alias));
typedef int64_t fn_vec_i64 __attribute__((vector_size(FN_VECTOR_BYTES), may_alias));
typedef double fn_vec_f64 __attribute__((vector_size(FN_VECTOR_BYTES), may_alias));

/* a * b + c, rounded once where the instruction set has FMA.  Contraction is off
 * for the whole build, so this is the only place where a product is fused. */
#if defined(__AVX512F__)
FN_INLINE fn_vec_f32 fn_fma_vec_f32(fn_vec_f32 a, fn_vec_f32 b, fn_vec_f32 c)
{ return (fn_vec_f32)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
FN_INLINE fn_vec_f64 fn_fma_vec_f64(fn_vec_f64 a, fn_vec_f64 b, fn_vec_f64 c)
{ return (fn_vec_f64)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
#elif defined(__AVX2__) && defined(__FMA__)
FN_INLINE fn_vec_f32 fn_fma_vec_f32(fn_vec_f32 a, fn_vec_f32 b, fn_vec_f32 c)
{ return (fn_vec_f32)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
FN_INLINE fn_vec_f64 fn_fma_vec_f64(fn_vec_f64 a, fn_vec_f64 b, fn_vec_f64 c)
{ return (fn_vec_f64)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
#elif defined(__ARM_NEON) && defined(__aarch64__)
FN_INLINE fn_vec_f32 fn_fma_vec_f32(fn_vec_f32 a, fn_vec_f32 b, fn_vec_f32 c)
{ return (fn_vec_f32)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
FN_INLINE fn_vec_f64 fn_fma_vec_f64(fn_vec_f64 a, fn_vec_f64 b, fn_vec_f64 c)
{ return (fn_vec_f64)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b); }
#else
FN_INLINE fn_vec_f32 fn_fma_vec_f32(fn_vec_f32 a, fn_vec_f32 b, fn_vec_f32 c)
{ return a * b + c; }
FN_INLINE fn_vec_f64 fn_fma_vec_f64(fn_vec_f64 a, fn_vec_f64 b, fn_vec_f64 c)
{ return a * b + c; }
#endif

/* 0 where x < 0, else x: NaN and -0 stay what they are. */
#if defined(__AVX512F__)
FN_INLINE fn_vec_f32 fn_relu_vec_f32(fn_vec_f32 x)
{ return (fn_vec_f32)_mm512_max_ps(_mm512_setzero_ps(), (__m512)x); }
FN_INLINE fn_vec_f64 fn_relu_vec_f64(fn_vec_f64 x)
{ return (fn_vec_f64)_mm512_max_pd(_mm512_setzero_pd(), (__m512d)x); }
#elif defined(__AVX2__) && defined(__FMA__)
FN_INLINE fn_vec_f32 fn_relu_vec_f32(fn_vec_f32 x)
{ return (fn_vec_f32)_mm256_max_ps(_mm256_setzero_ps(), (__m256)x); }
FN_INLINE fn_vec_f64 fn_relu_vec_f64(fn_vec_f64 x)
{ return (fn_vec_f64)_mm256_max_pd(_mm256_setzero_pd(), (__m256d)x); }
#else
FN_INLINE fn_vec_f32 fn_relu_vec_f32(fn_vec_f32 x)
{ return (fn_vec_f32)((fn_vec_i32)x & ~(x < (fn_vec_f32){0})); }
FN_INLINE fn_vec_f64 fn_relu_vec_f64(fn_vec_f64 x)
{ return (fn_vec_f64)((fn_vec_i64)x & ~(x < (fn_vec_f64){0})); }
#endif

#if FN_HAS_BF16
FN_INLINE fn_vec_f32 fn_relu_vec_bf16(fn_vec_f32 x) { return fn_relu_vec_f32(x); }

/* c + high(a) * high(b) + low(a) * low(b), rounded after each product; the halves of a
 * lane are bfloat16 numbers. */
FN_INLINE fn_vec_f32 fn_fma_vec_bf16(fn_vec_u32 a, fn_vec_u32 b, fn_vec_f32 c)
{ return (fn_vec_f32)_mm512_dpbf16_ps((__m512)c, (__m512bh)(__m512i)a, (__m512bh)(__m512i)b); }
#endif

/* The same for one element: a library call would be hundreds of times slower
 * than the product where the instruction set has no FMA. */
#if defined(__FMA__) || defined(__aarch64__)
#  define FN_HAS_FMA 1
FN_INLINE float fn_fma_f32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
FN_INLINE double fn_fma_f64(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
#  define FN_HAS_FMA 0
FN_INLINE float fn_fma_f32(float a, float b, float c) { return a * b + c; }
FN_INLINE double fn_fma_f64(double a, double b, double c) { return a * b + c; }
#endif

#endif
