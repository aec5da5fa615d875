"""Rows that are repeated, and the sums of their gradients."""


cdef void repeat_forward(
    real_t* out,            # OUT (rows * n, width) rows of length row
    const real_t* inp,      # IN  (rows, width) rows of length row
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """out[i * n + r] := inp[i] for r in [0, n), rows i in [begin, end)"""
    cdef dim_t i, r
    for i in range(begin, end):
        for r in range(n):
            memcpy(out + (i * n + r) * row, inp + i * row, row * sizeof(real_t))


cdef void repeat_backward(
    real_t* dinp,           # OUT (rows, width) rows of length row
    const real_t* dout,     # IN  (rows * n, width) rows of length row
    dim_t begin, dim_t end, dim_t n, dim_t width, dim_t row,
) noexcept nogil:
    """dinp[i] := sum of dout[i * n + r] over r in [0, n), in this order"""
    cdef dim_t i, r, j
    cdef const real_t* source
    for i in range(begin, end):
        memset(dinp + i * row, 0, width * sizeof(real_t))
        for r in range(n):
            source = dout + (i * n + r) * row
            for j in range(width):
                dinp[i * row + j] += source[j]


cdef void run_repeat_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp
    sizes: rows per sample of inp, times, width, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    repeat_forward(<real_t*> op.operand[0], <const real_t*> op.operand[1], begin, end,
                   op.size[1], op.size[3])


cdef void run_repeat_backward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: dinp, dout
    sizes: rows per sample of dinp, times, width, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    repeat_backward(<real_t*> op.operand[0], <const real_t*> op.operand[1], begin, end,
                    op.size[1], op.size[2], op.size[3])


_add_operation("repeat_forward", <run_t> run_repeat_forward[float],
               <run_t> run_repeat_forward[double])
_add_operation("repeat_backward", <run_t> run_repeat_backward[float],
               <run_t> run_repeat_backward[double])
