"""The three products of a dense layer with operands rounded to bfloat16.

Parameters, activations, gradients and sums are float32. Blocks of both operands are
rounded as they are packed. A sum runs over pairs of its terms in ascending order,
within a pair the second term first: the order of the instruction for it, kept without
it.
"""

cdef extern from "bfloat16.h" nogil:
    ctypedef float fn_bf16_operand
    dim_t fn_bf16_operands(dim_t depth)
    void fn_bf16_pack_rows(
        fn_bf16_operand* out, dim_t row_out,
        const float* inp, dim_t row_inp, dim_t depth, dim_t width)
    void fn_bf16_pack_sums(
        fn_bf16_operand* out, dim_t row_out,
        const float* inp, dim_t row_inp, dim_t rows, dim_t depth)
    void fn_tile_bf16(
        int rows, int vectors, dim_t depth, float* c, dim_t row_c,
        const fn_bf16_operand* a, dim_t row_a, dim_t step_a,
        const fn_bf16_operand* b, dim_t row_b, const float* bias, int continue_sum)


cdef enum:
    BF16_DEPTH = 320       # of a block: its strip of b stays in L1
    BF16_ROWS = 384        # of a packed block of a
    # operands from row to row of a packed block of a or its transpose: no powers of two
    BF16_ROW = BF16_DEPTH + 16
    BF16_STEP = BF16_ROWS + 16


cdef inline dim_t balanced(dim_t n, dim_t most, dim_t grain) noexcept nogil:
    """the length of blocks, whole grains and `most` at most, that divide n evenly"""
    cdef dim_t blocks = max((n + most - 1) // most, <dim_t> 1)
    return max((n + blocks * grain - 1) // (blocks * grain) * grain, grain)


cdef void pack_strip(
    fn_bf16_operand* out,    # OUT (operands, strip)
    const float* b, dim_t row_b, dim_t depth, dim_t width, dim_t strip, bint transposed,
) noexcept nogil:
    """columns of b, or of the matrix that it is the transpose of, rounded"""
    cdef dim_t operands = fn_bf16_operands(depth), j
    cdef fn_bf16_operand* sums = out + strip * BF16_ROW
    if not transposed:
        fn_bf16_pack_rows(out, strip, b, row_b, depth, width)
        return
    fn_bf16_pack_sums(sums, BF16_ROW, b, row_b, width, depth)
    for j in range(width, strip):
        memset(sums + j * BF16_ROW, 0, operands * sizeof(fn_bf16_operand))
    transpose(<float*> out, <const float*> sums, strip, operands, strip, BF16_ROW)


cdef void matmul_bf16(
    float* c,              # OUT (m, n) rows of length row_c, n in whole vectors
    const float* a,        # IN  (m, k) element (i, p) at i * row_a + p * step_a
    const float* b,        # IN  (k, n) rows of length row_b
    const float* bias,     # IN  (n,) or NULL
    dim_t m, dim_t n, dim_t k,
    dim_t row_c, dim_t row_a, dim_t step_a, dim_t row_b, bint transposed_b,
    Ahead* ahead,          # or NULL
) noexcept nogil:
    """c := bfloat16(a) @ bfloat16(b) + bias; b, or the matrix that it is the transpose
    of. One of row_a and step_a is 1."""
    cdef dim_t strip = 2 * FN_VECTOR_BYTES // sizeof(float)
    cdef fn_bf16_operand* block_a = <fn_bf16_operand*> fn_pack_a()
    cdef fn_bf16_operand* block_b = <fn_bf16_operand*> fn_pack_b()
    cdef dim_t most_rows = balanced(m, BF16_ROWS, FN_ROWS)
    cdef dim_t most_depth = balanced(k, BF16_DEPTH, 2)
    cdef bint flat = step_a == 1
    cdef dim_t packed_row = BF16_ROW if flat else 1
    cdef dim_t packed_step = 1 if flat else BF16_STEP
    cdef dim_t ic, p, j, i, high, depth, width, operands
    cdef const float* left
    cdef const float* right
    for ic from 0 <= ic < m by most_rows:
        high = min(most_rows, m - ic)
        # k == 0 is one empty block: c := bias
        for p from 0 <= p < max(k, <dim_t> 1) by most_depth:
            depth = min(most_depth, k - p)
            operands = fn_bf16_operands(depth)
            left = a + ic * row_a + p * step_a
            if flat:
                fn_bf16_pack_sums(block_a, BF16_ROW, left, row_a, high, depth)
            else:
                fn_bf16_pack_rows(block_a, BF16_STEP, left, step_a, depth, high)
            for j from 0 <= j < n by strip:
                width = min(strip, n - j if transposed_b else row_b - j)
                right = b + (j * row_b + p if transposed_b else p * row_b + j)
                pack_strip(block_b, right, row_b, depth, width, strip, transposed_b)
                for i from 0 <= i < high by FN_ROWS:
                    if ahead != NULL:
                        look_ahead(ahead)
                    fn_tile_bf16(
                        <int> min(<dim_t> FN_ROWS, high - i),
                        2 if 2 * (n - j) > strip else 1, operands,
                        c + (ic + i) * row_c + j, row_c,
                        block_a + i * packed_row, packed_row, packed_step,
                        block_b, strip, bias + j if bias != NULL else NULL,
                        FN_CONTINUED if p > 0 else FN_BEGUN)


# ---- operations ------------------------------------------------------------------
# Operands and sizes are those of the operations in float32, less the scratch.

cdef void share_block(
    dim_t m, dim_t n, const Step* step,
    dim_t* row_begin, dim_t* row_end, dim_t* begin, dim_t* end
) noexcept nogil:
    """this thread's part of an (m, n) product: columns, so that each of them rounds a
    part of the right operand; rows if there are few columns"""
    cdef dim_t strip = 2 * ALIGNMENT // sizeof(float)
    row_begin[0] = begin[0] = 0
    row_end[0] = m
    end[0] = n
    if n >= 4 * strip * step.threads or m < 2 * FN_ROWS * step.threads:
        share(n, strip, step, begin, end)
    else:
        share(m, FN_ROWS, step, row_begin, row_end)


cdef void run_dense_bf16_forward(
    const Op* op, const Step* step, void* _
) noexcept nogil:
    """out := f(bfloat16(inp) @ bfloat16(weight) + bias)"""
    cdef dim_t k = op.size[1], row_out = op.size[3], row_inp = op.size[4]
    cdef float* out = <float*> op.operand[0]
    cdef const float* inp = <const float*> op.operand[1]
    cdef const float* weight = <const float*> op.operand[2]
    cdef const float* bias = <const float*> op.operand[3]
    cdef const Source* source = step.sources + op.size[6] - 1
    cdef dim_t i, row_begin, row_end, begin, end
    if op.size[6] and rows_in_place(source, step, inp) != NULL:
        inp = rows_in_place(source, step, inp)
        row_inp = source.row_bytes // <dim_t> sizeof(float)
    share_block(step.rows * op.size[0], op.size[2], step,
                &row_begin, &row_end, &begin, &end)
    if begin == end:
        return
    matmul_bf16(out + row_begin * row_out + begin, inp + row_begin * row_inp,
                weight + begin, bias + begin if bias != NULL else NULL,
                row_end - row_begin, end - begin, k, row_out, row_inp, 1, op.size[5],
                False, NULL)
    if op.function == NULL:
        return
    for i in range(row_begin, row_end):
        apply_forward(op.function, out + i * row_out + begin, out + i * row_out + begin,
                      op.scalar, end - begin)


cdef void run_dense_bf16_backward_weight(
    const Op* op, const Step* step, void* _
) noexcept nogil:
    """dweight := bfloat16(inp).T @ bfloat16(dout)"""
    cdef dim_t m = step.rows * op.size[0]
    cdef dim_t k = op.size[1], n = op.size[2]
    cdef dim_t row_weight = op.size[3], row_inp = op.size[4], row_out = op.size[5]
    cdef float* dweight = <float*> op.operand[0]
    cdef const float* inp = <const float*> op.operand[1]
    cdef const float* dout = <const float*> op.operand[2]
    cdef dim_t begin, end, i, j
    cdef Ahead ahead
    cdef Ahead* asked = NULL
    share(k, FN_ROWS, step, &begin, &end)
    if op.size[6] and step.order != NULL:
        plan_ahead(&ahead, step, step.sources + op.size[7], op.size[6],
                   (end - begin) // FN_ROWS * (n * 2 // FN_VECTOR_BYTES + 1))
        asked = &ahead
    matmul_bf16(dweight + begin * row_weight, inp + begin, dout, NULL,
                end - begin, n, m, row_weight, 1, row_inp, row_out, False, asked)
    # what the pads of dout left there must not reach the optimizer
    for i in range(begin, end):
        for j in range(n, row_weight):
            dweight[i * row_weight + j] = 0


cdef void run_dense_bf16_backward_input(
    const Op* op, const Step* step, void* _
) noexcept nogil:
    """dinp := (bfloat16(dout) @ bfloat16(weight).T) * f'(inp), f being what inp came
    out of"""
    cdef dim_t n = op.size[2], row_inp = op.size[3], row_out = op.size[4]
    cdef float* dinp = <float*> op.operand[0]
    cdef const float* dout = <const float*> op.operand[1]
    cdef const float* weight = <const float*> op.operand[2]
    cdef const float* inp = <const float*> op.operand[3]
    cdef dim_t i, row_begin, row_end, begin, end
    share_block(step.rows * op.size[0], op.size[1], step,
                &row_begin, &row_end, &begin, &end)
    if begin == end:
        return
    matmul_bf16(dinp + row_begin * row_inp + begin, dout + row_begin * row_out,
                weight + begin * op.size[5], NULL, row_end - row_begin, end - begin, n,
                row_inp, row_out, 1, op.size[5], True, NULL)
    if op.function == NULL:
        return
    for i in range(row_begin, row_end):
        apply_backward(
            op.function, dinp + i * row_inp + begin, dinp + i * row_inp + begin,
            inp + i * row_inp + begin, op.scalar, end - begin)


_OPERATIONS[np.dtype(np.float32)].update(
    dense_bf16_forward=<size_t> <void*> run_dense_bf16_forward,
    dense_bf16_backward_weight=<size_t> <void*> run_dense_bf16_backward_weight,
    dense_bf16_backward_input=<size_t> <void*> run_dense_bf16_backward_input,
)
