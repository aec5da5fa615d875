"""Losses: the value of each row and its gradient in one pass.

All have one shape of argument list:

    values   OUT (rows,)    unweighted loss of the row, float64
    dpred    OUT (rows, n)  factor[i] * d values[i] / d pred[i]; may be NULL
    out      OUT (rows, n)  probabilities of a fused softmax or sigmoid; may be NULL
    pred     IN  (rows, n)
    target   IN  (rows, n), or labels (rows,) int32
    factor   weight of the row times the scale of the reduction

Rows of pred, dpred and out have one length, those of target their own.
"""

cdef enum Reduction:
    SUM = 0
    MEAN_OVER_ROWS = 1      # Keras's sum_over_batch_size
    MEAN_OVER_WEIGHTS = 2   # Keras's mean_with_sample_weight


cdef double CLIP = 1e-7     # Keras's epsilon: probabilities stay this far from 0 and 1


cdef inline real_t clipped(real_t p) noexcept nogil:
    cdef real_t low = <real_t> CLIP, high = <real_t> (1 - CLIP)
    p = low if p < low else p
    return high if p > high else p


cdef inline bint inside(real_t p) noexcept nogil:
    """where clipping has a derivative of one"""
    return p >= <real_t> CLIP and p <= <real_t> (1 - CLIP)


# ---- regression -----------------------------------------------------------------

cdef inline double squared_error_row(
    real_t* dpred, const real_t* pred, const real_t* target, real_t factor, dim_t n
) noexcept nogil:
    """mean of (pred - target)^2; dpred := factor * 2 / n * (pred - target)"""
    cdef dim_t j
    cdef double total = 0
    cdef real_t scale = factor * <real_t> 2 / <real_t> n
    for j in range(n):
        total += <double> (pred[j] - target[j]) * <double> (pred[j] - target[j])
    if dpred != NULL:
        for j in range(n):
            dpred[j] = scale * (pred[j] - target[j])
    return total / n


cdef inline double absolute_error_row(
    real_t* dpred, const real_t* pred, const real_t* target, real_t factor, dim_t n
) noexcept nogil:
    """mean of |pred - target|; dpred := factor / n * sign(pred - target)"""
    cdef dim_t j
    cdef double total = 0
    cdef real_t difference, scale = factor / <real_t> n
    for j in range(n):
        difference = pred[j] - target[j]
        total += -difference if difference < 0 else difference
    if dpred != NULL:
        for j in range(n):
            difference = pred[j] - target[j]
            dpred[j] = scale if difference > 0 else (
                -scale if difference < 0 else difference)
    return total / n


# ---- binary ---------------------------------------------------------------------

cdef inline double binary_row(
    real_t* dpred, const real_t* pred, const real_t* target, real_t factor,
    real_t smoothing, dim_t n,
) noexcept nogil:
    """mean of -(t log p + (1 - t) log(1 - p)), p clipped, t smoothed"""
    cdef dim_t j
    cdef double total = 0
    cdef real_t p, t, scale = factor / <real_t> n
    cdef real_t keep = <real_t> 1 - smoothing
    for j in range(n):
        p = clipped(pred[j])
        t = target[j] * keep + smoothing * <real_t> 0.5
        total -= t * log_(p) + (<real_t> 1 - t) * log1p_(-p)
        if dpred != NULL:
            dpred[j] = 0
            if inside(pred[j]):
                dpred[j] = scale * (p - t) / (p * (<real_t> 1 - p))
    return total / n


cdef inline double sigmoid_binary_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, real_t smoothing, dim_t n,
) noexcept nogil:
    """mean of max(x, 0) - x t + log(1 + exp(-|x|)), exact for any logit x"""
    cdef dim_t j
    cdef double total = 0
    cdef real_t x, t, p, scale = factor / <real_t> n
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


# ---- categorical ----------------------------------------------------------------

cdef inline double categorical_row(
    real_t* dpred, const real_t* pred, const real_t* target, real_t factor,
    real_t smoothing, dim_t n,
) noexcept nogil:
    """-sum of t log(clip(p / sum p)), t smoothed"""
    cdef dim_t j
    cdef double value = 0, dot = 0
    cdef real_t q, t, g
    cdef real_t keep = <real_t> 1 - smoothing
    cdef real_t total = row_sum(pred, n)
    for j in range(n):
        q = pred[j] / total
        t = target[j] * keep + smoothing / <real_t> n
        value -= t * log_(clipped(q))
        g = -t / q if inside(q) else <real_t> 0
        dot += <double> g * q
        if dpred != NULL:
            dpred[j] = g
    if dpred != NULL:
        for j in range(n):
            dpred[j] = factor * (dpred[j] - <real_t> dot) / total
    return value


cdef inline double softmax_categorical_row(
    real_t* dlogits, real_t* out, const real_t* logits, const real_t* target,
    real_t factor, real_t smoothing, dim_t n,
) noexcept nogil:
    """-sum of t log(softmax(x)), by log-sum-exp; exact for any logits x. `out` holds
    softmax(x) and must not be NULL."""
    cdef dim_t j
    cdef double value = 0
    cdef real_t largest, t, scale, weight = 0
    cdef real_t keep = <real_t> 1 - smoothing
    cdef real_t total = exp_row(out, logits, n, &largest)
    cdef double log_total = log_(<double> total)
    scale = <real_t> 1 / total
    for j in range(n):
        t = target[j] * keep + smoothing / <real_t> n
        weight += t
        value += t * (log_total - (<double> logits[j] - <double> largest))
        out[j] *= scale
    if dlogits != NULL:
        for j in range(n):
            t = target[j] * keep + smoothing / <real_t> n
            dlogits[j] = factor * (out[j] * weight - t)
    return value


cdef inline double sparse_row(
    real_t* dpred, const real_t* pred, int32_t label, real_t factor, dim_t n
) noexcept nogil:
    """-log(clip(p[label] / sum p))"""
    cdef dim_t j
    cdef real_t total = row_sum(pred, n)
    cdef real_t q = pred[label] / total
    cdef real_t g = <real_t> -1 / q if inside(q) else <real_t> 0
    if dpred != NULL:
        for j in range(n):
            dpred[j] = -factor * g * q / total
        dpred[label] += factor * g / total
    return -log_(<double> clipped(q))


cdef inline double softmax_sparse_row(
    real_t* dlogits, real_t* out, const real_t* logits, int32_t label,
    real_t factor, dim_t n,
) noexcept nogil:
    """-log(softmax(x)[label]); `out` holds softmax(x) and must not be NULL"""
    cdef dim_t j
    cdef real_t largest
    cdef real_t total = exp_row(out, logits, n, &largest)
    cdef real_t scale = <real_t> 1 / total
    for j in range(n):
        out[j] *= scale
    if dlogits != NULL:
        for j in range(n):
            dlogits[j] = factor * out[j]
        dlogits[label] -= factor
    return log_(<double> total) - (<double> logits[label] - <double> largest)


# ---- operations -----------------------------------------------------------------
# operands: values, dpred | NULL, out | NULL, pred, target, weight | NULL
# sizes: rows per sample, width, row length of pred, of target, reduction
# scalars: label smoothing
# One thread computes a loss: its rows are few and its sums have one order.

cdef inline double loss_scale(
    const Op* op, const Step* step, const real_t* weight
) noexcept nogil:
    """what the reduction multiplies each row's loss with"""
    cdef dim_t rows = step.rows * op.size[0], i
    cdef double total = 0
    if op.size[4] == SUM:
        return 1
    if op.size[4] == MEAN_OVER_ROWS or weight == NULL:
        return 1.0 / rows
    for i in range(step.rows):
        total += weight[i]
    total *= op.size[0]
    return 1 / total if total != 0 else 0


cdef enum LossKind:
    SQUARED, ABSOLUTE, BINARY, SIGMOID_BINARY, CATEGORICAL, SOFTMAX_CATEGORICAL
    SPARSE, SOFTMAX_SPARSE


cdef inline void run_loss(
    const Op* op, const Step* step, LossKind kind, real_t* _
) noexcept nogil:
    """the loss of every row; `kind` is a constant at each call and folds away"""
    cdef double* values = <double*> op.operand[0]
    cdef real_t* dpred = <real_t*> op.operand[1]
    cdef real_t* out = <real_t*> op.operand[2]
    cdef const real_t* pred = <const real_t*> op.operand[3]
    cdef const real_t* target = <const real_t*> op.operand[4]
    cdef const int32_t* labels = <const int32_t*> op.operand[4]
    cdef const real_t* weight = <const real_t*> op.operand[5]
    cdef dim_t height = op.size[0], n = op.size[1], row = op.size[2]
    cdef real_t smoothing = <real_t> op.scalar[0]
    cdef double scale
    cdef real_t factor
    cdef dim_t i
    if step.thread:
        return
    scale = loss_scale(op, step, weight)
    for i in range(step.rows * height):
        factor = <real_t> (scale * (weight[i // height] if weight != NULL else 1))
        if kind == SQUARED:
            values[i] = squared_error_row(dpred, pred, target, factor, n)
        elif kind == ABSOLUTE:
            values[i] = absolute_error_row(dpred, pred, target, factor, n)
        elif kind == BINARY:
            values[i] = binary_row(dpred, pred, target, factor, smoothing, n)
        elif kind == SIGMOID_BINARY:
            values[i] = sigmoid_binary_row(dpred, out, pred, target, factor, smoothing,
                                           n)
        elif kind == CATEGORICAL:
            values[i] = categorical_row(dpred, pred, target, factor, smoothing, n)
        elif kind == SOFTMAX_CATEGORICAL:
            values[i] = softmax_categorical_row(dpred, out, pred, target, factor,
                                                smoothing, n)
        elif kind == SPARSE:
            values[i] = sparse_row(dpred, pred, labels[i], factor, n)
        else:
            values[i] = softmax_sparse_row(dpred, out, pred, labels[i], factor, n)
        pred += row
        target += op.size[3]
        dpred = dpred + row if dpred != NULL else dpred
        out = out + row if out != NULL else out


cdef void run_mean_squared_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, SQUARED, _)


cdef void run_mean_absolute_error(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, ABSOLUTE, _)


cdef void run_binary_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, BINARY, _)


cdef void run_sigmoid_binary_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, SIGMOID_BINARY, _)


cdef void run_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, CATEGORICAL, _)


cdef void run_softmax_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, SOFTMAX_CATEGORICAL, _)


cdef void run_sparse_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, SPARSE, _)


cdef void run_softmax_sparse_categorical_crossentropy(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    run_loss(op, step, SOFTMAX_SPARSE, _)


cdef void run_loss_total(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: log, values, weight | NULL
    sizes: rows per sample, whether a loss that is not finite halts; [4]: reduction

    log := [loss of this batch, penalty of this batch, sum of loss * rows, sum of rows]
    """
    cdef double* log = <double*> op.operand[0]
    cdef const double* values = <const double*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef dim_t i, rows = step.rows * op.size[0]
    cdef double total = 0
    if step.thread:
        return
    for i in range(rows):
        total += values[i] * (weight[i // op.size[0]] if weight != NULL else 1)
    log[0] = total * loss_scale(op, step, weight) + log[1]
    log[1] = 0
    log[2] += log[0] * step.rows
    log[3] += step.rows
    # x - x is zero for finite x only
    if op.size[1] and not log[0] - log[0] == 0:
        step.halt[0] = 1


_add_operation("mean_squared_error", <run_t> run_mean_squared_error[float],
               <run_t> run_mean_squared_error[double])
_add_operation("mean_absolute_error", <run_t> run_mean_absolute_error[float],
               <run_t> run_mean_absolute_error[double])
_add_operation("binary_crossentropy", <run_t> run_binary_crossentropy[float],
               <run_t> run_binary_crossentropy[double])
_add_operation("sigmoid_binary_crossentropy",
               <run_t> run_sigmoid_binary_crossentropy[float],
               <run_t> run_sigmoid_binary_crossentropy[double])
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
_add_operation("loss_total", <run_t> run_loss_total[float],
               <run_t> run_loss_total[double])


# ---- test doors -----------------------------------------------------------------

def _loss(name, dpred, values, out, pred, target, weight, scale, smoothing=0.0):
    """Run a loss as the plan does, then undo its own scale: 1 / rows."""
    dtype = _dtype_of(pred)
    _require_matrix("pred", pred)
    rows = pred.shape[0]
    _require("values", values, (rows,), np.float64)
    for label, array in (("dpred", dpred), ("out", out)):
        if array is not None:
            _require(label, array, pred.shape, dtype)
    labels = target.dtype == np.int32
    _require("target", target, (rows,) if labels else pred.shape,
             np.int32 if labels else dtype)
    if labels and rows and not 0 <= target.min() <= target.max() < pred.shape[1]:
        raise ValueError(f"target: expected labels from 0 to {pred.shape[1] - 1}")
    factor = np.full(rows, scale, dtype)
    if weight is not None:
        _require("weight", weight, (rows,), dtype)
        factor *= weight
    logits, result, gradient = _padded(pred), _padded(pred), _padded(dpred)
    truth = np.ascontiguousarray(target) if labels else _padded(target)
    total = np.zeros(rows)
    _run(name, dtype, rows,
         (total, gradient, result, logits, truth, factor),
         (1, pred.shape[1], logits.shape[1], 0 if labels else truth.shape[1], SUM),
         (smoothing,))
    values[...] = total
    _unpad(dpred, gradient)
    _unpad(out, result)


def mean_squared_error(dpred, values, pred, target, weight, scale):
    """values := mean((pred - target)^2) of each row"""
    _loss("mean_squared_error", dpred, values, None, pred, target, weight, scale)


def mean_absolute_error(dpred, values, pred, target, weight, scale):
    """values := mean(|pred - target|) of each row"""
    _loss("mean_absolute_error", dpred, values, None, pred, target, weight, scale)


def binary_crossentropy(dpred, values, pred, target, weight, scale, label_smoothing):
    """values := mean(-(t log p + (1 - t) log(1 - p))) of each row"""
    _loss("binary_crossentropy", dpred, values, None, pred, target, weight, scale,
          label_smoothing)


def sigmoid_binary_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing
):
    """values := binary crossentropy of sigmoid(logits); out := sigmoid(logits)"""
    _loss("sigmoid_binary_crossentropy", dlogits, values, out, logits, target, weight,
          scale, label_smoothing)


def categorical_crossentropy(
    dpred, values, pred, target, weight, scale, label_smoothing
):
    """values := -sum(t log(pred / sum(pred))) of each row"""
    _loss("categorical_crossentropy", dpred, values, None, pred, target, weight, scale,
          label_smoothing)


def softmax_categorical_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing
):
    """values := -sum(t log softmax(logits)) of each row; out := softmax(logits)"""
    _loss("softmax_categorical_crossentropy", dlogits, values, out, logits, target,
          weight, scale, label_smoothing)


def sparse_categorical_crossentropy(dpred, values, pred, labels, weight, scale):
    """values := -log(pred[label] / sum(pred)) of each row"""
    _loss("sparse_categorical_crossentropy", dpred, values, None, pred, labels, weight,
          scale)


def softmax_sparse_categorical_crossentropy(
    dlogits, values, out, logits, labels, weight, scale
):
    """values := -log(softmax(logits)[label]) of each row; out := softmax(logits)"""
    _loss("softmax_sparse_categorical_crossentropy", dlogits, values, out, logits,
          labels, weight, scale)
