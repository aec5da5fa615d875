"""Sums over batches from which metrics are computed that are no mean of rows: counts at
thresholds, and the sums behind the F score and the coefficient of determination.

One thread adds a batch up, row after row, in float64.
"""

cdef inline dim_t exceeded_evenly(
    real_t p, real_t steps, dim_t least
) noexcept nogil:
    """how many of the thresholds 0, 1 / steps, ..., 1 p exceeds, but at least `least`:
    1 where the lowest one is below zero. NaN exceeds none."""
    cdef dim_t count
    if not p > 0:
        return least
    if p >= 1:
        return <dim_t> steps
    p = p * steps
    count = <dim_t> p
    count += count < p
    return max(count, least)


cdef inline dim_t exceeded(
    real_t p, const real_t* thresholds, dim_t n
) noexcept nogil:
    """how many of the thresholds, which ascend, p exceeds; NaN exceeds none"""
    cdef dim_t low = 0, middle
    while low < n:
        middle = (low + n) // 2
        if thresholds[middle] < p:
            low = middle + 1
        else:
            n = middle
    return low


cdef inline dim_t kth_largest(const real_t* x, dim_t n, dim_t k) noexcept nogil:
    """position of the k-th largest element, where the first of equal ones is larger;
    -1 for k = 0"""
    cdef dim_t j, best, last = -1
    while k > 0:
        best = -1
        for j in range(n):
            if last >= 0 and not (x[j] < x[last] or (x[j] == x[last] and j > last)):
                continue
            if best < 0 or x[j] > x[best]:
                best = j
        if best < 0:
            break
        last = best
        k -= 1
    return last


cdef inline void add_histogram(
    double* counts, const double* histogram, const int32_t* order, dim_t thresholds,
    dim_t labels, dim_t label,
) noexcept nogil:
    """counts += true and false positives, true and false negatives at each threshold
    histogram (2, thresholds + 1): weight of the positive and of the negative labels
    whose prediction exceeds so many thresholds; order: place of each in counts"""
    cdef const double* negative = histogram + thresholds + 1
    cdef dim_t s, at, plane = thresholds * labels
    cdef double above[2]
    cdef double below[2]
    above[0] = above[1] = below[0] = below[1] = 0
    for s in range(thresholds - 1, -1, -1):
        at = order[s] * labels + label
        above[0] += histogram[s + 1]
        above[1] += negative[s + 1]
        counts[at] += above[0]
        counts[plane + at] += above[1]
    for s in range(thresholds):
        at = order[s] * labels + label
        below[0] += histogram[s]
        below[1] += negative[s]
        counts[2 * plane + at] += below[1]
        counts[3 * plane + at] += below[0]


# ---- operations -----------------------------------------------------------------

cdef void run_threshold_counts(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """counts += weight of true and false positives, true and false negatives

    operands: counts (4, thresholds, labels), histogram (labels, 2, thresholds + 1),
    pred, target, weight | NULL, thresholds, which ascend, place of each in counts,
    weights of the columns | NULL
    sizes: rows per sample, width, row length of pred, of target, thresholds, labels (1:
    all columns count as one), the only column or -1, how many of the largest of a row
    can be positive or 0 for all
    scalars: steps between even thresholds or 0, the least number of them exceeded
    """
    cdef double* counts = <double*> op.operand[0]
    cdef double* histogram = <double*> op.operand[1]
    cdef const real_t* pred = <const real_t*> op.operand[2]
    cdef const real_t* target = <const real_t*> op.operand[3]
    cdef const real_t* weight = <const real_t*> op.operand[4]
    cdef const real_t* thresholds = <const real_t*> op.operand[5]
    cdef const int32_t* order = <const int32_t*> op.operand[6]
    cdef const real_t* column_weight = <const real_t*> op.operand[7]
    cdef dim_t height = op.size[0], n = op.size[4], labels = op.size[5]
    cdef dim_t bins = 2 * (n + 1)
    cdef dim_t first = op.size[6] if op.size[6] >= 0 else 0
    cdef dim_t last = op.size[6] + 1 if op.size[6] >= 0 else op.size[1]
    cdef real_t steps = <real_t> op.scalar[0]
    cdef dim_t least = <dim_t> op.scalar[1]
    cdef dim_t i, j, cut, above, at
    cdef double w
    if step.thread:
        return
    memset(histogram, 0, labels * bins * sizeof(double))
    for i in range(step.rows * height):
        cut = kth_largest(pred, op.size[1], op.size[7])
        for j in range(first, last):
            w = weight[i // height] if weight != NULL else 1
            if column_weight != NULL:
                w = w * column_weight[j]
            above = 0
            if cut < 0 or pred[j] > pred[cut] or (pred[j] == pred[cut] and j <= cut):
                above = (exceeded_evenly(pred[j], steps, least) if steps > 0
                         else exceeded(pred[j], thresholds, n))
            at = (j * bins if labels > 1 else 0) + (0 if target[j] != 0 else n + 1)
            histogram[at + above] += w
        pred += op.size[2]
        target += op.size[3]
    for j in range(labels):
        add_histogram(counts, histogram + j * bins, order, n, labels, j)


cdef void run_f_score_sums(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """sums += weight of true positives, false positives, false negatives, targets

    operands: sums (4, labels), pred, target, weight | NULL
    sizes: rows per sample, width, row length of pred, of target, labels (1: all columns
    count as one); scalars: threshold, or none: the largest of a row is positive
    """
    cdef double* sums = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef const real_t* weight = <const real_t*> op.operand[3]
    cdef dim_t height = op.size[0], labels = op.size[4]
    cdef real_t threshold = <real_t> op.scalar[0], largest
    cdef bint by_threshold = op.scalar[0] == op.scalar[0], positive
    cdef dim_t i, j, at
    cdef double w, t
    if step.thread:
        return
    for i in range(step.rows * height):
        w = weight[i // height] if weight != NULL else 1
        largest = pred[argmax(pred, op.size[1])]
        for j in range(op.size[1]):
            positive = pred[j] > threshold
            if not by_threshold:  # nothing is positive in a row of zeros
                positive = pred[j] >= largest and abs_(pred[j]) > <real_t> 1e-9
            t = target[j]
            at = j if labels > 1 else 0
            if positive:
                sums[at] += w * t
                sums[labels + at] += w * (1 - t)
            else:
                sums[2 * labels + at] += w * t
            sums[3 * labels + at] += w * t
        pred += op.size[2]
        target += op.size[3]


cdef void run_r2_sums(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """sums += of weight * t^2, weight * t, weight * (t - p)^2, weight
    samples += number of values

    operands: sums (4, width), samples (1,), pred, target, weight | NULL
    sizes: rows per sample, width, row length of pred, of target
    """
    cdef double* sums = <double*> op.operand[0]
    cdef double* samples = <double*> op.operand[1]
    cdef const real_t* pred = <const real_t*> op.operand[2]
    cdef const real_t* target = <const real_t*> op.operand[3]
    cdef const real_t* weight = <const real_t*> op.operand[4]
    cdef dim_t height = op.size[0], n = op.size[1], i, j
    cdef double w, t, error
    if step.thread:
        return
    for i in range(step.rows * height):
        w = weight[i // height] if weight != NULL else 1
        for j in range(n):
            t = target[j]
            error = t - pred[j]
            sums[j] += w * t * t
            sums[n + j] += w * t
            sums[2 * n + j] += w * error * error
            sums[3 * n + j] += w
        pred += op.size[2]
        target += op.size[3]
    samples[0] += step.rows * height * n


_add_operation("threshold_counts", <run_t> run_threshold_counts[float],
               <run_t> run_threshold_counts[double])
_add_operation("f_score_sums", <run_t> run_f_score_sums[float],
               <run_t> run_f_score_sums[double])
_add_operation("r2_sums", <run_t> run_r2_sums[float], <run_t> run_r2_sums[double])
