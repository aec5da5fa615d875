/* The transpose of blocks of 4 x 4 and 8 x 4 numbers in registers: several times as
 * fast as element by element. */
#ifndef FASTNN_TRANSPOSE_H
#define FASTNN_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>
#include "simd.h"

typedef float fn_four __attribute__((vector_size(16), aligned(4), may_alias));
typedef double fn_two __attribute__((vector_size(16), aligned(8), may_alias));

#if defined(__clang__)
#  define FN_PICK_FOUR(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#  define FN_PICK_TWO(a, b, i, j) __builtin_shufflevector(a, b, i, j)
#else
typedef int32_t fn_four_places __attribute__((vector_size(16)));
typedef int64_t fn_two_places __attribute__((vector_size(16)));
#  define FN_PICK_FOUR(a, b, i, j, k, l) __builtin_shuffle(a, b, (fn_four_places){i, j, k, l})
#  define FN_PICK_TWO(a, b, i, j) __builtin_shuffle(a, b, (fn_two_places){i, j})
#endif

FN_INLINE void fn_transpose_block_f32(
    float *out, ptrdiff_t row_out, const float *inp, ptrdiff_t row_inp)
{
    const fn_four a = *(const fn_four *)inp, b = *(const fn_four *)(inp + row_inp);
    const fn_four c = *(const fn_four *)(inp + 2 * row_inp);
    const fn_four d = *(const fn_four *)(inp + 3 * row_inp);
    const fn_four ab = FN_PICK_FOUR(a, b, 0, 4, 1, 5), cd = FN_PICK_FOUR(c, d, 0, 4, 1, 5);
    const fn_four AB = FN_PICK_FOUR(a, b, 2, 6, 3, 7), CD = FN_PICK_FOUR(c, d, 2, 6, 3, 7);
    *(fn_four *)out = FN_PICK_FOUR(ab, cd, 0, 1, 4, 5);
    *(fn_four *)(out + row_out) = FN_PICK_FOUR(ab, cd, 2, 3, 6, 7);
    *(fn_four *)(out + 2 * row_out) = FN_PICK_FOUR(AB, CD, 0, 1, 4, 5);
    *(fn_four *)(out + 3 * row_out) = FN_PICK_FOUR(AB, CD, 2, 3, 6, 7);
}

FN_INLINE void fn_transpose_block_f64(
    double *out, ptrdiff_t row_out, const double *inp, ptrdiff_t row_inp)
{
#pragma GCC unroll 2
    for (int i = 0; i < 4; i += 2)
#pragma GCC unroll 2
        for (int j = 0; j < 4; j += 2) {
            const fn_two a = *(const fn_two *)(inp + i * row_inp + j);
            const fn_two b = *(const fn_two *)(inp + (i + 1) * row_inp + j);
            *(fn_two *)(out + j * row_out + i) = FN_PICK_TWO(a, b, 0, 2);
            *(fn_two *)(out + (j + 1) * row_out + i) = FN_PICK_TWO(a, b, 1, 3);
        }
}

/* out := inp.T for 8 x 4 numbers: the halves of a register of 32 bytes hold a block of
 * 4 x 4 each, so nothing crosses from one half to the other. */
#if defined(__AVX__)
FN_INLINE __m256 fn_two_rows_f32(const float *low, const float *high)
{ return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1); }
FN_INLINE __m256d fn_two_rows_f64(const double *low, const double *high)
{ return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(low)), _mm_loadu_pd(high), 1); }

FN_INLINE void fn_transpose_high_f32(
    float *out, ptrdiff_t row_out, const float *inp, ptrdiff_t row_inp)
{
    const __m256 a = fn_two_rows_f32(inp, inp + 4 * row_inp);
    const __m256 b = fn_two_rows_f32(inp + row_inp, inp + 5 * row_inp);
    const __m256 c = fn_two_rows_f32(inp + 2 * row_inp, inp + 6 * row_inp);
    const __m256 d = fn_two_rows_f32(inp + 3 * row_inp, inp + 7 * row_inp);
    const __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d);
    const __m256 AB = _mm256_unpackhi_ps(a, b), CD = _mm256_unpackhi_ps(c, d);
    _mm256_storeu_ps(out, _mm256_shuffle_ps(ab, cd, 0x44));
    _mm256_storeu_ps(out + row_out, _mm256_shuffle_ps(ab, cd, 0xee));
    _mm256_storeu_ps(out + 2 * row_out, _mm256_shuffle_ps(AB, CD, 0x44));
    _mm256_storeu_ps(out + 3 * row_out, _mm256_shuffle_ps(AB, CD, 0xee));
}

FN_INLINE void fn_transpose_high_f64(
    double *out, ptrdiff_t row_out, const double *inp, ptrdiff_t row_inp)
{
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4)
#pragma GCC unroll 2
        for (int j = 0; j < 4; j += 2) {
            const double *at = inp + i * row_inp + j;
            const __m256d a = fn_two_rows_f64(at, at + 2 * row_inp);
            const __m256d b = fn_two_rows_f64(at + row_inp, at + 3 * row_inp);
            _mm256_storeu_pd(out + j * row_out + i, _mm256_unpacklo_pd(a, b));
            _mm256_storeu_pd(out + (j + 1) * row_out + i, _mm256_unpackhi_pd(a, b));
        }
}
#else
FN_INLINE void fn_transpose_high_f32(
    float *out, ptrdiff_t row_out, const float *inp, ptrdiff_t row_inp)
{
    fn_transpose_block_f32(out, row_out, inp, row_inp);
    fn_transpose_block_f32(out + 4, row_out, inp + 4 * row_inp, row_inp);
}

FN_INLINE void fn_transpose_high_f64(
    double *out, ptrdiff_t row_out, const double *inp, ptrdiff_t row_inp)
{
    fn_transpose_block_f64(out, row_out, inp, row_inp);
    fn_transpose_block_f64(out + 4, row_out, inp + 4 * row_inp, row_inp);
}
#endif

#endif
