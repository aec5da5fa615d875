"""Rows of a table, looked up by codes, and masks: which rows of a batch count."""


cdef void embedding_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const int32_t* codes,   # IN  (rows,)
    const real_t* weight,   # IN  (entries, n) rows of length row
    dim_t begin, dim_t end, dim_t entries, dim_t n, dim_t row,
) noexcept nogil:
    """out[i] := weight[codes[i]]; NaN for a code that has no entry"""
    cdef dim_t i, j
    for i in range(begin, end):
        if 0 <= codes[i] < entries:
            memcpy(out + i * row, weight + codes[i] * row, n * sizeof(real_t))
        else:
            for j in range(n):
                out[i * row + j] = <real_t> NAN


cdef void embedding_backward(
    real_t* dweight,        # OUT (entries, n) rows of length row
    const real_t* dout,     # IN  (rows, n) rows of length row
    const int32_t* codes,   # IN  (rows,)
    dim_t begin, dim_t end, dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """dweight[c] := sum of dout[i] over the i with codes[i] == c, in ascending order,
    for entries c in [begin, end)"""
    cdef dim_t i, j
    cdef real_t* sum_
    memset(dweight + begin * row, 0, (end - begin) * row * sizeof(real_t))
    for i in range(rows):
        if begin <= codes[i] < end:
            sum_ = dweight + codes[i] * row
            for j in range(n):
                sum_[j] += dout[i * row + j]


cdef void masking_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    real_t* mask,           # OUT (rows,) 1 or 0
    const real_t* inp,      # IN  (rows, n)
    double value_, dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """mask := whether anything in a row is not value; out := inp where mask else 0"""
    cdef real_t value = <real_t> value_
    cdef dim_t i, j
    cdef bint kept
    for i in range(begin, end):
        kept = False
        for j in range(n):
            kept |= inp[i * row + j] != value
        mask[i] = kept
        if kept:
            memcpy(out + i * row, inp + i * row, n * sizeof(real_t))
        else:
            memset(out + i * row, 0, n * sizeof(real_t))


cdef void masking_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* mask,     # IN  (rows,)
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout where mask else 0"""
    cdef dim_t i
    for i in range(begin, end):
        if mask[i] != 0:
            memcpy(dinp + i * row, dout + i * row, n * sizeof(real_t))
        else:
            memset(dinp + i * row, 0, n * sizeof(real_t))


cdef void codes_mask(
    real_t* mask,           # OUT (n,) 1 or 0
    const int32_t* codes,   # IN  (n,)
    dim_t begin, dim_t end,
) noexcept nogil:
    """mask := codes != 0"""
    cdef dim_t i
    for i in range(begin, end):
        mask[i] = codes[i] != 0


cdef void masked_weights(
    real_t* out,            # OUT (rows,)
    const real_t* mask,     # IN  (rows,)
    const real_t* weight,   # IN  (rows / per_weight,) or NULL
    bint mean, dim_t begin, dim_t end, dim_t rows, dim_t per_weight,
) noexcept nogil:
    """out := mask * weight; for a mean times rows / sum of mask, so that it is one of
    the rows that count"""
    cdef dim_t i
    cdef double valid = 0
    cdef real_t factor = 1
    if mean:
        for i in range(rows):
            valid += mask[i]
        factor = <real_t> (rows / valid if valid != 0 else 0)
    for i in range(begin, end):
        out[i] = mask[i] * factor
        if weight != NULL:
            out[i] *= weight[i // per_weight]


cdef void run_embedding_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, codes, weight; sizes: rows per sample, entries, width, row length
    """
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    embedding_forward(<real_t*> op.operand[0], <const int32_t*> op.operand[1],
                      <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2],
                      op.size[3])


cdef void run_embedding_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dweight, dout, codes
    sizes: rows per sample, entries, width, row length. A thread owns entries."""
    cdef dim_t begin, end
    share(op.size[1], 1, step, &begin, &end)
    embedding_backward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                       <const int32_t*> op.operand[2], begin, end,
                       step.rows * op.size[0], op.size[2], op.size[3])


cdef void run_masking_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, mask, inp
    sizes: rows per sample, width, row length; scalar: value"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    masking_forward(<real_t*> op.operand[0], <real_t*> op.operand[1],
                    <const real_t*> op.operand[2], op.scalar[0], begin, end, op.size[1],
                    op.size[2])


cdef void run_masking_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, mask; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    masking_backward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                     <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2])


cdef void run_codes_mask(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: mask, codes; size: codes per sample"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], LANES, step, &begin, &end)
    codes_mask(<real_t*> op.operand[0], <const int32_t*> op.operand[1], begin, end)


cdef void run_masked_weights(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, mask, weight | NULL
    sizes: rows per sample, rows for each weight, whether it is for a mean"""
    cdef dim_t begin, end, rows = step.rows * op.size[0]
    share(rows, LANES, step, &begin, &end)
    masked_weights(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                   <const real_t*> op.operand[2], op.size[2], begin, end, rows,
                   op.size[1])


_add_operation("embedding_forward", <run_t> run_embedding_forward[float],
               <run_t> run_embedding_forward[double])
_add_operation("embedding_backward", <run_t> run_embedding_backward[float],
               <run_t> run_embedding_backward[double])
_add_operation("masking_forward", <run_t> run_masking_forward[float],
               <run_t> run_masking_forward[double])
_add_operation("masking_backward", <run_t> run_masking_backward[float],
               <run_t> run_masking_backward[double])
_add_operation("codes_mask", <run_t> run_codes_mask[float],
               <run_t> run_codes_mask[double])
_add_operation("masked_weights", <run_t> run_masked_weights[float],
               <run_t> run_masked_weights[double])
