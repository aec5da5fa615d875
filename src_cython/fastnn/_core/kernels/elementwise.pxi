"""Element-wise functions: how they are called, run alone, and tested.

All have one signature, so that the plan can fuse any of them into a matrix product:

    X_forward(out, inp, scalar, n)          out := f(inp)
    X_backward(dinp, dout, out, scalar, n)  dinp := dout * f'(inp), written with out
    X_backward(dinp, dout, inp, scalar, n)  the same, written with inp

The functions themselves are in rectifiers.pxi (made of straight pieces) and smooth.pxi.
Where a derivative can be written with the output, it is: then the input need not be
kept. `scalar` is where the settings of the operation lie, in float64.
"""

# names of the functions whose backward reads their input
_FROM_INPUT = set()


cdef void _add_function(
    name, forward_f32 forward32, backward_f32 backward32,
    forward_f64 forward64, backward_f64 backward64, bint from_input=False,
):
    _FUNCTIONS[np.dtype(np.float32)][name] = (<size_t> forward32, <size_t> backward32)
    _FUNCTIONS[np.dtype(np.float64)][name] = (<size_t> forward64, <size_t> backward64)
    if from_input:
        _FROM_INPUT.add(name)


def reads_input(name):
    """Whether the backward of an element-wise function reads the function's input, and
    not its output."""
    return name in _FROM_INPUT


# ---- operations ------------------------------------------------------------------

cdef void run_elementwise_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, row length"""
    cdef dim_t begin, end, row = op.size[1]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    apply_forward(
        op.function, <real_t*> op.operand[0] + begin * row,
        <const real_t*> op.operand[1] + begin * row, op.scalar, (end - begin) * row,
    )


cdef void run_elementwise_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, out or inp; sizes: rows per sample, row length"""
    cdef dim_t begin, end, row = op.size[1]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    apply_backward(
        op.function, <real_t*> op.operand[0] + begin * row,
        <const real_t*> op.operand[1] + begin * row,
        <const real_t*> op.operand[2] + begin * row, op.scalar, (end - begin) * row,
    )


_add_operation("elementwise_forward", <run_t> run_elementwise_forward[float],
               <run_t> run_elementwise_forward[double])
_add_operation("elementwise_backward", <run_t> run_elementwise_backward[float],
               <run_t> run_elementwise_backward[double])


# ---- vector mathematics: never part of a plan, but of the promise on accuracy -------

cdef void log_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := log(inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = log_(inp[i])


cdef void log1p_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := log(1 + inp)"""
    cdef dim_t i
    for i in range(n):
        out[i] = log1p_(inp[i])


cdef void erf_forward(
    real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    """out := the error function of inp"""
    cdef dim_t i
    for i in range(n):
        out[i] = erf_(inp[i])


_add_function("log", log_forward[float], NULL, log_forward[double], NULL)
_add_function("log1p", log1p_forward[float], NULL, log1p_forward[double], NULL)
_add_function("erf", erf_forward[float], NULL, erf_forward[double], NULL)
