/* bfloat16: the upper half of a float, here by rounding to nearest, ties to even.
 *
 * The functions copy blocks of a float matrix into operands of fn_tile_bf16 (see
 * tile.h).  Element p of a sum goes to position p / 2 as half of a pair, or, one by
 * one, to position p ^ 1; an odd last one gets a zero beside it.  */
#ifndef FASTNN_BFLOAT16_H
#define FASTNN_BFLOAT16_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "tile.h"

#if FN_HAS_BF16
enum { FN_BF16_PER_OPERAND = 2 };
#else
enum { FN_BF16_PER_OPERAND = 1 };
#endif

/* The bits of x rounded to bfloat16, as those of a float; NaN stays NaN. */
FN_INLINE uint32_t fn_bf16_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, 4);
    const uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
    const uint32_t quiet = bits | 0x400000;
    return ((bits & 0x7fffffff) > 0x7f800000 ? quiet : rounded) & 0xffff0000;
}

FN_INLINE float fn_bf16_round(float x)
{
    const uint32_t bits = fn_bf16_bits(x);
    memcpy(&x, &bits, 4);
    return x;
}

/* Operands needed for so many elements of a sum. */
FN_INLINE ptrdiff_t fn_bf16_operands(ptrdiff_t depth)
{ return (depth + 1) / 2 * 2 / FN_BF16_PER_OPERAND; }

/* Elements p and p + 1 of `width` sums, from two rows; `high` is NULL past the end. */
FN_INLINE void fn_bf16_pack_two(
    fn_bf16_operand *restrict out, ptrdiff_t row_out,
    const float *restrict low, const float *restrict high, ptrdiff_t width)
{
#if FN_HAS_BF16
    if (high)
        for (ptrdiff_t j = 0; j < width; j++)
            out[j] = fn_bf16_bits(low[j]) >> 16 | fn_bf16_bits(high[j]);
    else
        for (ptrdiff_t j = 0; j < width; j++)
            out[j] = fn_bf16_bits(low[j]) >> 16;
    (void)row_out;
#else
    for (ptrdiff_t j = 0; j < width; j++)
        out[row_out + j] = fn_bf16_round(low[j]);
    for (ptrdiff_t j = 0; j < width; j++)
        out[j] = high ? fn_bf16_round(high[j]) : 0;
#endif
}

/* in (depth, width), a row for each element of the sums -> out (operands, width) */
static void fn_bf16_pack_rows(
    fn_bf16_operand *out, ptrdiff_t row_out,
    const float *in, ptrdiff_t row_in, ptrdiff_t depth, ptrdiff_t width)
{
    for (ptrdiff_t p = 0; p < depth; p += 2)
        fn_bf16_pack_two(out + p / FN_BF16_PER_OPERAND * row_out, row_out,
                         in + p * row_in, p + 1 < depth ? in + (p + 1) * row_in : NULL,
                         width);
}

/* One sum's elements, contiguous -> its operands */
FN_INLINE void fn_bf16_pack_sum(
    fn_bf16_operand *restrict out, const float *restrict in, ptrdiff_t depth)
{
    const ptrdiff_t even = depth - depth % 2;
#if FN_HAS_BF16
    typedef uint16_t __attribute__((may_alias)) half;
    half *halves = (half *)out;
    for (ptrdiff_t p = 0; p < even; p++)
        halves[p] = (uint16_t)(fn_bf16_bits(in[p]) >> 16);
    if (even < depth)
        out[even / 2] = fn_bf16_bits(in[even]) >> 16;
#else
    for (ptrdiff_t p = 0; p < even; p += 2) {
        out[p] = fn_bf16_round(in[p + 1]);
        out[p + 1] = fn_bf16_round(in[p]);
    }
    if (even < depth) {
        out[even] = 0;
        out[even + 1] = fn_bf16_round(in[even]);
    }
#endif
}

/* in (rows, depth), a row for each sum -> out (rows, operands) */
static void fn_bf16_pack_sums(
    fn_bf16_operand *out, ptrdiff_t row_out,
    const float *in, ptrdiff_t row_in, ptrdiff_t rows, ptrdiff_t depth)
{
    for (ptrdiff_t i = 0; i < rows; i++)
        fn_bf16_pack_sum(out + i * row_out, in + i * row_in, depth);
}

#endif
