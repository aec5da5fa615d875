"""Penalties of regularizers: their values and gradients."""

cdef void l1_l2_backward(
    real_t* dweight,       # INOUT (n,)
    const real_t* weight,  # IN    (n,)
    double l1_, double l2_, dim_t n,
) noexcept nogil:
    """dweight += l1 * sign(weight) + 2 * l2 * weight"""
    cdef dim_t i
    cdef real_t l1 = <real_t> l1_, l2 = <real_t> (2 * l2_), slope
    for i in range(n):
        slope = l1 if weight[i] > 0 else (-l1 if weight[i] < 0 else 0)
        dweight[i] += slope + l2 * weight[i]


cdef double l1_l2_value(
    const real_t* weight,  # IN (n,)
    double l1, double l2, dim_t n,
) noexcept nogil:
    """l1 * sum of |weight| + l2 * sum of weight^2, in float64"""
    cdef dim_t i, lane
    cdef double w
    cdef double[LANES] size, square
    for lane in range(LANES):
        size[lane] = 0
        square[lane] = 0
    for i in range(n):
        w = weight[i]
        size[i % LANES] += -w if w < 0 else w
        square[i % LANES] += w * w
    for lane in range(1, LANES):
        size[0] += size[lane]
        square[0] += square[lane]
    return l1 * size[0] + l2 * square[0]


# ---- operations -----------------------------------------------------------------

cdef void run_l1_l2_backward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: dweight, weight; size: elements; scalars: l1, l2"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    l1_l2_backward(<real_t*> op.operand[0] + at, <const real_t*> op.operand[1] + at,
                   op.scalar[0], op.scalar[1], n)


cdef void run_l1_l2_value(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """log[1] += penalty; operands: log, weight; size: elements; scalars: l1, l2"""
    if step.thread == 0:
        (<double*> op.operand[0])[1] += l1_l2_value(
            <const real_t*> op.operand[1], op.scalar[0], op.scalar[1], op.size[0])


_add_operation("l1_l2_backward", <run_t> run_l1_l2_backward[float],
               <run_t> run_l1_l2_backward[double])
_add_operation("l1_l2_value", <run_t> run_l1_l2_value[float],
               <run_t> run_l1_l2_value[double])


# ---- test doors -----------------------------------------------------------------

def l1_l2_backward_door(dweight, weight, l1, l2):
    """dweight += l1 * sign(weight) + 2 * l2 * weight"""
    dtype = _dtype_of(dweight)
    _require("weight", weight, dweight.shape, dtype)
    result = _padded(dweight)
    _run("l1_l2_backward", dtype, 1, (result, _padded(weight)), (result.size,),
         (l1, l2))
    _unpad(dweight, result)


def l1_l2_value_door(weight, l1, l2):
    """l1 * sum of |weight| + l2 * sum of weight^2"""
    log, copy = np.zeros(2), _padded(weight)
    _run("l1_l2_value", _dtype_of(weight), 1, (log, copy), (copy.size,), (l1, l2))
    return float(log[1])
