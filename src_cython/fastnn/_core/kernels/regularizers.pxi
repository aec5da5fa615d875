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
    for i in range(n // LANES):
        for lane in range(LANES):
            w = weight[lane]
            size[lane] += fabs(w)
            square[lane] += w * w
        weight += LANES
    for lane in range(n % LANES):
        w = weight[lane]
        size[lane] += fabs(w)
        square[lane] += w * w
    for lane in range(1, LANES):
        size[0] += size[lane]
        square[0] += square[lane]
    return l1 * size[0] + l2 * square[0]


cdef void activity_values(
    double* values,        # OUT (samples,)
    const real_t* inp,     # IN  (samples * height, n) rows of length row
    double l1, double l2, dim_t begin, dim_t end, dim_t height, dim_t n, dim_t row,
) noexcept nogil:
    """values := l1 * sum of |inp| + l2 * sum of inp^2 of each sample, in float64"""
    cdef dim_t i, h, j
    cdef double x, size, square
    for i in range(begin, end):
        if n >= 2 * LANES:
            values[i] = 0
            for h in range(i * height, (i + 1) * height):
                values[i] += l1_l2_value(inp + h * row, l1, l2, n)
            continue
        size = square = 0  # lanes would not pay
        for h in range(i * height, (i + 1) * height):
            for j in range(n):
                x = inp[h * row + j]
                size += fabs(x)
                square += x * x
        values[i] = l1 * size + l2 * square


cdef void activity_backward(
    real_t* dinp,          # OUT (rows, n) rows of length row
    const real_t* dout,    # IN  (rows, n)
    const real_t* inp,     # IN  (rows, n)
    double l1_, double l2_, dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout + l1 * sign(inp) + 2 * l2 * inp"""
    cdef dim_t i, j
    cdef real_t l1 = <real_t> l1_, l2 = <real_t> (2 * l2_), x, slope
    for i in range(begin, end):
        for j in range(n):
            x = inp[i * row + j]
            slope = l1 if x > 0 else (-l1 if x < 0 else 0)
            dinp[i * row + j] = dout[i * row + j] + (slope + l2 * x)


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


cdef void run_activity_values(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: values, inp; sizes: rows per sample, width, row length; scalars: l1, l2
    """
    cdef dim_t begin, end
    share(step.rows, 1, step, &begin, &end)
    activity_values(<double*> op.operand[0], <const real_t*> op.operand[1],
                    op.scalar[0], op.scalar[1], begin, end, op.size[0], op.size[1],
                    op.size[2])


cdef void run_activity_total(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """log[1] += mean over the samples; operands: log, values"""
    cdef double total = 0
    cdef dim_t i
    if step.thread == 0:
        for i in range(step.rows):
            total += (<const double*> op.operand[1])[i]
        (<double*> op.operand[0])[1] += total / step.rows


cdef void run_activity_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, inp, of a penalty that is a mean over the samples
    sizes: rows per sample, width, row length; scalars: l1, l2"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    activity_backward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                      <const real_t*> op.operand[2], op.scalar[0] / step.rows,
                      op.scalar[1] / step.rows, begin, end, op.size[1], op.size[2])


_add_operation("activity_values", <run_t> run_activity_values[float],
               <run_t> run_activity_values[double])
_add_operation("activity_total", <run_t> run_activity_total[float],
               <run_t> run_activity_total[double])
_add_operation("activity_backward", <run_t> run_activity_backward[float],
               <run_t> run_activity_backward[double])
