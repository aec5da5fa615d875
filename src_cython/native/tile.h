/* The register tile of the matrix product: for float, for double, and for bfloat16
 * operands with float sums. */
#ifndef FASTNN_TILE_H
#define FASTNN_TILE_H

#include <stddef.h>
#include "simd.h"

/* How the left operand of a tile lies: element (i, p) at i * row_a + p * step_a, with
 * step_a 1, or in a panel, where the FN_ROWS elements of a column lie side by side; or
 * at a list of addresses, in element row_a + p of row i or element row_a + i of row p. */
enum { FN_ANY_STEP, FN_UNIT_STEP, FN_PANEL, FN_LISTED_ROWS, FN_LISTED_COLUMNS };

/* Where the sums of a tile begin: with the bias if there is one; with what c holds; with
 * nothing, and c, or the bias, is added to them at their end.  FN_CLIPPED is added to any
 * of these for relu of the sums. */
enum { FN_BEGUN, FN_CONTINUED, FN_ADDED, FN_BIASED, FN_CLIPPED = 8 };

#define FN_LISTED
#define FN_TYPE float
#define FN_VEC fn_vec_f32
#define FN_OPERAND float
#define FN_OPERAND_VEC fn_vec_f32
#define FN_NAME(name) name##_f32
#include "tile_body.h"
#undef FN_TYPE
#undef FN_VEC
#undef FN_OPERAND
#undef FN_OPERAND_VEC
#undef FN_NAME

#define FN_TYPE double
#define FN_VEC fn_vec_f64
#define FN_OPERAND double
#define FN_OPERAND_VEC fn_vec_f64
#define FN_NAME(name) name##_f64
#include "tile_body.h"
#undef FN_TYPE
#undef FN_VEC
#undef FN_OPERAND
#undef FN_OPERAND_VEC
#undef FN_NAME
#undef FN_LISTED

/* An operand of the product of bfloat16 numbers is a pair of them, p and p + 1 of the
 * sum, where an instruction takes pairs; elsewhere one number in a float.  Either way
 * the product of p + 1 is added first, then that of p: the order of the instruction.
 * A product of two bfloat16 numbers is exact in float, so the bits are the same with
 * and without fused multiply-add. */
#if FN_HAS_BF16
typedef uint32_t __attribute__((may_alias)) fn_bf16_operand;
#define FN_TYPE float
#define FN_VEC fn_vec_f32
#define FN_OPERAND fn_bf16_operand
#define FN_OPERAND_VEC fn_vec_u32
#define FN_NAME(name) name##_bf16
#include "tile_body.h"
#undef FN_TYPE
#undef FN_VEC
#undef FN_OPERAND
#undef FN_OPERAND_VEC
#undef FN_NAME
#else
typedef float __attribute__((may_alias)) fn_bf16_operand;
#define fn_tile_bf16 fn_tile_f32
#endif

/* Where a thread packs blocks of operands: its own for as long as it lives, because
 * their size is fixed.  Large enough for PACKED_ROWS x DEPTH and for
 * PACKED doubles, and for what dense_bf16.pxi packs. */
static __thread double fn_packed_a[384 * 272] __attribute__((aligned(64)));
static __thread double fn_packed_b[256 * 512] __attribute__((aligned(64)));

static void *fn_pack_a(void) { return fn_packed_a; }
static void *fn_pack_b(void) { return fn_packed_b; }

#endif
