"""Sums of tensors, and of the gradients of what several operations read."""


cdef void add(
    real_t* out,          # OUT (n,)
    const real_t* a,      # IN  (n,)  may be out
    const real_t* b,      # IN  (n,)
    dim_t n,
) noexcept nogil:
    """out := a + b"""
    cdef dim_t i
    for i in range(n):
        out[i] = a[i] + b[i]


cdef void run_add(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, a, b, of rows alike; sizes: rows (per sample), width, row length,
    whether there are such rows for each sample. Padding is left alone."""
    cdef dim_t begin, end, i, row = op.size[2]
    share(op.size[0] * (step.rows if op.size[3] else 1), 1, step, &begin, &end)
    for i in range(begin, end):
        add(<real_t*> op.operand[0] + i * row, <const real_t*> op.operand[1] + i * row,
            <const real_t*> op.operand[2] + i * row, op.size[1])


cdef void add_scaled_forward(
    real_t* out,          # OUT (n,)
    const real_t* a,      # IN  (n,)
    const real_t* b,      # IN  (n,)
    double scale_, dim_t n,
) noexcept nogil:
    """out := a + scale * b"""
    cdef real_t scale = <real_t> scale_
    cdef dim_t i
    for i in range(n):
        out[i] = a[i] + scale * b[i]


cdef void add_scaled_backward(
    real_t* db,           # OUT (n,)
    const real_t* dout,   # IN  (n,)
    double scale_, dim_t n,
) noexcept nogil:
    """db := scale * dout"""
    cdef real_t scale = <real_t> scale_
    cdef dim_t i
    for i in range(n):
        db[i] = scale * dout[i]


cdef void run_add_scaled_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, a, b; sizes: rows per sample, width, row length; scalar: scale"""
    cdef dim_t begin, end, i, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    for i in range(begin, end):
        add_scaled_forward(
            <real_t*> op.operand[0] + i * row, <const real_t*> op.operand[1] + i * row,
            <const real_t*> op.operand[2] + i * row, op.scalar[0], op.size[1])


cdef void run_add_scaled_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: db, dout; sizes: rows per sample, width, row length; scalar: scale"""
    cdef dim_t begin, end, i, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    for i in range(begin, end):
        add_scaled_backward(
            <real_t*> op.operand[0] + i * row, <const real_t*> op.operand[1] + i * row,
            op.scalar[0], op.size[1])


_add_operation("add", <run_t> run_add[float], <run_t> run_add[double])
_add_operation("add_scaled_forward", <run_t> run_add_scaled_forward[float],
               <run_t> run_add_scaled_forward[double])
_add_operation("add_scaled_backward", <run_t> run_add_scaled_backward[float],
               <run_t> run_add_scaled_backward[double])
