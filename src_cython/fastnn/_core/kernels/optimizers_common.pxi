"""What goes before and after every update rule: scaling, clipping and adding up of
gradients, decay and averages of weights; and the numbers that a step begins with."""

cdef enum:
    SUM_CHUNK = 4096  # elements of a partial sum, whatever the number of threads


cdef void weight_decay(
    real_t* weight,        # INOUT (n,)
    double learning_rate, double decay, dim_t n,
) noexcept nogil:
    """weight -= weight * decay * learning_rate"""
    cdef dim_t i
    cdef real_t share = <real_t> (decay * learning_rate)
    for i in range(n):
        weight[i] -= weight[i] * share


cdef void clip_values(real_t* grad, double limit_, dim_t n) noexcept nogil:
    """grad := clip(grad, -limit, limit)"""
    cdef dim_t i
    cdef real_t limit = <real_t> limit_, g
    for i in range(n):
        g = grad[i]
        grad[i] = -limit if g < -limit else (limit if g > limit else g)


cdef double sum_of_squares(const real_t* grad, dim_t n) noexcept nogil:
    """sum of grad^2 in float64, over LANES lanes"""
    cdef double[LANES] lanes
    cdef dim_t block, i, lane, half = LANES
    for lane in range(LANES):
        lanes[lane] = 0
    for block in range(n // LANES):
        for lane in range(LANES):
            lanes[lane] += <double> grad[block * LANES + lane] \
                * <double> grad[block * LANES + lane]
    i = n // LANES * LANES
    for lane in range(n - i):
        lanes[lane] += <double> grad[i + lane] * <double> grad[i + lane]
    while half > 1:
        half //= 2
        for lane in range(half):
            lanes[lane] += lanes[lane + half]
    return lanes[0]


cdef inline double total_of(const double* partial, dim_t n) noexcept nogil:
    """sum of the partial sums, in their order"""
    cdef double total = 0
    cdef dim_t i
    for i in range(n):
        total += partial[i]
    return total


cdef void scale_by(real_t* out, double factor_, dim_t n) noexcept nogil:
    """out *= factor"""
    cdef dim_t i
    cdef real_t factor = <real_t> factor_
    for i in range(n):
        out[i] *= factor


cdef inline double norm_clip(double squares, double limit, bint whole) noexcept nogil:
    """limit / max(norm, limit), where norm^2 = squares; for all gradients as a whole
    NaN if the norm is infinite"""
    cdef double norm = sqrt(squares)
    if whole:
        return limit / (norm if norm > limit else limit) + (norm - norm)
    # NaN is not above the limit, but must not be clipped to it
    return limit / norm if not norm <= limit else 1


cdef void average_update(
    real_t* average,        # INOUT (n,)
    const real_t* weight,   # IN    (n,)
    double keep_, dim_t n,
) noexcept nogil:
    """average := keep * average + (1 - keep) * weight"""
    cdef dim_t i
    cdef real_t keep = <real_t> keep_, rest = <real_t> (1 - keep_)
    for i in range(n):
        average[i] = keep * average[i] + rest * weight[i]


cdef void accumulate(
    real_t* total,          # INOUT (n,)
    real_t* grad,           # INOUT (n,)
    bint due, double count, dim_t n,
) noexcept nogil:
    """due: grad := (grad + total) / count, total := 0; else total += grad"""
    cdef dim_t i
    cdef real_t divisor = <real_t> count
    if due:
        for i in range(n):
            grad[i] = (grad[i] + total[i]) / divisor
            total[i] = 0
    else:
        for i in range(n):
            total[i] += grad[i]


cdef bint unscale(real_t* grad, double factor, dim_t n) noexcept nogil:
    """grad /= factor; whether all of them are finite"""
    cdef real_t divisor = <real_t> factor
    cdef real_t[LANES] rest
    cdef dim_t block, lane
    cdef bint finite = True
    for lane in range(LANES):
        rest[lane] = 0
    for block in range(n // LANES):
        for lane in range(LANES):
            # adds 0, or what is not a number
            rest[lane] += grad[lane] - grad[lane]
            grad[lane] /= divisor
        grad += LANES
    for lane in range(n % LANES):
        rest[lane] += grad[lane] - grad[lane]
        grad[lane] /= divisor
    for lane in range(LANES):
        finite = finite and rest[lane] == 0
    return finite


# ---- operations -----------------------------------------------------------------

cdef void run_optimizer_clock(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: clock, counter, finite | NULL
    sizes: steps to an update, updates to an overwrite by the averages (0: never),
    whether the step counts at once (a rule in Python looks at the counter)
    scalar: how much of the averages an update keeps

    clock := [number of the update from 1, whether it is due in this step, whether the
    averages overwrite the weights after it, how much of the averages is kept]
    counter += 1. If the gradients are not finite, nothing is due."""
    cdef double* clock = <double*> op.operand[0]
    cdef long long* counter = <long long*> op.operand[1]
    cdef const double* finite = <const double*> op.operand[2]
    cdef long long updates
    if step.thread:
        return
    updates = counter[0] // op.size[0]
    clock[0] = updates + 1
    clock[1] = 0
    clock[2] = 0
    if finite != NULL and finite[0] == 0:
        return
    clock[1] = (counter[0] + 1) % op.size[0] == 0
    clock[2] = op.size[1] and (updates + 1) % op.size[1] == 0
    clock[3] = op.scalar[0] if updates else 0
    counter[0] += op.size[2]


cdef void run_count_step(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """counter += 1; operand: counter"""
    if step.thread == 0:
        (<long long*> op.operand[0])[0] += 1


cdef void run_scaled_settings(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, hyper; size: elements; scalar: ratio
    out := hyper, the learning rate times ratio"""
    if step.thread == 0:
        memcpy(op.operand[0], op.operand[1], op.size[0] * sizeof(double))
        (<double*> op.operand[0])[0] *= op.scalar[0]


cdef void run_weight_decay(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: weight, hyper; scalar: decay"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    weight_decay(<real_t*> op.operand[0] + at, (<const double*> op.operand[1])[0],
                 op.scalar[0], n)


cdef void run_clip_values(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operand: grad; scalar: limit"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    clip_values(<real_t*> op.operand[0] + at, op.scalar[0], n)


cdef void run_squares(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: partial, grad; sizes: elements, grain (0), first of the partial sums"""
    cdef double* partial = <double*> op.operand[0] + op.size[2]
    cdef const real_t* grad = <const real_t*> op.operand[1]
    cdef dim_t begin, end, i
    share((op.size[0] + SUM_CHUNK - 1) // SUM_CHUNK, 1, step, &begin, &end)
    for i in range(begin, end):
        partial[i] = sum_of_squares(
            grad + i * SUM_CHUNK, min(<dim_t> SUM_CHUNK, op.size[0] - i * SUM_CHUNK))


cdef void run_clip_norm(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: grad, partial
    sizes: elements, grain (0), first and number of the partial sums, whether they are
    those of all gradients; scalar: limit"""
    cdef double factor = norm_clip(
        total_of(<const double*> op.operand[1] + op.size[2], op.size[3]),
        op.scalar[0], op.size[4])
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    if factor != 1:
        scale_by(<real_t*> op.operand[0] + at, factor, n)


cdef void run_average_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: average, weight, clock"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    average_update(<real_t*> op.operand[0] + at, <const real_t*> op.operand[1] + at,
                   (<const double*> op.operand[2])[3], n)


cdef void run_copy_values(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    memcpy(<real_t*> op.operand[0] + at, <const real_t*> op.operand[1] + at,
           n * sizeof(real_t))


cdef void run_accumulate(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: total, grad, clock; scalar: count"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    accumulate(<real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
               (<const double*> op.operand[2])[1] != 0, op.scalar[0], n)


cdef void run_scale_by(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """out := inp * factor, or inp / factor
    operands: out, finite | NULL := 1, inp (may be out), factor
    sizes: rows (per sample), row length, whether to divide"""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* inp = <const real_t*> op.operand[2]
    cdef double factor = (<const double*> op.operand[3])[0]
    cdef dim_t begin, end, at, n
    share(op.size[0] * step.rows, 1, step, &begin, &end)
    at = begin * op.size[1]
    n = (end - begin) * op.size[1]
    if out != inp:
        memcpy(out + at, inp + at, n * sizeof(real_t))
    if op.size[2]:
        unscale(out + at, factor, n)
    else:
        scale_by(out + at, factor, n)
    if op.operand[1] != NULL and step.thread == 0:
        (<double*> op.operand[1])[0] = 1


cdef void run_unscale(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: grad, finite | NULL, which becomes 0 if one is not, factor"""
    cdef dim_t at, n
    cdef double factor = (<const double*> op.operand[2])[0]
    cdef bint finite
    stretch(op, step, &at, &n)
    finite = unscale(<real_t*> op.operand[0] + at, factor, n)
    if not finite and op.operand[1] != NULL:
        # more than one thread may write the same number
        (<double*> op.operand[1])[0] = 0


cdef void run_set_one(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operand := 1"""
    if step.thread == 0:
        (<double*> op.operand[0])[0] = 1


cdef void run_loss_scale_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: loss scale, counter, finite; size: finite steps to the next doubling
    The loss scale is doubled then, and halved if gradients were not finite."""
    cdef double* factor = <double*> op.operand[0]
    cdef long long* counter = <long long*> op.operand[1]
    if step.thread:
        return
    if (<const double*> op.operand[2])[0] == 0:
        factor[0] *= 0.5
        counter[0] = 0
    elif counter[0] == op.size[0] - 1:
        factor[0] *= 2
        counter[0] = 0
    else:
        counter[0] += 1


_add_operation("optimizer_clock", <run_t> run_optimizer_clock[float],
               <run_t> run_optimizer_clock[double])
_add_operation("count_step", <run_t> run_count_step[float],
               <run_t> run_count_step[double])
_add_operation("scaled_settings", <run_t> run_scaled_settings[float],
               <run_t> run_scaled_settings[double])
_add_operation("weight_decay", <run_t> run_weight_decay[float],
               <run_t> run_weight_decay[double])
_add_operation("clip_values", <run_t> run_clip_values[float],
               <run_t> run_clip_values[double])
_add_operation("squares", <run_t> run_squares[float], <run_t> run_squares[double])
_add_operation("clip_norm", <run_t> run_clip_norm[float],
               <run_t> run_clip_norm[double])
_add_operation("average_update", <run_t> run_average_update[float],
               <run_t> run_average_update[double])
_add_operation("copy_values", <run_t> run_copy_values[float],
               <run_t> run_copy_values[double])
_add_operation("accumulate", <run_t> run_accumulate[float],
               <run_t> run_accumulate[double])
_add_operation("scale_by", <run_t> run_scale_by[float],
               <run_t> run_scale_by[double])
_add_operation("unscale", <run_t> run_unscale[float], <run_t> run_unscale[double])
_add_operation("set_one", <run_t> run_set_one[float], <run_t> run_set_one[double])
_add_operation("loss_scale_update", <run_t> run_loss_scale_update[float],
               <run_t> run_loss_scale_update[double])
