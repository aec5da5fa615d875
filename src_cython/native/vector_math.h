/* exp, log, tanh and their kin, branch-free so that the compiler vectorises the
 * loops that call them.  Every step is an exactly specified operation, so all
 * instruction sets that have FMA give the same bits.  Method and measured errors:
 * docs/kernels.md, "Vector mathematics".
 */
#ifndef FASTNN_VECTOR_MATH_H
#define FASTNN_VECTOR_MATH_H

#include <stdint.h>
#include <string.h>
#include "simd.h"

/* ---- polynomials, as benchmarks/polynomials.py fits them ---- */

/* exp(r) - 1 - r for |r| <= ln(2)/2 */
FN_INLINE float fn_exp_tail_f32(float r)
{
    float p = 1.382135670e-03f;
    p = fn_fma_f32(p, r, 8.368669078e-03f);
    p = fn_fma_f32(p, r, 4.166825861e-02f);
    p = fn_fma_f32(p, r, 1.666652113e-01f);
    p = fn_fma_f32(p, r, 4.999999404e-01f);
    return p * (r * r);
}

FN_INLINE double fn_exp_tail_f64(double r)
{
    double p = 2.50000734544110398e-08;
    p = fn_fma_f64(p, r, 2.76302345132000492e-07);
    p = fn_fma_f64(p, r, 2.75575862646558309e-06);
    p = fn_fma_f64(p, r, 2.48014931345989433e-05);
    p = fn_fma_f64(p, r, 1.98412695067794903e-04);
    p = fn_fma_f64(p, r, 1.38888889435991492e-03);
    p = fn_fma_f64(p, r, 8.33333333349433464e-03);
    p = fn_fma_f64(p, r, 4.16666666665302596e-02);
    p = fn_fma_f64(p, r, 1.66666666666664132e-01);
    p = fn_fma_f64(p, r, 5.00000000000001110e-01);
    return p * (r * r);
}

/* log(1 + f) - f for f in [-1/4, 0.6] */
FN_INLINE float fn_log_tail_f32(float f)
{
    const float z = f * f;
    float p = 2.553010918e-02f;
    p = fn_fma_f32(p, f, -7.606318593e-02f);
    p = fn_fma_f32(p, f, 1.129167080e-01f);
    p = fn_fma_f32(p, f, -1.287568957e-01f);
    p = fn_fma_f32(p, f, 1.434465647e-01f);
    p = fn_fma_f32(p, f, -1.665205359e-01f);
    p = fn_fma_f32(p, f, 1.999655366e-01f);
    p = fn_fma_f32(p, f, -2.500016093e-01f);
    p = fn_fma_f32(p, f, 3.333337903e-01f);
    return fn_fma_f32(z, -0.5f, p * f * z);
}

/* The same for f in [-1/4, 1/2].  The series in s = f / (2 + f) converges twice as fast and costs a division: worth
 * it here, where the polynomial in f would have 17 terms (fdlibm, e_log.c). */
FN_INLINE double fn_log_tail_f64(double f)
{
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double half_square = 0.5 * f * f;
    double p = 1.53681906601407320e-01;
    p = fn_fma_f64(p, z, 1.52501886371705225e-01);
    p = fn_fma_f64(p, z, 1.81863560661257861e-01);
    p = fn_fma_f64(p, z, 2.22221385016376116e-01);
    p = fn_fma_f64(p, z, 2.85714293952890441e-01);
    p = fn_fma_f64(p, z, 3.99999999961616781e-01);
    p = fn_fma_f64(p, z, 6.66666666666727137e-01);
    return s * fn_fma_f64(p, z, half_square) - half_square;
}

/* erf(x) / x - 1, of z = x^2 */
FN_INLINE float fn_erf_small_f32(float z)
{
    float p = 8.320440975e-05f;
    p = fn_fma_f32(p, z, -8.129060734e-04f);
    p = fn_fma_f32(p, z, 5.199593492e-03f);
    p = fn_fma_f32(p, z, -2.685867250e-02f);
    p = fn_fma_f32(p, z, 1.128367782e-01f);
    p = fn_fma_f32(p, z, -3.761263192e-01f);
    p = fn_fma_f32(p, z, 1.283791661e-01f);
    return p;
}

FN_INLINE double fn_erf_small_f64(double z)
{
    double p = -8.91806240047558383e-10;
    p = fn_fma_f64(p, z, 1.42196687090779594e-08);
    p = fn_fma_f64(p, z, -1.63053170445263997e-07);
    p = fn_fma_f64(p, z, 1.64581118008194269e-06);
    p = fn_fma_f64(p, z, -1.49254744155360055e-05);
    p = fn_fma_f64(p, z, 1.20553278019135406e-04);
    p = fn_fma_f64(p, z, -8.54832692277687897e-04);
    p = fn_fma_f64(p, z, 5.22397762419891422e-03);
    p = fn_fma_f64(p, z, -2.68661706450404707e-02);
    p = fn_fma_f64(p, z, 1.12837916709547820e-01);
    p = fn_fma_f64(p, z, -3.76126389031837483e-01);
    p = fn_fma_f64(p, z, 1.28379167095512586e-01);
    return p;
}

/* -log(1 - erf(a)) / a - 1 */
FN_INLINE float fn_erf_exponent_f32(float a)
{
    float p = -2.145907056e-04f;
    p = fn_fma_f32(p, a, 3.219948150e-03f);
    p = fn_fma_f32(p, a, -2.290596813e-02f);
    p = fn_fma_f32(p, a, 1.052867919e-01f);
    p = fn_fma_f32(p, a, 6.356993914e-01f);
    p = fn_fma_f32(p, a, 1.285199523e-01f);
    return p;
}

FN_INLINE double fn_erf_exponent_f64(double a)
{
    double p = -1.49841780593758233e-14;
    p = fn_fma_f64(p, a, 7.04734670268965669e-13);
    p = fn_fma_f64(p, a, -1.53112213950644111e-11);
    p = fn_fma_f64(p, a, 2.02496786817380504e-10);
    p = fn_fma_f64(p, a, -1.79798285107568749e-09);
    p = fn_fma_f64(p, a, 1.09948940266799111e-08);
    p = fn_fma_f64(p, a, -4.36598034491018535e-08);
    p = fn_fma_f64(p, a, 7.13527411748757792e-08);
    p = fn_fma_f64(p, a, 4.01974942544372854e-07);
    p = fn_fma_f64(p, a, -3.93491417268206604e-06);
    p = fn_fma_f64(p, a, 1.82097257580905723e-05);
    p = fn_fma_f64(p, a, -5.45129867313248515e-05);
    p = fn_fma_f64(p, a, 9.73379984257878806e-05);
    p = fn_fma_f64(p, a, -8.88655396016795693e-06);
    p = fn_fma_f64(p, a, -5.60805772124921666e-04);
    p = fn_fma_f64(p, a, 1.67673247429207914e-03);
    p = fn_fma_f64(p, a, -1.99226912391474242e-04);
    p = fn_fma_f64(p, a, -1.91322404304931568e-02);
    p = fn_fma_f64(p, a, 1.02773613643230066e-01);
    p = fn_fma_f64(p, a, 6.36619604403316885e-01);
    p = fn_fma_f64(p, a, 1.28379180205432347e-01);
    return p;
}

/* ---- the functions ---- */

#define FN_TYPE float
#define FN_BITS uint32_t
#define FN_NAME(name) name##_f32
#define FN_PICK(single, double_) single
#include "vector_math_body.h"
#undef FN_TYPE
#undef FN_BITS
#undef FN_NAME
#undef FN_PICK

#define FN_TYPE double
#define FN_BITS uint64_t
#define FN_NAME(name) name##_f64
#define FN_PICK(single, double_) double_
#include "vector_math_body.h"
#undef FN_TYPE
#undef FN_BITS
#undef FN_NAME
#undef FN_PICK

#endif
