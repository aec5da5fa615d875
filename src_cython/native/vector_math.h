/* exp, log, tanh and their kin, branch-free so that the compiler vectorises the
 * loops that call them.  Every step is an exactly specified operation, so all
 * instruction sets that have FMA give the same bits.
 *
 * Reduction and polynomials: Cephes (S. Moshier) for float, fdlibm (Sun
 * Microsystems) and Taylor's series for double.
 */
#ifndef FASTNN_VECTOR_MATH_H
#define FASTNN_VECTOR_MATH_H

#include <stdint.h>
#include <string.h>
#include "simd.h"

FN_INLINE int32_t fn_bits_f32(float x) { int32_t i; memcpy(&i, &x, 4); return i; }
FN_INLINE float fn_from_bits_f32(int32_t i) { float x; memcpy(&x, &i, 4); return x; }
FN_INLINE int64_t fn_bits_f64(double x) { int64_t i; memcpy(&i, &x, 8); return i; }
FN_INLINE double fn_from_bits_f64(int64_t i) { double x; memcpy(&x, &i, 8); return x; }

/* Adding 1.5 * 2^(mantissa bits) rounds to the nearest integer and leaves that
 * integer in the low bits. */
#define FN_ROUND_F32 12582912.0f
#define FN_ROUND_F64 6755399441055744.0

/* ---- exp ---- */

/* exp(r) - 1 - r for |r| <= ln(2)/2 */
FN_INLINE float fn_exp_tail_f32(float r)
{
    float p = 1.9875691500e-4f;
    p = fn_fma_f32(p, r, 1.3981999507e-3f);
    p = fn_fma_f32(p, r, 8.3334519073e-3f);
    p = fn_fma_f32(p, r, 4.1665795894e-2f);
    p = fn_fma_f32(p, r, 1.6666665459e-1f);
    p = fn_fma_f32(p, r, 5.0000001201e-1f);
    return p * (r * r);
}

FN_INLINE float fn_exp_f32(float x)
{
    /* Past these the result is infinite or zero; NaN fails both tests and stays. */
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    const float shifted = fn_fma_f32(x, 1.44269504088896341f, FN_ROUND_F32);
    const float n = shifted - FN_ROUND_F32;
    const int32_t k = fn_bits_f32(shifted) - fn_bits_f32(FN_ROUND_F32);
    float r = fn_fma_f32(n, -0.693359375f, x);
    r = fn_fma_f32(n, 2.12194440e-4f, r);
    const float p = 1.0f + (r + fn_exp_tail_f32(r));
    /* Two factors of about 2^(k/2): the second one may round, once, into the
     * denormal numbers or overflow. */
    const int32_t half = k >> 1;
    const float first = fn_from_bits_f32((int32_t)((uint32_t)(half + 127) << 23));
    const float second = fn_from_bits_f32((int32_t)((uint32_t)(k - half + 127) << 23));
    return p * first * second;
}

FN_INLINE double fn_exp_tail_f64(double r)
{
    /* Taylor: the first term left out, r^14/14!, is below 5e-18 */
    double p = 1.0 / 6227020800.0;
    p = fn_fma_f64(p, r, 1.0 / 479001600.0);
    p = fn_fma_f64(p, r, 1.0 / 39916800.0);
    p = fn_fma_f64(p, r, 1.0 / 3628800.0);
    p = fn_fma_f64(p, r, 1.0 / 362880.0);
    p = fn_fma_f64(p, r, 1.0 / 40320.0);
    p = fn_fma_f64(p, r, 1.0 / 5040.0);
    p = fn_fma_f64(p, r, 1.0 / 720.0);
    p = fn_fma_f64(p, r, 1.0 / 120.0);
    p = fn_fma_f64(p, r, 1.0 / 24.0);
    p = fn_fma_f64(p, r, 1.0 / 6.0);
    p = fn_fma_f64(p, r, 0.5);
    return p * (r * r);
}

/* 2^n for a whole number n in [-1022, 1023], from n + FN_ROUND_F64 */
FN_INLINE double fn_power_of_two_f64(double n_shifted)
{
    const int64_t k = fn_bits_f64(n_shifted) - fn_bits_f64(FN_ROUND_F64);
    return fn_from_bits_f64((int64_t)((uint64_t)(k + 1023) << 52));
}

FN_INLINE double fn_exp_f64(double x)
{
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    const double n = fn_fma_f64(x, 1.44269504088896338700, FN_ROUND_F64) - FN_ROUND_F64;
    double r = fn_fma_f64(n, -6.93147180369123816490e-01, x);
    r = fn_fma_f64(n, -1.90821492927058770002e-10, r);
    const double p = 1.0 + (r + fn_exp_tail_f64(r));
    const double half_shifted = fn_fma_f64(n, 0.5, FN_ROUND_F64);
    const double rest = n - (half_shifted - FN_ROUND_F64);
    return p * fn_power_of_two_f64(half_shifted)
             * fn_power_of_two_f64(rest + FN_ROUND_F64);
}

/* exp(x) - 1 for x <= 0, without cancellation near 0 */
FN_INLINE float fn_expm1_negative_f32(float x)
{
    x = x < -20.0f ? -20.0f : x;
    const float shifted = fn_fma_f32(x, 1.44269504088896341f, FN_ROUND_F32);
    const float n = shifted - FN_ROUND_F32;
    const int32_t k = fn_bits_f32(shifted) - fn_bits_f32(FN_ROUND_F32);
    float r = fn_fma_f32(n, -0.693359375f, x);
    r = fn_fma_f32(n, 2.12194440e-4f, r);
    const float scale = fn_from_bits_f32((int32_t)((uint32_t)(k + 127) << 23));
    return fn_fma_f32(r + fn_exp_tail_f32(r), scale, scale - 1.0f);
}

FN_INLINE double fn_expm1_negative_f64(double x)
{
    x = x < -40.0 ? -40.0 : x;
    const double shifted = fn_fma_f64(x, 1.44269504088896338700, FN_ROUND_F64);
    const double n = shifted - FN_ROUND_F64;
    double r = fn_fma_f64(n, -6.93147180369123816490e-01, x);
    r = fn_fma_f64(n, -1.90821492927058770002e-10, r);
    const double scale = fn_power_of_two_f64(shifted);
    return fn_fma_f64(r + fn_exp_tail_f64(r), scale, scale - 1.0);
}

/* ---- log ---- */

FN_INLINE float fn_log_f32(float x)
{
    /* 2^23 lifts denormal numbers into the normal range */
    const int tiny = x < 1.17549435e-38f;
    const float lifted = tiny ? x * 8388608.0f : x;
    /* exponent and mantissa about sqrt(1/2), so that the mantissa is in
     * [sqrt(1/2), sqrt(2)) */
    const int32_t i = fn_bits_f32(lifted) - 0x3f3504f3;
    const float e = (float)(i >> 23) - (tiny ? 23.0f : 0.0f);
    const float f = fn_from_bits_f32((i & 0x007fffff) + 0x3f3504f3) - 1.0f;
    const float z = f * f;
    float p = 7.0376836292e-2f;
    p = fn_fma_f32(p, f, -1.1514610310e-1f);
    p = fn_fma_f32(p, f, 1.1676998740e-1f);
    p = fn_fma_f32(p, f, -1.2420140846e-1f);
    p = fn_fma_f32(p, f, 1.4249322787e-1f);
    p = fn_fma_f32(p, f, -1.6668057665e-1f);
    p = fn_fma_f32(p, f, 2.0000714765e-1f);
    p = fn_fma_f32(p, f, -2.4999993993e-1f);
    p = fn_fma_f32(p, f, 3.3333331174e-1f);
    p = p * f * z;
    p = fn_fma_f32(e, -2.12194440e-4f, p);
    p = fn_fma_f32(z, -0.5f, p);
    float y = fn_fma_f32(e, 0.693359375f, f + p);
    const float inf = __builtin_inff();
    y = x == inf ? inf : y;
    y = x == 0.0f ? -inf : y;
    y = x < 0.0f ? __builtin_nanf("") : y;
    return x != x ? x : y;
}

FN_INLINE double fn_log_f64(double x)
{
    const int tiny = x < 2.2250738585072014e-308;
    const double lifted = tiny ? x * 18014398509481984.0 : x; /* 2^54 */
    const int64_t i = fn_bits_f64(lifted) - 0x3fe6a09e667f3bcdLL;
    const int64_t fraction = i & 0x000fffffffffffffLL;
    /* (i - fraction) >> 52 without an arithmetic shift of 64 bits, which AVX2 lacks:
     * bias it to be positive, shift, take the bias off again */
    const uint64_t biased = ((uint64_t)i + (2048ULL << 52)) >> 52;
    const double e = (fn_from_bits_f64((int64_t)(biased & 0xfff)
                                       + fn_bits_f64(FN_ROUND_F64)) - FN_ROUND_F64)
                     - 2048.0 - (tiny ? 54.0 : 0.0);
    const double f = fn_from_bits_f64(fraction + 0x3fe6a09e667f3bcdLL) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    double p = 1.479819860511658591e-01;
    p = fn_fma_f64(p, z, 1.531383769920937332e-01);
    p = fn_fma_f64(p, z, 1.818357216161805012e-01);
    p = fn_fma_f64(p, z, 2.222219843214978396e-01);
    p = fn_fma_f64(p, z, 2.857142874366239149e-01);
    p = fn_fma_f64(p, z, 3.999999999940941908e-01);
    p = fn_fma_f64(p, z, 6.666666666666735130e-01);
    const double half_square = 0.5 * f * f;
    const double tail = s * fn_fma_f64(p, z, half_square);
    double y = fn_fma_f64(e, 1.90821492927058770002e-10, tail);
    y = f - (half_square - y);
    y = fn_fma_f64(e, 6.93147180369123816490e-01, y);
    const double inf = __builtin_inf();
    y = x == inf ? inf : y;
    y = x == 0.0 ? -inf : y;
    y = x < 0.0 ? __builtin_nan("") : y;
    return x != x ? x : y;
}

/* log(1 + x): the rounding error of 1 + x is put back to first order */
FN_INLINE float fn_log1p_f32(float x)
{
    const float u = 1.0f + x;
    const float y = fn_log_f32(u);
    const float correction = (x - (u - 1.0f)) / u;
    return u > 0.0f && u < __builtin_inff() ? y + correction : y;
}

FN_INLINE double fn_log1p_f64(double x)
{
    const double u = 1.0 + x;
    const double y = fn_log_f64(u);
    const double correction = (x - (u - 1.0)) / u;
    return u > 0.0 && u < __builtin_inf() ? y + correction : y;
}

/* ---- tanh, sigmoid ---- */

FN_INLINE float fn_tanh_f32(float x)
{
    const float a = x < 0.0f ? -x : x;
    const float z = x * x;
    float p = -5.70498872745e-3f;
    p = fn_fma_f32(p, z, 2.06390887954e-2f);
    p = fn_fma_f32(p, z, -5.37397155531e-2f);
    p = fn_fma_f32(p, z, 1.33314422036e-1f);
    p = fn_fma_f32(p, z, -3.33332819422e-1f);
    const float small = fn_fma_f32(p * z, x, x);
    const float large = 1.0f - 2.0f / (fn_exp_f32(2.0f * a) + 1.0f);
    const float signed_large = x < 0.0f ? -large : large;
    /* below 0.625 the polynomial, above it exp loses nothing to cancellation */
    return a < 0.625f ? small : signed_large;
}

FN_INLINE double fn_tanh_f64(double x)
{
    const double a = x < 0.0 ? -x : x;
    const double z = x * x;
    double p = -9.64399179425052238628e-1;
    p = fn_fma_f64(p, z, -9.92877231001918586564e1);
    p = fn_fma_f64(p, z, -1.61468768441708447952e3);
    double q = z + 1.12811678491632931402e2;
    q = fn_fma_f64(q, z, 2.23548839060100448583e3);
    q = fn_fma_f64(q, z, 4.84406305325125486048e3);
    const double small = fn_fma_f64(x * z, p / q, x);
    const double large = 1.0 - 2.0 / (fn_exp_f64(2.0 * a) + 1.0);
    const double signed_large = x < 0.0 ? -large : large;
    return a < 0.625 ? small : signed_large;
}

FN_INLINE float fn_sigmoid_f32(float x)
{
    /* exp of a non-positive number never overflows */
    const float e = fn_exp_f32(x < 0.0f ? x : -x);
    const float r = 1.0f / (1.0f + e);
    return x < 0.0f ? e * r : r;
}

FN_INLINE double fn_sigmoid_f64(double x)
{
    const double e = fn_exp_f64(x < 0.0 ? x : -x);
    const double r = 1.0 / (1.0 + e);
    return x < 0.0 ? e * r : r;
}

#endif
