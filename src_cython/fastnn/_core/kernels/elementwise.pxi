"""Element-wise kernels: activations and their derivatives.

All have one signature, so that the plan can fuse any of them into a matrix product:

    X_forward(out, inp, alpha, n)           out := f(inp)
    X_backward(dinp, dout, out, alpha, n)   dinp := dout * f'(inp), written with out

`alpha` is the slope of leaky_relu and the scale of elu; the others have none.
Every derivative is written in terms of the output, so inputs need not be kept.
"""

cdef void linear_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := inp"""
    if out != inp:
        memcpy(out, inp, n * sizeof(real_t))


cdef void linear_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout"""
    if dinp != dout:
        memcpy(dinp, dout, n * sizeof(real_t))


cdef void relu_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := 0 where inp < 0 else inp"""
    cdef dim_t i
    for i in range(n):
        # this way round NaN stays NaN
        out[i] = 0 if inp[i] < 0 else inp[i]


cdef void relu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else 0"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else 0


cdef void sigmoid_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := 1 / (1 + exp(-inp))"""
    cdef dim_t i
    for i in range(n):
        out[i] = sigmoid_(inp[i])


cdef void sigmoid_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout * out * (1 - out)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * (out[i] * (<real_t> 1 - out[i]))


cdef void tanh_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := tanh(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = tanh_(inp[i])


cdef void tanh_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - out^2)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * (<real_t> 1 - out[i] * out[i])


cdef void leaky_relu_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := alpha * inp where inp < 0 else inp"""
    cdef dim_t i
    for i in range(n):
        out[i] = alpha * inp[i] if inp[i] < 0 else inp[i]


cdef void leaky_relu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else alpha * dout   (alpha >= 0)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else alpha * dout[i]


cdef void elu_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := inp where inp > 0 else alpha * (exp(inp) - 1)"""
    cdef dim_t i
    cdef real_t low
    for i in range(n):
        low = alpha * expm1_negative(0 if inp[i] > 0 else inp[i])
        out[i] = inp[i] if inp[i] >= 0 else low  # -0 stays -0


cdef void elu_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout where out > 0 else dout * (out + alpha)   (alpha >= 0)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] if out[i] > 0 else dout[i] * (out[i] + alpha)


cdef void softplus_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := log(1 + exp(inp))"""
    cdef dim_t i
    for i in range(n):
        out[i] = softplus_(inp[i])


cdef void softplus_backward(
    real_t* dinp, const real_t* dout, const real_t* out, real_t alpha, dim_t n
) noexcept nogil:
    """dinp := dout * (1 - exp(-out)), which is sigmoid(inp)"""
    cdef dim_t i
    for i in range(n):
        dinp[i] = -dout[i] * expm1_negative(-out[i])


# ---- vector mathematics: never part of a plan, but of the promise on accuracy -------

cdef void exp_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := exp(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = exp_(inp[i])


cdef void log_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := log(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = log_(inp[i])


cdef void log1p_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := log(1 + inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = log1p_(inp[i])


cdef void erf_forward(
    real_t* out, const real_t* inp, real_t alpha, dim_t n
) noexcept nogil:
    """out := the error function of inp"""
    cdef dim_t i
    for i in range(n):
        out[i] = erf_(inp[i])


cdef void _add_function(
    name, forward_f32 forward32, backward_f32 backward32,
    forward_f64 forward64, backward_f64 backward64,
):
    _FUNCTIONS[np.dtype(np.float32)][name] = (<size_t> forward32, <size_t> backward32)
    _FUNCTIONS[np.dtype(np.float64)][name] = (<size_t> forward64, <size_t> backward64)


_add_function("linear", linear_forward[float], linear_backward[float],
              linear_forward[double], linear_backward[double])
_add_function("relu", relu_forward[float], relu_backward[float],
              relu_forward[double], relu_backward[double])
_add_function("sigmoid", sigmoid_forward[float], sigmoid_backward[float],
              sigmoid_forward[double], sigmoid_backward[double])
_add_function("tanh", tanh_forward[float], tanh_backward[float],
              tanh_forward[double], tanh_backward[double])
_add_function("leaky_relu", leaky_relu_forward[float], leaky_relu_backward[float],
              leaky_relu_forward[double], leaky_relu_backward[double])
_add_function("elu", elu_forward[float], elu_backward[float],
              elu_forward[double], elu_backward[double])
_add_function("softplus", softplus_forward[float], softplus_backward[float],
              softplus_forward[double], softplus_backward[double])
_add_function("exp", exp_forward[float], NULL, exp_forward[double], NULL)
_add_function("log", log_forward[float], NULL, log_forward[double], NULL)
_add_function("log1p", log1p_forward[float], NULL, log1p_forward[double], NULL)
_add_function("erf", erf_forward[float], NULL, erf_forward[double], NULL)


# ---- operations ------------------------------------------------------------------

cdef void run_elementwise_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0] * op.size[1], 1024, step, &begin, &end)
    apply_forward(
        op.function, <real_t*> op.operand[0] + begin,
        <const real_t*> op.operand[1] + begin, op.scalar[0], end - begin,
    )


cdef void run_elementwise_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, out; sizes: rows per sample, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0] * op.size[1], 1024, step, &begin, &end)
    apply_backward(
        op.function, <real_t*> op.operand[0] + begin,
        <const real_t*> op.operand[1] + begin, <const real_t*> op.operand[2] + begin,
        op.scalar[0], end - begin,
    )

_add_operation("elementwise_forward", <run_t> run_elementwise_forward[float],
               <run_t> run_elementwise_forward[double])
_add_operation("elementwise_backward", <run_t> run_elementwise_backward[float],
               <run_t> run_elementwise_backward[double])


# ---- test doors ------------------------------------------------------------------

def _elementwise_forward(name, out, inp, alpha):
    dtype = _dtype_of(out)
    _require("inp", inp, out.shape, dtype)
    result = _padded(out)
    _run("elementwise_forward", dtype, result.shape[0], (result, _padded(inp)),
         (1, result.shape[1]), (alpha,), function=_FUNCTIONS[dtype][name][0])
    _unpad(out, result)


def _elementwise_backward(name, dinp, dout, out, alpha):
    dtype = _dtype_of(dinp)
    _require("dout", dout, dinp.shape, dtype)
    _require("out", out, dinp.shape, dtype)
    result = _padded(dinp)
    _run("elementwise_backward", dtype, result.shape[0],
         (result, _padded(dout), _padded(out)),
         (1, result.shape[1]), (alpha,), function=_FUNCTIONS[dtype][name][1])
    _unpad(dinp, result)


def _make_doors(name):
    """X_forward and X_backward for Python, named as in the reference."""
    def forward(out, inp, alpha=0.0):
        _elementwise_forward(name, out, inp, alpha)

    def backward(dinp, dout, out, alpha=0.0):
        _elementwise_backward(name, dinp, dout, out, alpha)

    forward.__name__ = f"{name}_forward"
    backward.__name__ = f"{name}_backward"
    return forward, backward


for _name in ("linear", "relu", "sigmoid", "tanh", "leaky_relu", "elu", "softplus"):
    globals()[f"{_name}_forward"], globals()[f"{_name}_backward"] = _make_doors(_name)


def exp(out, inp):
    """out := exp(inp)"""
    _elementwise_forward("exp", out, inp, 0.0)


def log(out, inp):
    """out := log(inp)"""
    _elementwise_forward("log", out, inp, 0.0)


def log1p(out, inp):
    """out := log(1 + inp)"""
    _elementwise_forward("log1p", out, inp, 0.0)


def erf(out, inp):
    """out := the error function of inp"""
    _elementwise_forward("erf", out, inp, 0.0)
