"""Metrics: the value of each row, and their running mean."""

cdef inline dim_t argmax(const real_t* x, dim_t n) noexcept nogil:
    """position of the first largest element"""
    cdef dim_t j, best = 0
    for j in range(1, n):
        if x[j] > x[best]:
            best = j
    return best


# ---- operations -----------------------------------------------------------------
# operands: values, pred, target; sizes: rows per sample, width, row length of pred,
# of target; scalars: threshold

cdef void run_binary_accuracy(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """values[i] := share of columns where target is (pred > threshold)"""
    cdef double* values = <double*> op.operand[0]
    cdef const real_t* pred = <const real_t*> op.operand[1]
    cdef const real_t* target = <const real_t*> op.operand[2]
    cdef real_t threshold = <real_t> op.scalar[0]
    cdef dim_t i, j, right
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
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
    cdef dim_t i
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
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
    cdef dim_t i
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
        values[i] = argmax(pred, op.size[1]) == labels[i]
        pred += op.size[2]


cdef void run_mean_accumulate(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """total[0] += sum of weight * values; total[1] += sum of weight
    operands: total, values, weight | NULL; sizes: rows per sample"""
    cdef double* total = <double*> op.operand[0]
    cdef const double* values = <const double*> op.operand[1]
    cdef const real_t* weight = <const real_t*> op.operand[2]
    cdef dim_t i
    cdef double w = 1
    if step.thread:
        return
    for i in range(step.rows * op.size[0]):
        if weight != NULL:
            w = weight[i // op.size[0]]
        total[0] += w * values[i]
        total[1] += w


_add_operation("binary_accuracy", <run_t> run_binary_accuracy[float],
               <run_t> run_binary_accuracy[double])
_add_operation("categorical_accuracy", <run_t> run_categorical_accuracy[float],
               <run_t> run_categorical_accuracy[double])
_add_operation("sparse_categorical_accuracy",
               <run_t> run_sparse_categorical_accuracy[float],
               <run_t> run_sparse_categorical_accuracy[double])
_add_operation("mean_accumulate", <run_t> run_mean_accumulate[float],
               <run_t> run_mean_accumulate[double])


# ---- test doors -----------------------------------------------------------------

def _accuracy(name, values, pred, target, threshold=0.0):
    dtype = _dtype_of(pred)
    _require_matrix("pred", pred)
    rows = pred.shape[0]
    _require("values", values, (rows,), np.float64)
    labels = target.dtype == np.int32
    _require("target", target, (rows,) if labels else pred.shape,
             np.int32 if labels else dtype)
    truth = np.ascontiguousarray(target) if labels else _padded(target)
    scores = _padded(pred)
    total = np.zeros(rows)
    _run(name, dtype, rows, (total, scores, truth),
         (1, pred.shape[1], scores.shape[1], 0 if labels else truth.shape[1]),
         (threshold,))
    values[...] = total


def binary_accuracy(values, pred, target, threshold):
    """values := share of columns of each row where target is (pred > threshold)"""
    _accuracy("binary_accuracy", values, pred, target, threshold)


def categorical_accuracy(values, pred, target):
    """values := argmax(pred) == argmax(target) of each row"""
    _accuracy("categorical_accuracy", values, pred, target)


def sparse_categorical_accuracy(values, pred, labels):
    """values := argmax(pred) == label of each row"""
    _accuracy("sparse_categorical_accuracy", values, pred, labels)


def mean_accumulate(total, values, weight):
    """total += [sum of weight * values, sum of weight]"""
    _require("total", total, (2,), np.float64)
    _require("values", values, (values.size,), np.float64)
    dtype = np.dtype(np.float64) if weight is None else _dtype_of(weight)
    if weight is not None:
        _require("weight", weight, values.shape, dtype)
        weight = np.ascontiguousarray(weight)
    sums = np.array(total)
    _run("mean_accumulate", dtype, values.shape[0],
         (sums, np.ascontiguousarray(values), weight), (1,))
    total[...] = sums
