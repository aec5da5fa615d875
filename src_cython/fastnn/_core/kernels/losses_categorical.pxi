"""Losses for one class out of several; a row's function: losses.pxi.

scalars: weight of the loss, then those named below. A probability is divided by its
row's sum first, and limited to [epsilon, 1 - epsilon].
"""

cdef double categorical_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """-sum of t log(p), t smoothed; scalars: [1] label smoothing, [2] epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double value = 0, dot = 0, epsilon = op.scalar[2]
    cdef real_t q, t, g, smoothing = <real_t> op.scalar[1]
    cdef real_t keep = <real_t> 1 - smoothing
    cdef real_t total = row_sum(pred, n)
    for j in range(n):
        q = pred[j] / total
        t = target[j] * keep + smoothing / <real_t> n
        value -= t * log_(limited(q, epsilon))
        g = -t / q if inside(q, epsilon) else <real_t> 0
        dot += <double> g * q
        if dpred != NULL:
            dpred[j] = g
    if dpred != NULL:
        for j in range(n):
            dpred[j] = factor * (dpred[j] - <real_t> dot) / total
    return value


cdef double softmax_categorical_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """-sum of t log(softmax(x)), by log-sum-exp; exact for any logits x. `out` holds
    softmax(x) and must not be NULL. scalar[1]: label smoothing"""
    cdef dim_t j, n = op.size[1]
    cdef double weight = 0, dot = 0
    cdef real_t largest, t, total, smoothing = <real_t> op.scalar[1]
    cdef real_t keep = <real_t> 1 - smoothing, rest = smoothing / <real_t> n
    total = exp_row(out, logits, n, &largest)
    scale_row(out, <real_t> 1 / total, n)
    for j in range(n):
        t = target[j] * keep + rest
        weight += t
        dot += t * (<double> logits[j] - <double> largest)
    if dlogits != NULL:
        for j in range(n):
            t = target[j] * keep + rest
            dlogits[j] = factor * (out[j] * <real_t> weight - t)
    # the sum does not wait for the logarithm
    return weight * log_(<double> total) - dot


cdef double sparse_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """-log(p[label]); scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef int32_t label = (<const int32_t*> target)[0]
    cdef real_t total = row_sum(pred, n)
    cdef real_t q = pred[label] / total
    cdef real_t g = <real_t> -1 / q if inside(q, op.scalar[1]) else <real_t> 0
    if dpred != NULL:
        for j in range(n):
            dpred[j] = -factor * g * q / total
        dpred[label] += factor * g / total
    return -log_(<double> limited(q, op.scalar[1]))


cdef double softmax_sparse_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """-log(softmax(x)[label]); `out` holds softmax(x) and must not be NULL"""
    cdef dim_t j, n = op.size[1]
    cdef int32_t label = (<const int32_t*> target)[0]
    cdef real_t largest
    cdef real_t total = exp_row(out, logits, n, &largest)
    scale_row(out, <real_t> 1 / total, n)
    if dlogits != NULL:
        for j in range(n):
            dlogits[j] = factor * out[j]
        dlogits[label] -= factor
    return log_(<double> total) - (<double> logits[label] - <double> largest)


cdef inline double categorical_focal_sum(
    real_t* slope, double* dot, const real_t* pred, const real_t* target, real_t total,
    const Op* op,
) noexcept nogil:
    """-sum of a t (1 - p)^gamma log(p), p = pred / total, t smoothed
    slope := its derivative by p; dot := sum of slope * p
    scalars: [1] label smoothing, [2] gamma, [3] epsilon; operand [7]: a (n,)"""
    cdef dim_t j, n = op.size[1]
    cdef const real_t* share_of = <const real_t*> op.operand[7]
    cdef double value = 0
    cdef real_t q, p, t, g, log_p, smoothing = <real_t> op.scalar[1]
    cdef real_t keep = <real_t> 1 - smoothing, gamma = <real_t> op.scalar[2]
    dot[0] = 0
    for j in range(n):
        q = pred[j] / total
        p = limited(q, op.scalar[3])
        t = share_of[j] * (target[j] * keep + smoothing / <real_t> n)
        log_p = log_(p)
        value -= <double> t * power_(1 - p, op.scalar[2]) * log_p
        if slope != NULL:
            g = power_(1 - p, op.scalar[2]) / p
            if gamma != 0:
                g = g - gamma * power_(1 - p, op.scalar[2] - 1) * log_p
            slope[j] = -t * g if inside(q, op.scalar[3]) else 0
            dot[0] += <double> slope[j] * q
    return value


cdef double categorical_focal_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """the categorical cross entropy, each term by how far the prediction is off"""
    cdef dim_t j, n = op.size[1]
    cdef real_t total = row_sum(pred, n)
    cdef double dot, value = categorical_focal_sum(dpred, &dot, pred, target, total, op)
    if dpred != NULL:
        for j in range(n):
            dpred[j] = factor * (dpred[j] - <real_t> dot) / total
    return value


cdef double softmax_categorical_focal_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """the same of softmax(logits); `out` holds that and must not be NULL"""
    cdef dim_t j, n = op.size[1]
    cdef real_t largest, total = exp_row(out, logits, n, &largest)
    cdef double dot, value
    scale_row(out, <real_t> 1 / total, n)
    value = categorical_focal_sum(dlogits, &dot, out, target, <real_t> 1, op)
    if dlogits != NULL:
        for j in range(n):
            dlogits[j] = factor * out[j] * (dlogits[j] - <real_t> dot)
    return value


cdef double generalized_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """(1 - pred[label]^q) / q; dpred[label] := -factor * pred[label]^(q - 1), else 0
    scalar[1]: q"""
    cdef dim_t j, n = op.size[1]
    cdef int32_t label = (<const int32_t*> target)[0]
    cdef double q = op.scalar[1], p = pred[label]
    if dpred != NULL:
        for j in range(n):
            dpred[j] = 0
        dpred[label] = -factor * <real_t> exp_((q - 1) * log_(p))
    return (1 - exp_(q * log_(p))) / q


# ---- operations -----------------------------------------------------------------

cdef void run_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> categorical_row[real_t], _)


cdef void run_softmax_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> softmax_categorical_row[real_t], _)


cdef void run_sparse_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> sparse_row[real_t], _)


cdef void run_softmax_sparse_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> softmax_sparse_row[real_t], _)


cdef void run_categorical_focal_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> categorical_focal_row[real_t], _)


cdef void run_softmax_categorical_focal_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> softmax_categorical_focal_row[real_t], _)


cdef void run_categorical_generalized_cross_entropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> generalized_row[real_t], _)


_add_operation("categorical_crossentropy", <run_t> run_categorical_crossentropy[float],
               <run_t> run_categorical_crossentropy[double])
_add_operation("softmax_categorical_crossentropy",
               <run_t> run_softmax_categorical_crossentropy[float],
               <run_t> run_softmax_categorical_crossentropy[double])
_add_operation("sparse_categorical_crossentropy",
               <run_t> run_sparse_categorical_crossentropy[float],
               <run_t> run_sparse_categorical_crossentropy[double])
_add_operation("softmax_sparse_categorical_crossentropy",
               <run_t> run_softmax_sparse_categorical_crossentropy[float],
               <run_t> run_softmax_sparse_categorical_crossentropy[double])
_add_operation("categorical_focal_crossentropy",
               <run_t> run_categorical_focal_crossentropy[float],
               <run_t> run_categorical_focal_crossentropy[double])
_add_operation("softmax_categorical_focal_crossentropy",
               <run_t> run_softmax_categorical_focal_crossentropy[float],
               <run_t> run_softmax_categorical_focal_crossentropy[double])
_add_operation("categorical_generalized_cross_entropy",
               <run_t> run_categorical_generalized_cross_entropy[float],
               <run_t> run_categorical_generalized_cross_entropy[double])
