/* The transpose of a block of 4 x 4 numbers in registers of 16 bytes, which every
 * instruction set has: several times as fast as element by element. */
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

#endif
