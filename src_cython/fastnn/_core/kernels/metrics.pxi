"""Metrics: the value of each row, and their running mean."""

cdef inline dim_t argmax(const real_t* x, dim_t n) noexcept nogil:
    """position of the first largest element"""
    cdef dim_t j, best = 0
    for j in range(1, n):
        if x[j] > x[best]:
            best = j
    return best


cdef inline bint among_largest(
    const real_t* x, dim_t j, dim_t n, dim_t k
) noexcept nogil:
    """whether fewer than k elements are larger than x[j]; a NaN there is the least"""
    cdef dim_t i, larger = 0
    if j < 0 or j >= n:
        return False
    for i in range(n):
        larger += x[i] > x[j] or (x[j] != x[j] and x[i] == x[i])
    return larger < k


cdef inline double covariance(
    const real_t* x, const real_t* y, double x_mean, double y_mean, dim_t n
) noexcept nogil:
    """mean of (x - x_mean) (y - y_mean)"""
    cdef dim_t j
    cdef double total = 0
    for j in range(n):
        total += (x[j] - x_mean) * (y[j] - y_mean)
    return total / n


cdef inline double mean_of(const real_t* x, dim_t n) noexcept nogil:
    cdef dim_t j
    cdef double total = 0
    for j in range(n):
        total += x[j]
    return total / n


cdef inline double inverse_norm(
    const real_t* x, dim_t n, double epsilon
) noexcept nogil:
    """1 / |x|, at most 1 / epsilon, so that zeros stay zeros"""
    cdef double norm = sqrt(n * covariance(x, x, 0, 0, n))
    return 1 / norm if norm > epsilon else 1 / epsilon


cdef inline double cosine_row(
    const real_t* pred, const real_t* target, double epsilon, dim_t n
) noexcept nogil:
    """sum of pred / |pred| * target / |target|"""
    cdef double dot = n * covariance(pred, target, 0, 0, n)
    return dot * inverse_norm(pred, n, epsilon) * inverse_norm(target, n, epsilon)


cdef inline double correlation_row(
    const real_t* pred, const real_t* target, double epsilon, bint concordance, dim_t n
) noexcept nogil:
    """covariance / (standard deviations), or
    2 covariance / (variances + (difference of the means)^2 + epsilon)"""
    cdef double x = mean_of(pred, n), y = mean_of(target, n)
    cdef double between = covariance(pred, target, x, y, n)
    cdef double x_variance = covariance(pred, pred, x, x, n)
    cdef double y_variance = covariance(target, target, y, y, n)
    if concordance:
        return 2 * between / (x_variance + y_variance + (x - y) * (x - y) + epsilon)
    return between / (sqrt(x_variance) * sqrt(y_variance))


# ---- operations -----------------------------------------------------------------
# operands: values, pred, target; sizes: rows per sample, width, row length of pred,
# of target; scalars: threshold, k or epsilon

cdef void run_binary_accuracy(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """values[i] := share of columns where target is (pred > threshold)"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef real_t threshold = <real_t> op.scalar[0]
    cdef dim_t begin, end, i, j, right
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    target += begin * op.size[3]
    for i in range(begin, end):
        right = 0
        for j in range(op.size[1]):
            right += target[j] == <real_t> (pred[j] > threshold)
        values[i] = right / <double> op.size[1]
        pred += op.size[2]
        target += op.size[3]


cdef void run_categorical_accuracy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """values[i] := whether pred and target are largest in one place"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef dim_t begin, end, i
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    target += begin * op.size[3]
    for i in range(begin, end):
        values[i] = argmax(pred, op.size[1]) == argmax(target, op.size[1])
        pred += op.size[2]
        target += op.size[3]


cdef void run_sparse_categorical_accuracy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """values[i] := whether the largest element of pred stands at the label"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const int32_t* labels = <const int32_t*> op.operand[2]
    cdef dim_t begin, end, i
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    for i in range(begin, end):
        values[i] = argmax(pred, op.size[1]) == labels[i]
        pred += op.size[2]


cdef void run_top_k_categorical_accuracy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """values[i] := whether pred is among its k largest where target is largest"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef dim_t begin, end, i, n = op.size[1], k = <dim_t> op.scalar[0]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    target += begin * op.size[3]
    for i in range(begin, end):
        values[i] = among_largest(pred, argmax(target, n), n, k)
        pred += op.size[2]
        target += op.size[3]


cdef void run_sparse_top_k_categorical_accuracy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """values[i] := whether pred is among its k largest at the label"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const int32_t* labels = <const int32_t*> op.operand[2]
    cdef dim_t begin, end, i, n = op.size[1], k = <dim_t> op.scalar[0]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    for i in range(begin, end):
        values[i] = among_largest(pred, labels[i], n, k)
        pred += op.size[2]


cdef enum Similarity:
    COSINE, PEARSON, CONCORDANCE


cdef inline void run_similarity(
    const Op* op, const Step* step, Similarity kind, real_t* _
) noexcept nogil:
    """values[i] := how alike pred and target are; `kind` is a constant"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef double epsilon = op.scalar[0]
    cdef dim_t begin, end, i, n = op.size[1]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    pred += begin * op.size[2]
    target += begin * op.size[3]
    for i in range(begin, end):
        if kind == COSINE:
            values[i] = cosine_row(pred, target, epsilon, n)
        else:
            values[i] = correlation_row(pred, target, epsilon, kind == CONCORDANCE, n)
        pred += op.size[2]
        target += op.size[3]


cdef void run_cosine(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_similarity(op, step, COSINE, _)


cdef void run_pearson_correlation(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_similarity(op, step, PEARSON, _)


cdef void run_concordance_correlation(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_similarity(op, step, CONCORDANCE, _)


cdef void run_mean_accumulate(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """total[0] += sum of weight * values; total[1] += sum of weight
    operands: total, values, weight | NULL; sizes: rows per sample, which share its
    weight"""
    cdef double* total = <double*> op.operand[0]
    cdef const double* values = <const double*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef dim_t i
    cdef double w = 1.0 / op.size[0]
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
        if weight != NULL:
            w = weight[i // op.size[0]] / <double> op.size[0]
        total[0] += w * values[i]
        total[1] += w


_add_operation("binary_accuracy", <run_t> run_binary_accuracy[float],
               <run_t> run_binary_accuracy[double])
_add_operation("categorical_accuracy", <run_t> run_categorical_accuracy[float],
               <run_t> run_categorical_accuracy[double])
_add_operation("sparse_categorical_accuracy",
               <run_t> run_sparse_categorical_accuracy[float],
               <run_t> run_sparse_categorical_accuracy[double])
_add_operation("top_k_categorical_accuracy",
               <run_t> run_top_k_categorical_accuracy[float],
               <run_t> run_top_k_categorical_accuracy[double])
_add_operation("sparse_top_k_categorical_accuracy",
               <run_t> run_sparse_top_k_categorical_accuracy[float],
               <run_t> run_sparse_top_k_categorical_accuracy[double])
_add_operation("cosine", <run_t> run_cosine[float], <run_t> run_cosine[double])
_add_operation("pearson_correlation", <run_t> run_pearson_correlation[float],
               <run_t> run_pearson_correlation[double])
_add_operation("concordance_correlation", <run_t> run_concordance_correlation[float],
               <run_t> run_concordance_correlation[double])
_add_operation("mean_accumulate", <run_t> run_mean_accumulate[float],
               <run_t> run_mean_accumulate[double])
