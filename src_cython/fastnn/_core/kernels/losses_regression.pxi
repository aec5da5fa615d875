"""Losses for numbers; what a row's function takes and returns: losses.pxi."""

cdef double LOG_2 = 0.69314718055994530942


cdef double squared_error_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of (pred - target)^2; dpred := factor * 2 / n * (pred - target)"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t scale = factor * <real_t> 2 / <real_t> n
    for j in range(n):
        total += <double> (pred[j] - target[j]) * <double> (pred[j] - target[j])
    if dpred != NULL:
        for j in range(n):
            dpred[j] = scale * (pred[j] - target[j])
    return total / n


cdef double absolute_error_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of |pred - target|; dpred := factor / n * sign(pred - target)"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t difference, scale = factor / <real_t> n
    for j in range(n):
        total += abs_(pred[j] - target[j])
    if dpred != NULL:
        for j in range(n):
            difference = pred[j] - target[j]
            dpred[j] = scale if difference > 0 else (
                -scale if difference < 0 else difference)
    return total / n


cdef double percentage_error_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """100 times the mean of |pred - target| / max(|target|, epsilon)
    scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t difference, slope, size, least = <real_t> op.scalar[1]
    for j in range(n):
        difference = pred[j] - target[j]
        size = abs_(target[j])
        size = least if size < least else size
        total += abs_(difference) / size
        if dpred != NULL:
            slope = factor * 100 / <real_t> n / size
            dpred[j] = slope if difference > 0 else (
                -slope if difference < 0 else difference)
    return 100 * total / n


cdef double squared_logarithmic_error_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of d^2, d = log(1 + max(pred, epsilon)) - log(1 + max(target, epsilon));
    dpred := factor * 2 / n * d / (1 + pred) where pred >= epsilon
    scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t p, t, d, least = <real_t> op.scalar[1]
    cdef real_t scale = factor * <real_t> 2 / <real_t> n
    for j in range(n):
        p = least if pred[j] < least else pred[j]
        t = least if target[j] < least else target[j]
        d = log1p_(p) - log1p_(t)
        total += <double> d * d
        if dpred != NULL:
            dpred[j] = 0 if pred[j] < least else scale * d / (1 + p)
    return total / n


cdef double huber_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2; e = pred -
    target; dpred := factor / n * e, limited to [-delta, delta]
    scalar[1]: delta"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t e, size, delta = <real_t> op.scalar[1], scale = factor / <real_t> n
    for j in range(n):
        e = pred[j] - target[j]
        size = abs_(e)
        total += e * e / 2 if size <= delta else delta * size - delta * delta / 2
        if dpred != NULL:
            e = delta if e > delta else (-delta if e < -delta else e)
            dpred[j] = scale * e
    return total / n


cdef inline real_t log_cosh_(real_t x) noexcept nogil:
    """log(cosh(x)). Near zero as -log(1 - tanh(x)^2) / 2, where |x| + log(1 +
    exp(-2 |x|)) - log(2) would be a difference of numbers of the size of 1."""
    cdef real_t size = abs_(x), t = tanh_(x)
    cdef real_t far = size + log1p_(exp_(-2 * size)) - <real_t> LOG_2
    return -log1p_(-(t * t)) / 2 if size < 1 else far


cdef double log_cosh_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of log(cosh(pred - target)); dpred := factor / n * tanh(pred - target)"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t scale = factor / <real_t> n
    for j in range(n):
        total += log_cosh_(pred[j] - target[j])
    if dpred != NULL:
        for j in range(n):
            dpred[j] = scale * tanh_(pred[j] - target[j])
    return total / n


cdef double poisson_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """mean of pred - target * log(pred + epsilon)
    dpred := factor / n * (1 - target / (pred + epsilon)); scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t p, epsilon = <real_t> op.scalar[1], scale = factor / <real_t> n
    for j in range(n):
        p = pred[j] + epsilon
        total += <double> pred[j] - <double> target[j] * log_(p)
        if dpred != NULL:
            dpred[j] = scale * (1 - target[j] / p)
    return total / n


cdef double kl_divergence_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """sum of t log(t / p), both limited to [epsilon, 1]
    dpred := -factor * t / p where pred is within the limits; scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef double total = 0
    cdef real_t p, t, low = <real_t> op.scalar[1]
    for j in range(n):
        p = low if pred[j] < low else (1 if pred[j] > 1 else pred[j])
        t = low if target[j] < low else (1 if target[j] > 1 else target[j])
        total += <double> t * log_(t / p)
        if dpred != NULL:
            dpred[j] = 0 if pred[j] < low or pred[j] > 1 else -factor * t / p
    return total


cdef inline real_t one_over_norm(
    const real_t* x, dim_t n, double epsilon
) noexcept nogil:
    """1 / max(|x|, epsilon)"""
    cdef dim_t j
    cdef double square = 0
    for j in range(n):
        square += <double> x[j] * x[j]
    square = sqrt(square)
    return <real_t> (1 / (epsilon if square < epsilon else square))


cdef double negative_cosine_row(
    real_t* dpred, real_t* out, const real_t* pred, const real_t* target,
    real_t factor, const Op* op,
) noexcept nogil:
    """-(target . pred) / (|target| |pred|), each norm at least epsilon
    dpred := -factor / |pred| * (target / |target| - cosine * pred / |pred|)
    scalar[1]: epsilon"""
    cdef dim_t j, n = op.size[1]
    cdef real_t by_pred = one_over_norm(pred, n, op.scalar[1])
    cdef real_t by_target = one_over_norm(target, n, op.scalar[1])
    cdef double cosine = 0
    cdef real_t along
    for j in range(n):
        cosine += <double> (target[j] * by_target) * (pred[j] * by_pred)
    if dpred != NULL:
        # where the norm is limited it is a constant
        along = <real_t> cosine if by_pred < <real_t> (1 / op.scalar[1]) else 0
        for j in range(n):
            dpred[j] = -factor * by_pred * (
                target[j] * by_target - along * (pred[j] * by_pred))
    return -cosine


# ---- operations -----------------------------------------------------------------

cdef void run_mean_squared_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> squared_error_row[real_t], _)


cdef void run_mean_absolute_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> absolute_error_row[real_t], _)


cdef void run_mean_absolute_percentage_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> percentage_error_row[real_t], _)


cdef void run_mean_squared_logarithmic_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> squared_logarithmic_error_row[real_t], _)


cdef void run_huber(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_rows(op, step, <void*> huber_row[real_t], _)


cdef void run_log_cosh(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_rows(op, step, <void*> log_cosh_row[real_t], _)


cdef void run_poisson(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_rows(op, step, <void*> poisson_row[real_t], _)


cdef void run_kl_divergence(const Op* op, const Step* step, real_t* _) noexcept nogil:
    run_rows(op, step, <void*> kl_divergence_row[real_t], _)


cdef void run_cosine_similarity(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_rows(op, step, <void*> negative_cosine_row[real_t], _)


_add_operation("mean_squared_error", <run_t> run_mean_squared_error[float],
               <run_t> run_mean_squared_error[double])
_add_operation("mean_absolute_error", <run_t> run_mean_absolute_error[float],
               <run_t> run_mean_absolute_error[double])
_add_operation("mean_absolute_percentage_error",
               <run_t> run_mean_absolute_percentage_error[float],
               <run_t> run_mean_absolute_percentage_error[double])
_add_operation("mean_squared_logarithmic_error",
               <run_t> run_mean_squared_logarithmic_error[float],
               <run_t> run_mean_squared_logarithmic_error[double])
_add_operation("huber", <run_t> run_huber[float], <run_t> run_huber[double])
_add_operation("log_cosh", <run_t> run_log_cosh[float], <run_t> run_log_cosh[double])
_add_operation("poisson", <run_t> run_poisson[float], <run_t> run_poisson[double])
_add_operation("kl_divergence", <run_t> run_kl_divergence[float],
               <run_t> run_kl_divergence[double])
_add_operation("cosine_similarity", <run_t> run_cosine_similarity[float],
               <run_t> run_cosine_similarity[double])
