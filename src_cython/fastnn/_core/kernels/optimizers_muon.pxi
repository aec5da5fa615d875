"""Muon: the momentum of a matrix made nearly orthogonal by Newton and Schulz's
iteration, through the matrix products."""


cdef void muon_direction(
    real_t* out,           # OUT   (n,)
    real_t* momentum,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double keep_, bint nesterov, dim_t n,
) noexcept nogil:
    """momentum := keep * momentum + grad
    out := grad + keep * momentum if nesterov else momentum"""
    cdef dim_t i
    cdef real_t keep = <real_t> keep_
    for i in range(n):
        momentum[i] = keep * momentum[i] + grad[i]
        out[i] = grad[i] + keep * momentum[i] if nesterov else momentum[i]


cdef enum:
    HALF_BLOCK = 96    # rows of a symmetric product that begin at one column


cdef void scaled_transposes(
    real_t* out,              # OUT (rows, columns) rows of length row_inp
    real_t* out_transposed,   # OUT (columns, rows) rows of length row_transposed
    const real_t* inp,        # IN  (rows, columns) rows of length row_inp, may be out
    double factor, dim_t begin, dim_t end, dim_t columns, dim_t row_inp,
    dim_t row_transposed,
) noexcept nogil:
    """rows begin to end of out := factor * inp; out_transposed := out.T"""
    cdef dim_t i, j
    cdef real_t f = <real_t> factor
    for i in range(begin, end):
        for j in range(columns):
            out[i * row_inp + j] = f * inp[i * row_inp + j]
    transpose(out_transposed + begin, out + begin * row_inp, end - begin, columns,
              row_transposed, row_inp)


cdef void muon_update(
    real_t* weight,        # INOUT (n,)
    const real_t* change,  # IN    (n,)
    double learning_rate, double factor, dim_t n,
) noexcept nogil:
    """weight -= learning_rate * factor * change

    Jordan: Muon: an optimizer for hidden layers in neural networks (2024); the factor:
    Liu et al.: Muon is scalable for LLM training (2025)."""
    cdef dim_t i
    cdef real_t rate = <real_t> (learning_rate * factor)
    for i in range(n):
        weight[i] -= rate * change[i]


# ---- operations -----------------------------------------------------------------

cdef void run_muon_direction(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, momentum, grad; sizes: elements, grain (0), nesterov
    scalar: how much of the momentum is kept"""
    cdef dim_t at, n
    stretch(op, step, &at, &n)
    muon_direction(<real_t*> op.operand[0] + at, <real_t*> op.operand[1] + at,
                   <const real_t*> op.operand[2] + at, op.scalar[0], op.size[2], n)


cdef void run_normalized_transposes(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """out := inp / (|inp| + 1e-7), which is divided by its norm; and its transpose
    operands: out (inp), out_transposed, partial sums of squares
    sizes: rows, columns, row lengths of both, number of the partial sums"""
    cdef double norm = sqrt(total_of(<const double*> op.operand[2], op.size[4]))
    cdef dim_t begin, end
    share(op.size[0], LANES, step, &begin, &end)
    scaled_transposes(<real_t*> op.operand[0], <real_t*> op.operand[1],
                      <const real_t*> op.operand[0], 1 / (norm + 1e-7), begin, end,
                      op.size[1], op.size[2], op.size[3])


cdef void run_mixed_product(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """out := alpha * (left @ right) + beta * base; out_transposed := out.T
    operands: out, out_transposed | NULL, left, right, base | NULL
    sizes: rows, columns, depth, row lengths of out (base, right), left, out_transposed
    scalars: alpha, beta"""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* left = <const real_t*> op.operand[2]
    cdef const real_t* base = <const real_t*> op.operand[4]
    cdef real_t alpha = <real_t> op.scalar[0], beta = <real_t> op.scalar[1]
    cdef dim_t columns = op.size[1], row = op.size[3], row_left = op.size[4]
    cdef dim_t begin, end, i, j
    share(op.size[0], FN_ROWS, step, &begin, &end)
    forward_part(out + begin * row, left + begin * row_left,
                 <const real_t*> op.operand[3], <const real_t*> NULL, end - begin,
                 columns, op.size[2], row, row_left, row, op.size[0],
                 op.size[2] * columns * sizeof(real_t), NULL, step, 0, 0)
    for i in range(begin, end):
        for j in range(columns):
            out[i * row + j] *= alpha
            if base != NULL:
                out[i * row + j] += beta * base[i * row + j]
    if op.operand[1] != NULL:
        transpose(<real_t*> op.operand[1] + begin, out + begin * row, end - begin,
                  columns, op.size[5], row)


cdef inline void half_rows(
    real_t* out, const real_t* left, const real_t* right, const real_t* base,
    real_t alpha, real_t beta, dim_t first, const Op* op,
) noexcept nogil:
    """a block of rows of a symmetric product from the diagonal on, and what mirrors it
    """
    cdef dim_t n = op.size[0], depth = op.size[1], row = op.size[2], end, i, j
    cdef dim_t high = min(<dim_t> HALF_BLOCK, n - first)
    cdef real_t* corner = out + first * row + first
    forward_part(corner, left + first * op.size[3], right + first,
                 <const real_t*> NULL, high, n - first, depth, row, op.size[3], row, n,
                 depth * n * sizeof(real_t), NULL, NULL, 0, 0)
    end = first + high
    for i in range(first, end):
        for j in range(first, n):
            out[i * row + j] *= alpha
            if base != NULL:
                out[i * row + j] += beta * base[i * row + j]
    transpose(out + end * row + first, corner + high, high, n - end, row, row)


cdef void run_symmetric_product(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """out := alpha * (left @ right) + beta * base, which is its own transpose
    operands: out, left, right, base | NULL
    sizes: rows, depth, row lengths of out (base, right), left; scalars: alpha, beta

    Rows from the top and from the bottom take turns: those have much to compute, these
    little."""
    cdef real_t* out = <real_t*> op.operand[0]
    cdef const real_t* left = <const real_t*> op.operand[1]
    cdef const real_t* right = <const real_t*> op.operand[2]
    cdef const real_t* base = <const real_t*> op.operand[3]
    cdef real_t alpha = <real_t> op.scalar[0], beta = <real_t> op.scalar[1]
    cdef dim_t blocks = (op.size[0] + HALF_BLOCK - 1) // HALF_BLOCK, pair, other
    for pair from step.thread <= pair < (blocks + 1) // 2 by step.threads:
        half_rows(out, left, right, base, alpha, beta, pair * HALF_BLOCK, op)
        other = blocks - 1 - pair
        if other != pair:
            half_rows(out, left, right, base, alpha, beta, other * HALF_BLOCK, op)


cdef void run_muon_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: weight, change, hyper; sizes: rows, columns, row length
    scalar: factor. The padding of `change` may hold anything."""
    cdef dim_t begin, end, i
    share(op.size[0], 1, step, &begin, &end)
    for i in range(begin, end):
        muon_update(
            <real_t*> op.operand[0] + i * op.size[2],
            <const real_t*> op.operand[1] + i * op.size[2],
            (<const double*> op.operand[2])[0], op.scalar[0], op.size[1])


_add_operation("muon_direction", <run_t> run_muon_direction[float],
               <run_t> run_muon_direction[double])
_add_operation("normalized_transposes", <run_t> run_normalized_transposes[float],
               <run_t> run_normalized_transposes[double])
_add_operation("mixed_product", <run_t> run_mixed_product[float],
               <run_t> run_mixed_product[double])
_add_operation("symmetric_product", <run_t> run_symmetric_product[float],
               <run_t> run_symmetric_product[double])
_add_operation("muon_update", <run_t> run_muon_update[float],
               <run_t> run_muon_update[double])
