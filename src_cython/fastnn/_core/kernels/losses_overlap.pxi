"""The loss of two sets that overlap, Tversky's: of each row, or of the whole batch.

With I = sum of t p:  1 - I / (I + alpha (sum t - I) + beta (sum p - I) + epsilon)
scalars: weight of the loss, alpha, beta, epsilon. Tversky, "Features of similarity",
1977; Salehi et al., "Tversky loss function for image segmentation", 2017.
"""

cdef struct Overlap:
    double both    # sum of t p
    double target  # sum of t
    double pred    # sum of p


cdef inline void add_overlap(
    Overlap* sums, const real_t* pred, const real_t* target, dim_t n
) noexcept nogil:
    cdef dim_t j
    for j in range(n):
        sums.both += <double> target[j] * pred[j]
        sums.target += target[j]
        sums.pred += pred[j]


cdef inline double union_of(const Overlap* sums, const Op* op) noexcept nogil:
    """I + alpha (sum t - I) + beta (sum p - I) + epsilon"""
    return sums.both + op.scalar[1] * (sums.target - sums.both) \
        + op.scalar[2] * (sums.pred - sums.both) + op.scalar[3]


cdef inline void overlap_backward(
    real_t* dpred,          # OUT (n,)
    const real_t* target,   # IN  (n,)
    const Overlap* sums, double factor, const Op* op,
) noexcept nogil:
    """dpred := factor * (I * dU / dp - U * t) / U^2, U the union,
    dU / dp = t (1 - alpha - beta) + beta"""
    cdef dim_t j
    cdef double whole = union_of(sums, op)
    cdef double by_target = factor * (
        sums.both * (1 - op.scalar[1] - op.scalar[2]) - whole) / (whole * whole)
    cdef double by_one = factor * sums.both * op.scalar[2] / (whole * whole)
    for j in range(op.size[1]):
        dpred[j] = <real_t> (by_target * target[j] + by_one)


cdef double tversky_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """Tversky's loss of a row"""
    cdef Overlap sums
    sums.both = sums.target = sums.pred = 0
    add_overlap(&sums, pred, target, op.size[1])
    if dpred != NULL:
        overlap_backward(dpred, target, &sums, factor, op)
    return 1 - sums.both / union_of(&sums, op)


# ---- operations -----------------------------------------------------------------

cdef void run_tversky(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_rows(op, step, <void*> tversky_row[real_t], _)


cdef void run_tversky_of_batch(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """the same of row h of all samples together; each sample's value h is that"""
    cdef double* values = <double*> op.operand[0]
    cdef real_t* dpred = <real_t*> op.operand[1]
    cdef const real_t* pred = <const real_t*> op.operand[3]
    cdef const real_t* target = <const real_t*> op.operand[4]
    cdef const real_t* weight = <const real_t*> op.operand[5]
    cdef dim_t i, h, at, height = op.size[0]
    cdef double factor = 0
    cdef Overlap sums
    if step.thread:
        return
    for i in range(step.rows):
        factor += row_factor(weight, <const real_t*> NULL, i * height, op)
    factor *= op.scalar[0] * loss_scale(op, step, weight, <const real_t*> NULL)
    for h in range(height):
        sums.both = sums.target = sums.pred = 0
        for i in range(step.rows):
            at = i * height + h
            add_overlap(&sums, pred + at * op.size[2], target + at * op.size[3],
                        op.size[1])
        for i in range(step.rows):
            at = i * height + h
            values[at] = 1 - sums.both / union_of(&sums, op)
            if dpred != NULL:
                overlap_backward(dpred + at * op.size[2], target + at * op.size[3],
                                 &sums, factor, op)


_add_operation("tversky", <run_t> run_tversky[float], <run_t> run_tversky[double])
_add_operation("tversky_of_batch", <run_t> run_tversky_of_batch[float],
               <run_t> run_tversky_of_batch[double])
