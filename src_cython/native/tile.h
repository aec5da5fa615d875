/* The register tile of the matrix product, for float and double. */
#ifndef FASTNN_TILE_H
#define FASTNN_TILE_H

#include <stddef.h>
#include "simd.h"

#define FN_TYPE float
#define FN_VEC fn_vec_f32
#define FN_NAME(name) name##_f32
#include "tile_body.h"
#undef FN_TYPE
#undef FN_VEC
#undef FN_NAME

#define FN_TYPE double
#define FN_VEC fn_vec_f64
#define FN_NAME(name) name##_f64
#include "tile_body.h"
#undef FN_TYPE
#undef FN_VEC
#undef FN_NAME

/* Where a thread packs blocks of operands: its own for as long as it lives, because
 * their size is fixed.  Large enough for PACKED_ROWS x PACKED_DEPTH and for
 * DEPTH x PACKED_COLUMNS doubles. */
static __thread double fn_packed_a[384 * 272] __attribute__((aligned(64)));
static __thread double fn_packed_b[256 * 512] __attribute__((aligned(64)));

static void *fn_pack_a(void) { return fn_packed_a; }
static void *fn_pack_b(void) { return fn_packed_b; }

#endif
