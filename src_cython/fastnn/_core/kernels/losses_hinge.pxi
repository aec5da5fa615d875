"""Losses for classes with a margin; a row's function: losses.pxi.

Targets are signs. A batch whose targets are all 0 or 1 is taken as bits: the target is
2 t - 1 then.
"""

cdef inline double hinge_sum(
    real_t* dpred, const real_t* pred, const real_t* target, real_t factor, bint bits,
    bint squared, dim_t n,
) noexcept nogil:
    """mean of m or m^2, m = max(1 - t * pred, 0)"""
    cdef dim_t j
    cdef double total = 0
    cdef real_t t, m, scale = -factor / <real_t> n
    for j in range(n):
        t = 2 * target[j] - 1 if bits else target[j]
        m = 1 - t * pred[j]
        m = 0 if m < 0 else m
        total += <double> m * m if squared else m
        if dpred != NULL:
            dpred[j] = scale * t * (2 * m if squared else (0 if m == 0 else 1))
    return total / n


cdef double hinge_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of max(1 - target * pred, 0)"""
    return hinge_sum(dpred, pred, target, factor, False, False, op.size[1])


cdef double hinge_row_of_bits(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of max(1 - (2 target - 1) * pred, 0)"""
    return hinge_sum(dpred, pred, target, factor, True, False, op.size[1])


cdef double squared_hinge_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of max(1 - target * pred, 0)^2"""
    return hinge_sum(dpred, pred, target, factor, False, True, op.size[1])


cdef double squared_hinge_row_of_bits(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of max(1 - (2 target - 1) * pred, 0)^2"""
    return hinge_sum(dpred, pred, target, factor, True, True, op.size[1])


cdef double categorical_hinge_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """max(1 + wrong - right, 0), right = sum of target * pred, wrong = largest of
    (1 - target) * pred"""
    cdef dim_t j, n = op.size[1], worst = 0
    cdef double right = 0, value
    cdef real_t wrong = (1 - target[0]) * pred[0], other
    for j in range(n):
        right += <double> target[j] * pred[j]
        other = (1 - target[j]) * pred[j]
        if other > wrong:
            wrong = other
            worst = j
    value = 1 + <double> wrong - right
    if dpred != NULL:
        factor = 0 if value <= 0 else factor
        for j in range(n):
            dpred[j] = -factor * target[j]
        dpred[worst] += factor * (1 - target[worst])
    return 0 if value < 0 else value


# ---- operations -----------------------------------------------------------------

cdef inline bint all_bits(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """whether every target of the batch is 0 or 1"""
    cdef const real_t* target = <const real_t*> op.operand[4]
    cdef dim_t i, j
    for i in range(step.rows * op.size[0]):
        for j in range(op.size[1]):
            if target[j] != 0 and target[j] != 1:
                return False
        target += op.size[3]
    return True


cdef void run_hinge(const Op* op, const Step* step, real_t* _) noexcept nogil:
    if all_bits(op, step, _):
        run_rows(op, step, <void*> hinge_row_of_bits[real_t], _)
    else:
        run_rows(op, step, <void*> hinge_row[real_t], _)


cdef void run_squared_hinge(const Op* op, const Step* step, real_t* _) noexcept nogil:
    if all_bits(op, step, _):
        run_rows(op, step, <void*> squared_hinge_row_of_bits[real_t], _)
    else:
        run_rows(op, step, <void*> squared_hinge_row[real_t], _)


cdef void run_categorical_hinge(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> categorical_hinge_row[real_t], _)


_add_operation("hinge", <run_t> run_hinge[float], <run_t> run_hinge[double])
_add_operation("squared_hinge", <run_t> run_squared_hinge[float],
               <run_t> run_squared_hinge[double])
_add_operation("categorical_hinge", <run_t> run_categorical_hinge[float],
               <run_t> run_categorical_hinge[double])
