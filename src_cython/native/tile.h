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

#endif
