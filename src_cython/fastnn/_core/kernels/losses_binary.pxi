"""Losses for outputs that are each a yes or a no; a row's function: losses.pxi.

scalars: weight of the loss, label smoothing, then those named below.
"""

cdef double binary_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of -(t log p + (1 - t) log(1 - p)), p limited, t smoothed
    scalar[2]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0, epsilon = op.scalar[2]
    cdef real_t p, t, smoothing = <real_t> op.scalar[1], scale = factor / <real_t> n
    cdef real_t keep = <real_t> 1 - smoothing
    for j in range(n):
        p = limited(pred[j], epsilon)
        t = target[j] * keep + smoothing * <real_t> 0.5
        total -= t * log_(p) + (<real_t> 1 - t) * log1p_(-p)
        if dpred != NULL:
            dpred[j] = 0
            if inside(pred[j], epsilon):
                dpred[j] = scale * (p - t) / (p * (<real_t> 1 - p))
    return total / n


cdef double sigmoid_binary_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of max(x, 0) - x t + log(1 + exp(-|x|)), exact for any logit x"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t x, t, p, smoothing = <real_t> op.scalar[1], scale = factor / <real_t> n
    cdef real_t keep = <real_t> 1 - smoothing
    for j in range(n):
        x = logits[j]
        t = target[j] * keep + smoothing * <real_t> 0.5
        total += <double> (x if x > 0 else 0) - <double> x * t + log1p_(
            exp_(-x if x > 0 else x))
        p = sigmoid_(x)
        if out != NULL:
            out[j] = p
        if dlogits != NULL:
            dlogits[j] = scale * (p - t)
    return total / n


cdef inline double binary_focal_term(
    real_t* slope, real_t p, real_t target, const Op* op
) noexcept nogil:
    """w f^gamma (-(t log q + (1 - t) log(1 - q))), q = p limited, t smoothed;
    f = t (1 - p) + (1 - t) p, how far p is off; w = t yes + (1 - t) no
    slope := its derivative by p; scalars: [2] gamma, [3] yes, [4] no, [5] epsilon"""
    cdef real_t smoothing = <real_t> op.scalar[1]
    cdef real_t t = target * (<real_t> 1 - smoothing) + smoothing * <real_t> 0.5
    cdef real_t q = limited(p, op.scalar[5]), f = t * (1 - p) + (1 - t) * p
    cdef real_t w = t * <real_t> op.scalar[3] + (1 - t) * <real_t> op.scalar[4]
    cdef real_t crossentropy = -(t * log_(q) + (1 - t) * log1p_(-q))
    cdef real_t power = power_(f, op.scalar[2]), gamma = <real_t> op.scalar[2]
    slope[0] = 0
    if gamma != 0:
        slope[0] = gamma * power_(f, op.scalar[2] - 1) * (1 - 2 * t) * crossentropy
    if inside(p, op.scalar[5]):
        slope[0] += power * (q - t) / (q * (1 - q))
    slope[0] *= w
    return <double> w * power * crossentropy


cdef double binary_focal_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of the binary cross entropies, each by how far the prediction is off"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t slope, scale = factor / <real_t> n
    for j in range(n):
        total += binary_focal_term(&slope, pred[j], target[j], op)
        if dpred != NULL:
            dpred[j] = scale * slope
    return total / n


cdef double sigmoid_binary_focal_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """the same of sigmoid(logits)"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t p, slope, scale = factor / <real_t> n
    for j in range(n):
        p = sigmoid_(logits[j])
        total += binary_focal_term(&slope, p, target[j], op)
        if out != NULL:
            out[j] = p
        if dlogits != NULL:
            dlogits[j] = scale * slope * p * (1 - p)
    return total / n


# ---- operations -----------------------------------------------------------------

cdef void run_binary_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> binary_row[real_t], _)


cdef void run_sigmoid_binary_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> sigmoid_binary_row[real_t], _)


cdef void run_binary_focal_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> binary_focal_row[real_t], _)


cdef void run_sigmoid_binary_focal_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> sigmoid_binary_focal_row[real_t], _)


_add_operation("binary_crossentropy", <run_t> run_binary_crossentropy[float],
               <run_t> run_binary_crossentropy[double])
_add_operation("sigmoid_binary_crossentropy",
               <run_t> run_sigmoid_binary_crossentropy[float],
               <run_t> run_sigmoid_binary_crossentropy[double])
_add_operation("binary_focal_crossentropy",
               <run_t> run_binary_focal_crossentropy[float],
               <run_t> run_binary_focal_crossentropy[double])
_add_operation("sigmoid_binary_focal_crossentropy",
               <run_t> run_sigmoid_binary_focal_crossentropy[float],
               <run_t> run_sigmoid_binary_focal_crossentropy[double])
