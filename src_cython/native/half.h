/* Half precision, as a type that data may come in. */
#ifndef FASTNN_HALF_H
#define FASTNN_HALF_H

#include <stdint.h>
#include <string.h>
#include "simd.h"

typedef struct { uint16_t bits; } fn_half;

/* The same value as a float, exactly.  There are no branches, so that loops become
 * vector code, and no denormal float takes part, since plans count those as zero: a
 * denormal half m * 2^-24 comes out of (1 + m / 1024) * 2^-14 - 2^-14. */
FN_INLINE float fn_half_to_f32(fn_half x)
{
    const uint32_t sign = (uint32_t)(x.bits & 0x8000) << 16;
    const uint32_t size = (uint32_t)(x.bits & 0x7fff) << 13;
    const uint32_t bias = (127 - 15) << 23;
    const uint32_t denormal = size + bias + (1 << 23);
    float value;
    uint32_t bits;
    memcpy(&value, &denormal, sizeof value);
    value -= 0x1p-14f;
    memcpy(&bits, &value, sizeof bits);
    /* infinity and NaN: from the largest exponent of a half to that of a float */
    const uint32_t normal = size + bias + (size >= (31u << 23) ? bias : 0);
    bits = sign | (size < (1u << 23) ? bits : normal);
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
