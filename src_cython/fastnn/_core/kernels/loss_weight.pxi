"""The weight of a loss: a factor of its values and of its gradient."""


cdef void scale_in_place(
    real_t* out,          # OUT (n,)
    double factor,
    dim_t n,
) noexcept nogil:
    """out := factor * out"""
    cdef dim_t i
    cdef real_t f = <real_t> factor
    for i in range(n):
        out[i] *= f


cdef void run_weigh_loss(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: values, dpred | NULL
    sizes: values per sample; rows of dpred per sample, width, row length
    scalars: weight"""
    cdef double* values = <double*> op.operand[0]
    cdef real_t* dpred = <real_t*> op.operand[1]
    cdef dim_t i
    if step.thread:
        return
    scale_in_place(values, op.scalar[0], step.rows * op.size[0])
    if dpred == NULL:
        return
    for i in range(step.rows * op.size[1]):
        scale_in_place(dpred + i * op.size[3], op.scalar[0], op.size[2])


_add_operation("weigh_loss", <run_t> run_weigh_loss[float],
               <run_t> run_weigh_loss[double])


def weigh_loss_door(values, dpred, weight):
    """values := weight * values; dpred := weight * dpred; dpred may be None"""
    rows, width, row = values.size, 0, 0
    _require("values", values, (rows,), np.float64)
    dtype, copy = np.dtype(np.float64), None
    if dpred is not None:
        dtype = _dtype_of(dpred)
        _require_matrix("dpred", dpred)
        _require("dpred", dpred, (rows, dpred.shape[1]), dtype)
        copy = _padded(dpred)
        width, row = dpred.shape[1], copy.shape[1]
    total = values.copy()
    _run("weigh_loss", dtype, rows, (total, copy), (1, 1, width, row), (weight,))
    values[...] = total
    _unpad(dpred, copy)
