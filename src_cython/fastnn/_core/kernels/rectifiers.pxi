"""Element-wise functions made of straight pieces, and of one parabola.

The signature of all, and what `scalar` is: elementwise.pxi. NaN stays NaN: where a
comparison decides, NaN takes the side that passes the input on.
"""


cdef void linear_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp"""
    if out != inp:
        memcpy(out, inp, n * sizeof(real_t))


cdef void linear_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout"""
    if dinp != dout:
        memcpy(dinp, dout, n * sizeof(real_t))


cdef void relu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := 0 where inp < 0 else inp"""
    cdef dim_t i
    for i in range(n):
        out[i] = 0 if inp[i] < 0 else inp[i]


cdef void relu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else 0"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else 0


cdef void relu_capped_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp limited to [0, alpha]"""
    cdef real_t alpha = <real_t> scalar[0], low
    cdef dim_t i
    for i in range(n):
        low = 0 if inp[i] < 0 else inp[i]
        out[i] = alpha if low > alpha else low


cdef void relu_capped_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where 0 < out < alpha else 0"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if (out[i] > 0) & (out[i] < alpha) else 0


cdef void leaky_relu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := alpha * inp where inp < 0 else inp"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        out[i] = alpha * inp[i] if inp[i] < 0 else inp[i]


cdef void leaky_relu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else alpha * dout   (alpha >= 0)"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else alpha * dout[i]


cdef inline real_t below_for(real_t alpha, real_t gamma) noexcept nogil:
    """where the sloping part of a rectifier ends: nowhere without a slope, which would
    make NaN of -infinity"""
    if alpha == 0:
        return -INFINITY
    return gamma


cdef inline real_t floor_for(real_t beta) noexcept nogil:
    """0 if there is a cap, which then limits the upper part to [0, beta]"""
    if beta == INFINITY:
        return -INFINITY
    return 0


cdef void rectifier_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := (inp limited to [0, beta] where inp > gamma else 0)
              + (alpha * (inp - gamma) where inp < gamma else 0)

    alpha: slope, beta: cap, infinite for none, gamma: threshold"""
    cdef real_t alpha = <real_t> scalar[0], beta = <real_t> scalar[1]
    cdef real_t gamma = <real_t> scalar[2]
    cdef real_t edge = below_for(alpha, gamma), low = floor_for(beta), above, below
    cdef dim_t i
    for i in range(n):
        above = 0 if inp[i] <= gamma else inp[i]
        above = low if above < low else above
        above = beta if above > beta else above
        below = inp[i] - gamma if inp[i] < edge else 0
        out[i] = above + alpha * below


cdef void rectifier_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * ((1 where inp > gamma and 0 < inp < beta else 0)
                       + (alpha where inp < gamma else 0))"""
    cdef real_t alpha = <real_t> scalar[0], beta = <real_t> scalar[1]
    cdef real_t gamma = <real_t> scalar[2], slope
    cdef real_t low = max(gamma, floor_for(beta))
    cdef dim_t i
    for i in range(n):
        slope = alpha if inp[i] < gamma else 0
        slope = slope + 1 if (inp[i] > low) & (inp[i] < beta) else slope
        dinp[i] = dout[i] * slope


cdef void threshold_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := beta where inp <= alpha else inp"""
    cdef real_t alpha = <real_t> scalar[0], beta = <real_t> scalar[1]
    cdef dim_t i
    for i in range(n):
        out[i] = beta if inp[i] <= alpha else inp[i]


cdef void threshold_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where inp > alpha else 0"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if inp[i] > alpha else 0


cdef void hard_sigmoid_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp + 3 limited to [0, 6], over 6"""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = inp[i] + 3
        x = 0 if x < 0 else x
        x = 6 if x > 6 else x
        out[i] = x / 6


cdef void hard_sigmoid_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout / 6 where 0 < out < 1 else 0"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] / 6 if (out[i] > 0) & (out[i] < 1) else 0


cdef void hard_silu_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp * hard_sigmoid(inp)"""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = inp[i] + 3
        x = 6 if x > 6 else x
        out[i] = 0 if x < 0 else inp[i] * (x / 6)


cdef void hard_silu_backward(
    real_t* dinp, const real_t* dout, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * ((2 inp + 3) / 6 where |inp| < 3, 0 below, 1 above)"""
    cdef dim_t i
    cdef real_t slope
    for i in range(n):
        slope = (2 * inp[i] + 3) / 6
        slope = 0 if inp[i] <= -3 else slope
        slope = 1 if inp[i] >= 3 else slope
        dinp[i] = dout[i] * slope


cdef void hard_tanh_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp limited to [-1, 1]"""
    cdef dim_t i
    cdef real_t low
    for i in range(n):
        low = -1 if inp[i] < -1 else inp[i]
        out[i] = 1 if low > 1 else low


cdef void hard_tanh_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout where |out| < 1 else 0"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if (out[i] > -1) & (out[i] < 1) else 0


cdef void soft_shrink_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := inp - alpha where inp > alpha, inp + alpha where inp < -alpha, else 0"""
    cdef real_t alpha = <real_t> scalar[0], x
    cdef dim_t i
    for i in range(n):
        x = inp[i] + alpha if inp[i] < -alpha else inp[i] - inp[i]
        out[i] = inp[i] - alpha if inp[i] > alpha else x


cdef void soft_shrink_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := 0 where out = 0 else dout"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = 0 if out[i] == 0 else dout[i]


cdef void hard_shrink_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := 0 where |inp| <= alpha else inp"""
    cdef real_t alpha = <real_t> scalar[0]
    cdef dim_t i
    for i in range(n):
        out[i] = 0 if abs_(inp[i]) <= alpha else inp[i]


cdef void hard_shrink_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := 0 where out = 0 else dout"""
    soft_shrink_backward(dinp, dout, out, scalar, n)


cdef void sparse_sigmoid_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := (inp limited to [-1, 1] + 1) / 2"""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = inp[i] + 1
        x = 0 if x < 0 else x
        x = 2 if x > 2 else x
        out[i] = x / 2


cdef void sparse_sigmoid_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout / 2 where 0 < out < 1 else 0"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] / 2 if (out[i] > 0) & (out[i] < 1) else 0


cdef void sparse_plus_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := (inp + 1)^2 / 4 where |inp| < 1, 0 below, inp above"""
    cdef dim_t i
    cdef real_t x
    for i in range(n):
        x = (inp[i] + 1) * (inp[i] + 1) / 4
        x = 0 if inp[i] <= -1 else x
        out[i] = inp[i] if inp[i] >= 1 else x


cdef void sparse_plus_backward(
    real_t* dinp, const real_t* dout, const real_t* out, const double* scalar, dim_t n
) noexcept nogil:
    """dinp := dout * sqrt(out) where out < 1 else dout"""
    cdef dim_t i
    for i in range(n):
        # the square root is (inp + 1) / 2
        dinp[i] = dout[i] * sqrt_(1 if out[i] > 1 else out[i])


_add_function("linear", linear_forward[float], linear_backward[float],
              linear_forward[double], linear_backward[double])
_add_function("relu", relu_forward[float], relu_backward[float],
              relu_forward[double], relu_backward[double])
_add_function("relu_capped", relu_capped_forward[float], relu_capped_backward[float],
              relu_capped_forward[double], relu_capped_backward[double])
_add_function("leaky_relu", leaky_relu_forward[float], leaky_relu_backward[float],
              leaky_relu_forward[double], leaky_relu_backward[double])
_add_function("rectifier", rectifier_forward[float], rectifier_backward[float],
              rectifier_forward[double], rectifier_backward[double], True)
_add_function("threshold", threshold_forward[float], threshold_backward[float],
              threshold_forward[double], threshold_backward[double], True)
_add_function("hard_sigmoid", hard_sigmoid_forward[float], hard_sigmoid_backward[float],
              hard_sigmoid_forward[double], hard_sigmoid_backward[double])
_add_function("hard_silu", hard_silu_forward[float], hard_silu_backward[float],
              hard_silu_forward[double], hard_silu_backward[double], True)
_add_function("hard_tanh", hard_tanh_forward[float], hard_tanh_backward[float],
              hard_tanh_forward[double], hard_tanh_backward[double])
_add_function("soft_shrink", soft_shrink_forward[float], soft_shrink_backward[float],
              soft_shrink_forward[double], soft_shrink_backward[double])
_add_function("hard_shrink", hard_shrink_forward[float], hard_shrink_backward[float],
              hard_shrink_forward[double], hard_shrink_backward[double])
_add_function("sparse_sigmoid",
              sparse_sigmoid_forward[float], sparse_sigmoid_backward[float],
              sparse_sigmoid_forward[double], sparse_sigmoid_backward[double])
_add_function("sparse_plus", sparse_plus_forward[float], sparse_plus_backward[float],
              sparse_plus_forward[double], sparse_plus_backward[double])
