"""Losses: the value of each row and its gradient in one pass.

A row's loss is a function of one signature; the files losses_*.pxi have them, each with
its operation beside it:

    dpred    OUT (n,)  factor * d value / d pred; may be NULL
    out      OUT (n,)  probabilities of a fused softmax or sigmoid; may be NULL
    pred     IN  (n,)
    target   IN  (n,)  or one label, int32
    factor   weight of the row times the scale of the reduction

It returns the unweighted value in float64, and finds n and its settings in `op`:

operands: values, dpred | NULL, out | NULL, pred, target, weight | NULL, mask | NULL,
    settings of the columns | NULL
sizes: rows per sample, n, row length of pred, of target (0: labels), reduction,
    rows per weight (0: all of a sample), whether a value is the whole batch's
scalars: weight of the loss, then its settings

Rows of pred, dpred and out have one length, those of target their own. A row that the
mask leaves out has the value 0, no gradient, and no part in a mean. Threads share the
rows; one thread adds them up, in order.
"""

cdef enum Reduction:
    SUM = 0
    MEAN_OVER_ROWS = 1      # Keras's sum_over_batch_size
    MEAN_OVER_WEIGHTS = 2   # Keras's mean_with_sample_weight


ctypedef double (*row_f32)(
    float*, float*, const float*, const float*, float, const Op*) noexcept nogil
ctypedef double (*row_f64)(
    double*, double*, const double*, const double*, double, const Op*) noexcept nogil


cdef inline double apply_row(
    void* row, real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    if real_t is float:
        return (<row_f32> row)(dpred, out, pred, target, factor, op)
    else:
        return (<row_f64> row)(dpred, out, pred, target, factor, op)


cdef inline real_t limited(real_t p, double epsilon) noexcept nogil:
    """p within [epsilon, 1 - epsilon]; NaN stays"""
    cdef real_t low = <real_t> epsilon, high = <real_t> (1 - epsilon)
    p = low if p < low else p
    return high if p > high else p


cdef inline bint inside(real_t p, double epsilon) noexcept nogil:
    """where limiting has a derivative of one"""
    return p >= <real_t> epsilon and p <= <real_t> (1 - epsilon)


cdef inline real_t power_(real_t x, double exponent) noexcept nogil:
    """x ** exponent, NaN for a fraction of a negative number. The powers of the usual
    settings are exact."""
    if exponent == 0:
        return 1
    if exponent == 1:
        return x
    if exponent == 2:
        return x * x
    return exp_(<real_t> exponent * log_(x))


cdef inline dim_t weight_position(const Op* op, dim_t row) noexcept nogil:
    """where the weight of a row stands"""
    return row // (op.size[5] if op.size[5] else op.size[0])


cdef inline double row_factor(
    const real_t* weight, const real_t* mask, dim_t row, const Op* op
) noexcept nogil:
    """what a row's value counts for in the sum"""
    cdef double factor = 1
    if weight != NULL:
        factor = weight[weight_position(op, row)]
    return factor * mask[row] if mask != NULL else factor


cdef inline double loss_scale(
    const Op* op, const Step* step, const real_t* weight, const real_t* mask
) noexcept nogil:
    """what the reduction multiplies the sum of the rows' weighted values with"""
    cdef dim_t rows = step.rows * op.size[0], i, weights
    cdef double total = 0
    if op.size[4] == SUM:
        return 1.0 / step.rows if op.size[6] and weight == NULL else 1
    if op.size[4] == MEAN_OVER_ROWS or weight == NULL:
        if mask == NULL:
            return 1.0 / rows
        for i in range(rows):
            total += mask[i]
    elif mask == NULL:
        weights = weight_position(op, rows)
        for i in range(weights):
            total += weight[i]
    else:
        for i in range(rows):
            total += row_factor(weight, mask, i, op)
    return 1 / total if total != 0 else 0


cdef inline void run_rows(
    const Op* op, const Step* step, void* row, real_t* _
) noexcept nogil:
    """the loss of every row; `row` is a constant at each call and folds away"""
    cdef double* values = <double*> op.operand[0]
    cdef real_t* dpred = <real_t*> op.operand[1]
    cdef real_t* out = <real_t*> op.operand[2]
    cdef const real_t* pred = <const real_t*> op.operand[3]
    cdef const char* target = <const char*> op.operand[4]
    cdef const real_t* weight = <const real_t*> op.operand[5]
    cdef const real_t* mask = <const real_t*> op.operand[6]
    cdef dim_t stride = op.size[2], begin, end, i, j
    cdef dim_t step_of_target = op.size[3] * <dim_t> sizeof(real_t)
    cdef int32_t first = 0
    cdef bint labels = step_of_target == 0
    cdef double scale
    if labels:
        step_of_target = sizeof(int32_t)
    scale = op.scalar[0] * loss_scale(op, step, weight, mask)
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * stride
    target += begin * step_of_target
    dpred = dpred + begin * stride if dpred != NULL else dpred
    out = out + begin * stride if out != NULL else out
    for i in range(begin, end):
        if labels and not 0 <= (<const int32_t*> target)[0] < op.size[1] \
                and (mask == NULL or mask[i] != 0):
            # labels are checked; the array may be written to from elsewhere since
            values[i] = NAN
            for j in range(op.size[1] if dpred != NULL else 0):
                dpred[j] = <real_t> NAN
        elif mask == NULL or mask[i] != 0:
            values[i] = apply_row(
                row, dpred, out, pred, <const real_t*> target,
                <real_t> (scale * row_factor(weight, mask, i, op)), op)
        else:
            values[i] = 0
            if dpred != NULL:
                memset(dpred, 0, op.size[1] * sizeof(real_t))
            if out != NULL:  # a label may be none: any other does as well
                apply_row(row, <real_t*> NULL, out, pred,
                          <const real_t*> (target if op.size[3] else <char*> &first),
                          <real_t> 0, op)
        pred += stride
        target += step_of_target
        dpred = dpred + stride if dpred != NULL else dpred
        out = out + stride if out != NULL else out


cdef void run_label_mask(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """mask[i] := 0 where the label is the one to ignore, else 1
    operands: mask, labels; sizes: labels per sample, the label to ignore"""
    cdef real_t* mask = <real_t*> op.operand[0]
    cdef const int32_t* labels = <const int32_t*> op.operand[1]
    cdef dim_t i
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
        mask[i] = labels[i] != op.size[1]


cdef void run_loss_total(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: log, values, weight | NULL, mask | NULL
    sizes: values per sample, whether a loss that is not finite halts; [4]: reduction;
    [5]: values per weight (0: all of a sample); [6]: whether each sample repeats the
    values of the whole batch; scalar: weight of the loss

    log := [loss of this batch, penalty of this batch, sum of loss * rows, sum of rows]
    """
    cdef double* log = <double*> op.operand[0]
    cdef const double* values = <const double*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef const real_t* mask = <const real_t*> op.operand[3]
    cdef dim_t i
    cdef double total = 0
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
        if mask == NULL or mask[i] != 0:
            total += values[i] * row_factor(weight, mask, i, op)
    log[0] = op.scalar[0] * total * loss_scale(op, step, weight, mask) + log[1]
    log[1] = 0
    log[2] += log[0] * step.rows
    log[3] += step.rows
    # x - x is zero for finite x only
    if op.size[1] and not log[0] - log[0] == 0:
        step.halt[0] = 1


_add_operation("label_mask", <run_t> run_label_mask[float],
               <run_t> run_label_mask[double])
_add_operation("loss_total", <run_t> run_loss_total[float],
               <run_t> run_loss_total[double])
