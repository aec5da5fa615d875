/* Included once per element type by vector_math.h, which defines FN_TYPE, FN_BITS,
 * FN_NAME, FN_PICK(float's, double's) and the polynomials fn_exp_tail, fn_log_tail,
 * fn_erf_small and fn_erf_exponent of that type.
 *
 * Where a sum or a quotient would be rounded more than once, what the first rounding
 * took away is kept ("lost") and put back before the last one: Dekker's fast two-sum,
 * and a division corrected by its remainder.
 */

#define FN_MANTISSA_BITS FN_PICK(23, 52)
#define FN_BIAS FN_PICK(127, 1023)
/* Adding 1.5 * 2^(mantissa bits) rounds to the nearest integer and leaves that
 * integer in the low bits. */
#define FN_ROUND FN_PICK(12582912.0f, 6755399441055744.0)
/* ln 2 in two parts: the first one times any exponent is exact (fdlibm) */
#define FN_LN2_HIGH FN_PICK(0.693145751953125f, 6.93147180369123816490e-01)
#define FN_LN2_LOW FN_PICK(1.42860677e-6f, 1.90821492927058770002e-10)
#define FN_LOG2_E FN_PICK(1.44269504088896341f, 1.44269504088896341)
#define FN_INFINITY FN_PICK(__builtin_inff(), __builtin_inf())
#define FN_NAN FN_PICK(__builtin_nanf(""), __builtin_nan(""))

FN_INLINE FN_BITS FN_NAME(fn_bits)(FN_TYPE x)
{
    FN_BITS bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

FN_INLINE FN_TYPE FN_NAME(fn_from_bits)(FN_BITS bits)
{
    FN_TYPE x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

FN_INLINE FN_TYPE FN_NAME(fn_abs)(FN_TYPE x)
{
    return FN_PICK(__builtin_fabsf, __builtin_fabs)(x);
}

FN_INLINE FN_TYPE FN_NAME(fn_copysign)(FN_TYPE x, FN_TYPE sign)
{
    return FN_PICK(__builtin_copysignf, __builtin_copysign)(x, sign);
}

/* ---- exp ---- */

/* exp(x) = 2^n * (1 + s + lost); returns s and the bits of n + FN_ROUND + 2 FN_BIAS */
FN_INLINE FN_TYPE FN_NAME(fn_exp_parts)(FN_TYPE x, FN_BITS *n_bits, FN_TYPE *lost)
{
    const FN_TYPE round = FN_ROUND + 2 * FN_BIAS;
    const FN_TYPE shifted = FN_NAME(fn_fma)(x, FN_LOG2_E, round);
    const FN_TYPE n = shifted - round;
    const FN_TYPE high = FN_NAME(fn_fma)(n, -FN_LN2_HIGH, x);
    const FN_TYPE r = FN_NAME(fn_fma)(n, -FN_LN2_LOW, high);
    const FN_TYPE tail = FN_NAME(fn_fma)(n, -FN_LN2_LOW, FN_NAME(fn_exp_tail)(r));
    const FN_TYPE s = high + tail;
    *lost = tail - (s - high);
    *n_bits = FN_NAME(fn_bits)(shifted);
    return s;
}

/* 2^n for a normal result, from the bits of fn_exp_parts */
FN_INLINE FN_TYPE FN_NAME(fn_power_of_two)(FN_BITS n_bits)
{
    return FN_NAME(fn_from_bits)((n_bits - FN_BIAS) << FN_MANTISSA_BITS);
}

/* 2^n as two factors, so that p * first * second rounds once, into the denormal
 * numbers or to infinity */
FN_INLINE void FN_NAME(fn_two_powers)(FN_BITS n_bits, FN_TYPE *first, FN_TYPE *second)
{
    const FN_BITS half = n_bits >> 1;
    *first = FN_NAME(fn_from_bits)(half << FN_MANTISSA_BITS);
    *second = FN_NAME(fn_from_bits)((n_bits - half) << FN_MANTISSA_BITS);
}

FN_INLINE FN_TYPE FN_NAME(fn_exp)(FN_TYPE x)
{
    FN_BITS n_bits;
    FN_TYPE lost, first, second;
    /* Past these the result is infinite or zero; NaN fails both tests and stays. */
    x = x > FN_PICK(89.0f, 710.0) ? FN_PICK(89.0f, 710.0) : x;
    x = x < FN_PICK(-104.0f, -746.0) ? FN_PICK(-104.0f, -746.0) : x;
    const FN_TYPE s = FN_NAME(fn_exp_parts)(x, &n_bits, &lost);
    FN_NAME(fn_two_powers)(n_bits, &first, &second);
    return ((FN_TYPE)1 + s) * first * second;
}

/* exp(-|x|), never above 1, and what its last rounding lost; with `all` what the one
 * before it lost too */
FN_INLINE FN_TYPE FN_NAME(fn_exp_of_minus_abs)(FN_TYPE x, FN_TYPE *lost, const int all)
{
    FN_BITS n_bits;
    FN_TYPE s_lost, first, second;
    x = -FN_NAME(fn_abs)(x);
    x = x < FN_PICK(-104.0f, -746.0) ? FN_PICK(-104.0f, -746.0) : x;
    const FN_TYPE s = FN_NAME(fn_exp_parts)(x, &n_bits, &s_lost);
    FN_NAME(fn_two_powers)(n_bits, &first, &second);
    const FN_TYPE p = (FN_TYPE)1 + s;
    const FN_TYPE p_lost = s - (p - (FN_TYPE)1);
    *lost = (all ? p_lost + s_lost : p_lost) * first * second;
    return p * first * second;
}

/* exp(x) - 1 for x <= 0, without cancellation near 0 */
FN_INLINE FN_TYPE FN_NAME(fn_expm1_negative)(FN_TYPE x)
{
    FN_BITS n_bits;
    FN_TYPE lost;
    x = x < FN_PICK(-20.0f, -40.0) ? FN_PICK(-20.0f, -40.0) : x;
    const FN_TYPE s = FN_NAME(fn_exp_parts)(x, &n_bits, &lost);
    const FN_TYPE scale = FN_NAME(fn_power_of_two)(n_bits);
    return FN_NAME(fn_fma)(s, scale, scale - (FN_TYPE)1);
}

/* ---- log ---- */

/* x = 2^e * m with m in [3/4, 3/2): returns the bits of x minus those of 3/4, so that
 * e is what stands above the mantissa.  That range, and not that of sqrt(1/2), because
 * m - 1 is then exact for every 1 + x too (log1p). */
FN_INLINE FN_BITS FN_NAME(fn_log_offset)(FN_TYPE x)
{
    return FN_NAME(fn_bits)(x) - FN_NAME(fn_bits)(FN_PICK(0.75f, 0.75));
}

/* e + FN_LOG_SHIFT.  A conversion of 64-bit integers, and their arithmetic shift, are
 * more than AVX2 has: the bias makes e positive, then its bits are those of a number. */
#define FN_LOG_SHIFT FN_PICK(256.0f, 2048.0)
FN_INLINE FN_TYPE FN_NAME(fn_log_exponent)(FN_BITS offset)
{
    const FN_BITS bias = FN_PICK(256u, 2048u);
    const FN_BITS e = (offset + (bias << FN_MANTISSA_BITS)) >> FN_MANTISSA_BITS;
    return FN_NAME(fn_from_bits)(e | FN_NAME(fn_bits)(FN_ROUND)) - FN_ROUND;
}

/* log(2^e * (1 + f)) */
FN_INLINE FN_TYPE FN_NAME(fn_log_sum)(FN_TYPE e, FN_TYPE f)
{
    const FN_TYPE tail = FN_NAME(fn_fma)(e, FN_LN2_LOW, FN_NAME(fn_log_tail)(f));
    return FN_NAME(fn_fma)(e, FN_LN2_HIGH, f + tail);
}

FN_INLINE FN_TYPE FN_NAME(fn_log)(FN_TYPE x)
{
    /* lifts denormal numbers into the normal range */
    const int tiny = x < FN_PICK(1.17549435e-38f, 2.2250738585072014e-308);
    const FN_TYPE lifted = tiny ? x * FN_PICK(8388608.0f, 4503599627370496.0) : x;
    const FN_BITS offset = FN_NAME(fn_log_offset)(lifted);
    const FN_BITS fraction = offset & (((FN_BITS)1 << FN_MANTISSA_BITS) - 1);
    const FN_TYPE m = FN_NAME(fn_from_bits)(
        fraction + FN_NAME(fn_bits)(FN_PICK(0.75f, 0.75)));
    const FN_TYPE shift = tiny ? FN_LOG_SHIFT + FN_MANTISSA_BITS : FN_LOG_SHIFT;
    const FN_TYPE e = FN_NAME(fn_log_exponent)(offset) - shift;
    FN_TYPE y = FN_NAME(fn_log_sum)(e, m - (FN_TYPE)1);
    y = x < FN_INFINITY ? y : x; /* NaN fails the test */
    y = x == (FN_TYPE)0 ? -FN_INFINITY : y;
    return x < (FN_TYPE)0 ? FN_NAN : y;
}

FN_INLINE FN_TYPE FN_NAME(fn_log1p)(FN_TYPE x)
{
    const FN_TYPE u = (FN_TYPE)1 + x;
    const FN_BITS offset = FN_NAME(fn_log_offset)(u);
    const FN_TYPE e = FN_NAME(fn_log_exponent)(offset) - FN_LOG_SHIFT;
    /* f = (1 + x) / 2^e - 1, rounded once.  2^-e would be denormal for the largest e:
     * hence the factor 4, and 1/4, which is exact where x is not returned as it is. */
    const FN_BITS e_bits = offset >> FN_MANTISSA_BITS << FN_MANTISSA_BITS;
    const FN_TYPE scale = FN_NAME(fn_from_bits)(
        ((FN_BITS)(FN_BIAS + 2) << FN_MANTISSA_BITS) - e_bits);
    const FN_TYPE quarter = FN_PICK(0.25f, 0.25);
    const FN_TYPE f = FN_NAME(fn_fma)(
        quarter * x, scale, FN_NAME(fn_fma)(quarter, scale, -(FN_TYPE)1));
    FN_TYPE y = FN_NAME(fn_log_sum)(e, f);
    /* log(1 + x) is x to the last digit; that keeps the sign of 0 as well */
    y = FN_NAME(fn_abs)(x) < FN_PICK(2.98e-8f, 5.55e-17) ? x : y;
    y = x < FN_INFINITY ? y : x;
    y = u == (FN_TYPE)0 ? -FN_INFINITY : y;
    return u < (FN_TYPE)0 ? FN_NAN : y;
}

/* ---- tanh, sigmoid, softplus, erf ---- */

/* (n + n_lost) / (1 + t + t_lost): what the rounded quotient leaves of the numerator
 * is divided again */
FN_INLINE FN_TYPE FN_NAME(fn_over_one_plus)(
    FN_TYPE n, FN_TYPE n_lost, FN_TYPE t, FN_TYPE t_lost)
{
    const FN_TYPE d = (FN_TYPE)1 + t;
    const FN_TYPE d_lost = t - (d - (FN_TYPE)1) + t_lost;
    const FN_TYPE inverse = (FN_TYPE)1 / d;
    const FN_TYPE q = n * inverse;
    const FN_TYPE rest = FN_NAME(fn_fma)(-q, d, n) + n_lost;
    return FN_NAME(fn_fma)(FN_NAME(fn_fma)(-q, d_lost, rest), inverse, q);
}

FN_INLINE FN_TYPE FN_NAME(fn_tanh)(FN_TYPE x)
{
    /* (1 - t) / (1 + t) with t = exp(-2|x|); 1 - t is exact with what it lost */
    FN_BITS n_bits;
    FN_TYPE lost;
    FN_TYPE a = FN_NAME(fn_abs)(x);
    a = a > FN_PICK(10.0f, 20.0) ? FN_PICK(10.0f, 20.0) : a;
    const FN_TYPE s = FN_NAME(fn_exp_parts)((FN_TYPE)-2 * a, &n_bits, &lost);
    const FN_TYPE scale = FN_NAME(fn_power_of_two)(n_bits);
    const FN_TYPE p = (FN_TYPE)1 + s;
    const FN_TYPE t = p * scale;
    const FN_TYPE t_lost = (lost + (s - (p - (FN_TYPE)1))) * scale;
    const FN_TYPE m = (FN_TYPE)1 - t;
    const FN_TYPE m_lost = (FN_TYPE)1 - m - t - t_lost;
    const FN_TYPE y = FN_NAME(fn_over_one_plus)(m, m_lost, t, t_lost);
    /* below the limit tanh(x) = x - x^3/3 + ... is x to a sixth of an ulp */
    return a < FN_PICK(1.7e-4f, 7e-9) ? x : FN_NAME(fn_copysign)(y, x);
}

FN_INLINE FN_TYPE FN_NAME(fn_sigmoid)(FN_TYPE x)
{
    /* 1 / (1 + t) or t / (1 + t) with t = exp(-|x|), which never overflows */
    FN_TYPE lost;
    const FN_TYPE t = FN_NAME(fn_exp_of_minus_abs)(x, &lost, 0);
    return FN_NAME(fn_over_one_plus)(
        x < (FN_TYPE)0 ? t : (FN_TYPE)1, x < (FN_TYPE)0 ? lost : (FN_TYPE)0, t, lost);
}

FN_INLINE FN_TYPE FN_NAME(fn_softplus)(FN_TYPE x)
{
    /* max(x, 0) + log(1 + t) with t = exp(-|x|), smallest terms first */
    FN_TYPE lost;
    const FN_TYPE t = FN_NAME(fn_exp_of_minus_abs)(x, &lost, 1);
    /* log(1 + t) - t is the tail of t or, for t > 1/2, log(2) - 1/2 - t/2 and the tail
     * of f, where 1 + t = 2 (1 + f).  In float an x > 0 comes to the second a little
     * later: else `small` alone is above 1/2 where the result is still below 1. */
    const FN_TYPE half = FN_PICK(0.5f, 0.5);
    const int far = FN_NAME(fn_abs)(x + FN_PICK(0.085f, 0.0)) < FN_PICK(0.607f, 0.693);
    const FN_TYPE f = far ? half * t - half : t;
    FN_TYPE middle = FN_PICK(0.193147182f, 0.19314718055994531) - half * t;
    middle = far ? middle : (FN_TYPE)0;
    /* 1 - t/2 is near enough to 1 / (1 + t), the derivative of log(1 + t) */
    const FN_TYPE tail = FN_NAME(fn_fma)(
        lost, (FN_TYPE)1 - half * t, FN_NAME(fn_log_tail)(f));
    const FN_TYPE positive = x > (FN_TYPE)0 ? x : (FN_TYPE)0;
    const FN_TYPE large = t > positive ? t : positive;
    const FN_TYPE small = t > positive ? positive : t; /* NaN comes here */
    return large + (middle + (small + tail));
}

FN_INLINE FN_TYPE FN_NAME(fn_erf)(FN_TYPE x)
{
    FN_BITS n_bits;
    FN_TYPE lost;
    const FN_TYPE small = FN_NAME(fn_fma)(x, FN_NAME(fn_erf_small)(x * x), x);
    /* 1 - exp(-a - a * exponent(a)); 1 past the last limit */
    FN_TYPE a = FN_NAME(fn_abs)(x);
    const int is_small = a < FN_PICK(0.921875f, 0.828125);
    a = a > FN_PICK(4.0f, 6.0) ? FN_PICK(4.0f, 6.0) : a;
    const FN_TYPE y = -FN_NAME(fn_fma)(a, FN_NAME(fn_erf_exponent)(a), a);
    const FN_TYPE s = FN_NAME(fn_exp_parts)(y, &n_bits, &lost);
    const FN_TYPE scale = FN_NAME(fn_power_of_two)(n_bits);
    const FN_TYPE large = FN_NAME(fn_fma)(-s, scale, (FN_TYPE)1 - scale);
    return is_small ? small : FN_NAME(fn_copysign)(large, x);
}

#undef FN_MANTISSA_BITS
#undef FN_BIAS
#undef FN_ROUND
#undef FN_LN2_HIGH
#undef FN_LN2_LOW
#undef FN_LOG2_E
#undef FN_INFINITY
#undef FN_NAN
#undef FN_LOG_SHIFT
