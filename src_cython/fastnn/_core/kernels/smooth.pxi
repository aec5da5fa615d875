"""Element-wise functions of exponentials, logarithms and roots.

The signature of all, and what `scalar` is: elementwise.pxi. Where a product of zero and
infinity stands in a limit, the zero is put in its place.
"""

cdef double SELU_SCALE = 1.0507009873554804934193349852946
cdef double SELU_LOW = 1.0507009873554804934193349852946 \
    * 1.6732632423543772848170429916717   # minus the limit at -infinity
cdef double ROOT_HALF = 0.70710678118654752440         # sqrt(1 / 2)
cdef double DENSITY_AT_0 = 0.39894228040143267794      # 1 / sqrt(2 pi)
cdef double GELU_SLOPE = 0.79788456080286535588        # sqrt(2 / pi)
cdef double GELU_CUBIC = 0.044715
# Past these exp(-x) and exp(-x^2 / 2) are zero in float64, or as good as in a product
# with x: sigmoid(-800) and the normal density at 40.
cdef enum:
    SIGMOID_ENDS = 800
    NORMAL_ENDS = 40


cdef inline real_t within(real_t x, real_t limit) noexcept nogil:
    """x limited to [-limit, limit]; NaN stays"""
    cdef real_t low = -limit if x < -limit else x
    return limit if low > limit else low


cdef void sigmoid_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := 1 / (1 + exp(-inp))"""
    cdef dim_t i
    for i in range(n):
        out[i] = sigmoid_(inp[i])


cdef void sigmoid_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * out * (1 - out)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * (out[i] * (<real_t> 1 - out[i]))


cdef void tanh_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := tanh(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = tanh_(inp[i])


cdef void tanh_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - out^2)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * (<real_t> 1 - out[i] * out[i])


cdef void tanh_shrink_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp - tanh(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = inp[i] - tanh_(inp[i])


cdef void tanh_shrink_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * tanh(inp)^2"""
    cdef dim_t i
    cdef real_t t
    for i in range(n):
        t = tanh_(inp[i])
        dinp[i] = dout[i] * (t * t)


cdef void elu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp where inp > 0 else alpha * (exp(inp) - 1)"""
    cdef real_t alpha = <real_t> scalar[0], low
    cdef dim_t i
    for i in range(n):
        low = alpha * expm1_negative(0 if inp[i] > 0 else inp[i])
        out[i] = inp[i] if inp[i] >= 0 else low  # -0 stays -0


cdef void elu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else dout * (out + alpha)   (alpha >= 0)"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else dout[i] * (out[i] + alpha)


cdef void celu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp where inp > 0 else alpha * (exp(inp / alpha) - 1)"""
    cdef real_t alpha = <real_t> scalar[0], low
    cdef dim_t i
    for i in range(n):
        low = alpha * expm1_negative((0 if inp[i] > 0 else inp[i]) / alpha)
        out[i] = inp[i] if inp[i] >= 0 else low


cdef void celu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else dout * (out / alpha + 1)   (alpha > 0)"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else dout[i] * (out[i] / alpha + 1)


cdef void selu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := scale * (inp where inp > 0 else alpha * (exp(inp) - 1))"""
    cdef real_t high = <real_t> SELU_SCALE, low = <real_t> SELU_LOW, x
    cdef dim_t i
    for i in range(n):
        x = low * expm1_negative(0 if inp[i] > 0 else inp[i])
        out[i] = high * inp[i] if inp[i] >= 0 else x


cdef void selu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (scale where out > 0 else out + scale * alpha)"""
    cdef real_t high = <real_t> SELU_SCALE, low = <real_t> SELU_LOW
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * (high if out[i] > 0 else out[i] + low)


cdef void exponential_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := exp(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = exp_(inp[i])


cdef void exponential_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * out"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * out[i]


cdef void softplus_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := log(1 + exp(inp))"""
    cdef dim_t i
    for i in range(n):
        out[i] = softplus_(inp[i])


cdef void softplus_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - exp(-out)), which is sigmoid(inp)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = -dout[i] * expm1_negative(-out[i])


cdef void log_sigmoid_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := -log(1 + exp(-inp))"""
    cdef dim_t i
    for i in range(n):
        out[i] = -softplus_(-inp[i])


cdef void log_sigmoid_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - exp(out)), which is sigmoid(-inp)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = -dout[i] * expm1_negative(out[i])


cdef void softsign_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp / (1 + |inp|)"""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = inp[i] / (1 + abs_(inp[i]))
        x = 1 if inp[i] == INFINITY else x
        out[i] = -1 if inp[i] == -INFINITY else x


cdef void softsign_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - |out|)^2"""
    cdef dim_t i
    cdef real_t slope
    for i in range(n):
        slope = 1 - abs_(out[i])
        dinp[i] = dout[i] * (slope * slope)


cdef void squareplus_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := (inp + sqrt(inp^2 + alpha)) / 2

    Below 0 as alpha / 2 / (sqrt(inp^2 + alpha) - inp), which loses no digits."""
    cdef real_t alpha = <real_t> scalar[0], root, size
    cdef dim_t i
    for i in range(n):
        size = abs_(inp[i])
        root = sqrt_(inp[i] * inp[i] + alpha)
        root = size if root == INFINITY else root  # the square overflowed
        size = size / 2 + root / 2
        out[i] = alpha / 4 / size if inp[i] < 0 else size


cdef void squareplus_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout / (1 + alpha / 4 / out^2) where out > 0 else 0"""
    cdef real_t quarter = <real_t> scalar[0] / 4, slope
    cdef dim_t i
    for i in range(n):
        slope = 1 / (1 + quarter / (out[i] * out[i]))
        dinp[i] = dout[i] * (slope if out[i] > 0 else 0)


cdef void silu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp * sigmoid(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = 0 if inp[i] < -SIGMOID_ENDS else inp[i] * sigmoid_(inp[i])


cdef void silu_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * s * (1 + inp * (1 - s)), s = sigmoid(inp)"""
    cdef dim_t i
    cdef real_t s
    for i in range(n):
        s = sigmoid_(inp[i])
        dinp[i] = dout[i] * (s * (1 + inp[i] * (1 - s)))


cdef void gelu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp * (1 + erf(inp / sqrt(2))) / 2"""
    cdef real_t root = <real_t> ROOT_HALF, share_
    cdef dim_t i
    for i in range(n):
        share_ = (1 + erf_(inp[i] * root)) / 2
        out[i] = 0 if inp[i] < -NORMAL_ENDS else inp[i] * share_


cdef void gelu_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (phi + inp * density), phi = (1 + erf(inp / sqrt(2))) / 2, density
    that of the normal distribution at inp"""
    cdef real_t root = <real_t> ROOT_HALF, peak = <real_t> DENSITY_AT_0, x
    cdef dim_t i
    for i in range(n):
        x = within(inp[i], <real_t> NORMAL_ENDS)
        dinp[i] = dout[i] * (
            (1 + erf_(x * root)) / 2 + x * (peak * exp_(-x * x / 2)))


cdef inline real_t gelu_exponent(real_t x) noexcept nogil:
    """2 sqrt(2 / pi) * (x + 0.044715 * x^3)"""
    return <real_t> (2 * GELU_SLOPE) * (x + <real_t> GELU_CUBIC * (x * x * x))


cdef void gelu_tanh_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp * (1 + tanh(sqrt(2 / pi) * (inp + 0.044715 * inp^3))) / 2

    (1 + tanh(u)) / 2 is sigmoid(2 u)."""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = sigmoid_(gelu_exponent(within(inp[i], <real_t> NORMAL_ENDS)))
        out[i] = 0 if inp[i] < -NORMAL_ENDS else inp[i] * x


cdef void gelu_tanh_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (s + inp * s * (1 - s) * u'), s = sigmoid(u),
    u = 2 sqrt(2 / pi) * (inp + 0.044715 * inp^3)"""
    cdef real_t slope = <real_t> (2 * GELU_SLOPE), cubic = <real_t> (3 * GELU_CUBIC)
    cdef dim_t i
    cdef real_t x, u, e, inverse, du
    for i in range(n):
        x = within(inp[i], <real_t> NORMAL_ENDS)
        u = gelu_exponent(x)
        e = exp_(-abs_(u))
        inverse = 1 / (1 + e)
        du = slope * (1 + cubic * (x * x))
        dinp[i] = dout[i] * (
            (e if u < 0 else 1) * inverse + x * (e * inverse * inverse * du))


cdef inline real_t mish_power(real_t x) noexcept nogil:
    """exp(x) as long as it counts: past the limit tanh(softplus(x)) is 1"""
    if real_t is float:
        return exp_(20 if x > 20 else x)
    else:
        return exp_(40 if x > 40 else x)


cdef void mish_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp * tanh(log(1 + exp(inp)))

    The tanh is p / (p + 2), p = exp(inp) * (exp(inp) + 2)."""
    cdef dim_t i
    cdef real_t p
    for i in range(n):
        p = mish_power(inp[i])
        p = p * (p + 2)
        out[i] = 0 if inp[i] < -SIGMOID_ENDS else inp[i] * (p / (p + 2))


cdef void mish_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * (p / (p + 2) + inp * 4 e (1 + e) / (p + 2)^2), e = exp(inp),
    p = e * (e + 2)"""
    cdef dim_t i
    cdef real_t x, e, inverse
    for i in range(n):
        x = within(inp[i], <real_t> SIGMOID_ENDS)
        e = mish_power(x)
        inverse = 1 / (e * (e + 2) + 2)
        dinp[i] = dout[i] * (
            e * (e + 2) * inverse + x * (4 * e * inverse) * ((1 + e) * inverse))


_add_function("sigmoid", sigmoid_forward[float], sigmoid_backward[float],
              sigmoid_forward[double], sigmoid_backward[double])
_add_function("tanh", tanh_forward[float], tanh_backward[float],
              tanh_forward[double], tanh_backward[double])
_add_function("tanh_shrink", tanh_shrink_forward[float], tanh_shrink_backward[float],
              tanh_shrink_forward[double], tanh_shrink_backward[double], True)
_add_function("elu", elu_forward[float], elu_backward[float],
              elu_forward[double], elu_backward[double])
_add_function("celu", celu_forward[float], celu_backward[float],
              celu_forward[double], celu_backward[double])
_add_function("selu", selu_forward[float], selu_backward[float],
              selu_forward[double], selu_backward[double])
_add_function("exponential", exponential_forward[float], exponential_backward[float],
              exponential_forward[double], exponential_backward[double])
_add_function("softplus", softplus_forward[float], softplus_backward[float],
              softplus_forward[double], softplus_backward[double])
_add_function("log_sigmoid", log_sigmoid_forward[float], log_sigmoid_backward[float],
              log_sigmoid_forward[double], log_sigmoid_backward[double])
_add_function("softsign", softsign_forward[float], softsign_backward[float],
              softsign_forward[double], softsign_backward[double])
_add_function("squareplus", squareplus_forward[float], squareplus_backward[float],
              squareplus_forward[double], squareplus_backward[double])
_add_function("silu", silu_forward[float], silu_backward[float],
              silu_forward[double], silu_backward[double], True)
_add_function("gelu", gelu_forward[float], gelu_backward[float],
              gelu_forward[double], gelu_backward[double], True)
_add_function("gelu_tanh", gelu_tanh_forward[float], gelu_tanh_backward[float],
              gelu_tanh_forward[double], gelu_tanh_backward[double], True)
_add_function("mish", mish_forward[float], mish_backward[float],
              mish_forward[double], mish_backward[double], True)
