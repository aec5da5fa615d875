"""Normalization of blocks of a sample by their own statistics, each block by itself.

A block is `height` rows of `width` columns. Layer normalization has one block after the
other; group normalization has them side by side, and one row of gamma and beta for all
rows (`row_gamma` is 0 there).
"""

cdef enum:
    LEAST_BLOCKS = 16     # blocks of a chunk that gradients are summed over, at least
    # What is taken off, and what is divided by:
    STANDARD = 0          # mean; sqrt(variance + epsilon)
    ROOT_MEAN_SQUARE = 1  # nothing; sqrt(mean of squares + epsilon)
    DEVIATION = 2         # nothing; sqrt(variance + epsilon)
    UNIT = 3              # nothing; sqrt(sum of squares), at least epsilon


cdef inline real_t row_squares(const real_t* x, real_t shift, dim_t n) noexcept nogil:
    """sum of (x - shift)^2, in the order of row_sum"""
    cdef real_t lanes[LANES]
    cdef real_t d
    cdef dim_t j, lane
    for lane in range(LANES):
        lanes[lane] = 0
    for j from 0 <= j < n - n % LANES by LANES:
        for lane in range(LANES):
            d = x[j + lane] - shift
            lanes[lane] = fma_(d, d, lanes[lane])
    for j in range(n - n % LANES, n):
        d = x[j] - shift
        lanes[0] = fma_(d, d, lanes[0])
    for lane in range(1, LANES):
        lanes[0] += lanes[lane]
    return lanes[0]


cdef inline void row_products(
    real_t* total, real_t* product,     # OUT
    const real_t* dout, const real_t* inp, const real_t* gamma, real_t shift, dim_t n,
) noexcept nogil:
    """total, product += sums of g and of g * (inp - shift), g = dout * gamma"""
    cdef real_t sums[LANES]
    cdef real_t products[LANES]
    cdef real_t g
    cdef dim_t j, lane
    for lane in range(LANES):
        sums[lane] = 0
        products[lane] = 0
    if gamma == NULL:
        for j from 0 <= j < n - n % LANES by LANES:
            for lane in range(LANES):
                g = dout[j + lane]
                sums[lane] += g
                products[lane] = fma_(g, inp[j + lane] - shift, products[lane])
    else:
        for j from 0 <= j < n - n % LANES by LANES:
            for lane in range(LANES):
                g = dout[j + lane] * gamma[j + lane]
                sums[lane] += g
                products[lane] = fma_(g, inp[j + lane] - shift, products[lane])
    for j in range(n - n % LANES, n):
        g = dout[j] if gamma == NULL else dout[j] * gamma[j]
        sums[0] += g
        products[0] = fma_(g, inp[j] - shift, products[0])
    for lane in range(1, LANES):
        sums[0] += sums[lane]
        products[0] += products[lane]
    total[0] += sums[0]
    product[0] += products[0]


cdef inline real_t inverse_of(
    real_t squares, dim_t n, int mode, real_t epsilon
) noexcept nogil:
    """what a block is multiplied by"""
    if mode == UNIT:
        squares = sqrt_(squares)
        return 1 / (epsilon if squares < epsilon else squares)
    return 1 / sqrt_(squares / n + epsilon)


cdef void block_statistics(
    real_t* mean, real_t* inverse,  # OUT
    const real_t* inp,              # IN  (height, width) rows of length row
    dim_t height, dim_t width, dim_t row, int mode, real_t epsilon,
) noexcept nogil:
    """mean := of the block, or 0; inverse := 1 / what the block is divided by"""
    cdef real_t squares = 0
    cdef dim_t i
    mean[0] = 0
    if mode == STANDARD or mode == DEVIATION:
        for i in range(height):
            mean[0] += row_sum(inp + i * row, width)
        mean[0] = mean[0] / (height * width)
    for i in range(height):
        squares += row_squares(inp + i * row, mean[0], width)
    inverse[0] = inverse_of(squares, height * width, mode, epsilon)


cdef void block_forward(
    real_t* out,            # OUT (height, width) rows of length row
    const real_t* inp,      # IN  (height, width)
    const real_t* gamma,    # IN  (height, width) rows of length row_gamma, or NULL
    const real_t* beta,     # IN  the same
    real_t shift, real_t inverse,
    dim_t height, dim_t width, dim_t row, dim_t row_gamma,
) noexcept nogil:
    """out := (inp - shift) * inverse * gamma + beta"""
    cdef dim_t i, j
    cdef real_t* o
    cdef const real_t* x
    for i in range(height):
        o = out + i * row
        x = inp + i * row
        if gamma == NULL:
            for j in range(width):
                o[j] = (x[j] - shift) * inverse
        else:
            for j in range(width):
                o[j] = (x[j] - shift) * inverse * gamma[i * row_gamma + j]
        if beta != NULL:
            for j in range(width):
                o[j] += beta[i * row_gamma + j]


cdef void block_backward(
    real_t* dinp,           # OUT (height, width) rows of length row
    const real_t* dout,     # IN  (height, width)
    const real_t* inp,      # IN  (height, width)
    const real_t* gamma,    # IN  (height, width) rows of length row_gamma, or NULL
    real_t mean, real_t inverse,
    dim_t height, dim_t width, dim_t row, dim_t row_gamma, int mode, real_t epsilon,
) noexcept nogil:
    """dinp := inverse * (g - a - b * (inp - mean)), g = dout * gamma, where a is the
    mean of g if a mean was taken off, else 0, and b the derivative of the divisor"""
    cdef real_t total = 0, product = 0, shift = 0, a = 0, b, g
    cdef dim_t i, j, n = height * width
    cdef const real_t* factor
    if mode == STANDARD:
        shift = mean
    for i in range(height):
        factor = gamma if gamma == NULL else gamma + i * row_gamma
        row_products(&total, &product, dout + i * row, inp + i * row, factor, shift,
                     width)
    b = product * inverse * inverse
    if mode != UNIT:
        b = b / n
    elif inverse * epsilon >= 1:    # shorter than epsilon: no direction
        inverse = 0
    if mode == STANDARD:
        a = total / n
    for i in range(height):
        factor = gamma if gamma == NULL else gamma + i * row_gamma
        if factor == NULL:
            for j in range(width):
                g = dout[i * row + j] - a
                dinp[i * row + j] = inverse * (g - b * (inp[i * row + j] - mean))
        else:
            for j in range(width):
                g = fma_(dout[i * row + j], factor[j], -a)
                dinp[i * row + j] = inverse * (g - b * (inp[i * row + j] - mean))


cdef inline void add_row_gradients(
    real_t* dgamma, real_t* dbeta,      # OUT (n,)
    const real_t* dout, const real_t* inp, real_t shift, real_t inverse, dim_t n,
) noexcept nogil:
    """dgamma += dout * (inp - shift) * inverse; dbeta += dout"""
    cdef dim_t j
    for j in range(n):
        dgamma[j] = fma_(dout[j] * inverse, inp[j] - shift, dgamma[j])
        dbeta[j] += dout[j]


# ---- operations -----------------------------------------------------------------

cdef struct Blocks_:
    # The layout of the blocks of a sample.
    dim_t blocks, across, height, width, row, row_gamma
    int mode


cdef inline Blocks_ blocks_of(const Op* op) noexcept nogil:
    """sizes: blocks under one another in a sample, side by side, height, width, row
    length, row length of gamma, mode"""
    cdef Blocks_ b
    b.blocks = op.size[0]
    b.across = op.size[1]
    b.height = op.size[2]
    b.width = op.size[3]
    b.row = op.size[4]
    b.row_gamma = op.size[5]
    b.mode = <int> op.size[6]
    return b


cdef void run_normalization_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, mean, inverse, inp, gamma or NULL, beta or NULL; sizes: as
    `blocks_of`; scalar: epsilon"""
    cdef Blocks_ b = blocks_of(op)
    cdef real_t* mean = <real_t*> op.operand[1]
    cdef real_t* inverse = <real_t*> op.operand[2]
    cdef const real_t* gamma = <const real_t*> op.operand[4]
    cdef const real_t* beta = <const real_t*> op.operand[5]
    cdef dim_t begin, end, i, k, at
    share(step.rows * b.blocks, 1, step, &begin, &end)
    for i in range(begin, end):
        for k in range(b.across):
            at = i * b.height * b.row + k * b.width
            block_statistics(
                mean + i * b.across + k, inverse + i * b.across + k,
                <const real_t*> op.operand[3] + at, b.height, b.width, b.row, b.mode,
                <real_t> op.scalar[0])
            block_forward(
                <real_t*> op.operand[0] + at, <const real_t*> op.operand[3] + at,
                gamma if gamma == NULL else gamma + k * b.width,
                beta if beta == NULL else beta + k * b.width,
                mean[i * b.across + k] if b.mode == STANDARD else 0,
                inverse[i * b.across + k], b.height, b.width, b.row, b.row_gamma)


cdef void add_block_gradients(
    const Op* op, Blocks_ b, real_t* part, dim_t rows, dim_t i
) noexcept nogil:
    """adds what the blocks `i` of a part say about gamma and beta; `rows` of gamma"""
    cdef const real_t* mean = <const real_t*> op.operand[4]
    cdef const real_t* inverse = <const real_t*> op.operand[5]
    cdef dim_t k, r, at
    for k in range(b.across):
        for r in range(b.height):
            at = (i * b.height + r) * b.row + k * b.width
            add_row_gradients(
                part + r * b.row_gamma + k * b.width,
                part + rows * b.row + r * b.row_gamma + k * b.width,
                <const real_t*> op.operand[2] + at, <const real_t*> op.operand[3] + at,
                mean[i * b.across + k] if b.mode == STANDARD else 0,
                inverse[i * b.across + k], b.width)


cdef void run_normalization_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp or NULL, parts (CHUNKS * 2 of the size of gamma) or NULL, dout,
    inp, mean, inverse, gamma or NULL; sizes: as `blocks_of`; scalar: epsilon"""
    cdef Blocks_ b = blocks_of(op)
    cdef real_t* part
    cdef const real_t* gamma = <const real_t*> op.operand[6]
    cdef dim_t n = step.rows * b.blocks, chunk = chunk_of(n, LEAST_BLOCKS)
    cdef dim_t rows = b.height if b.row_gamma else 1, begin, end, c, i, k, at
    share((n + chunk - 1) // chunk, 1, step, &begin, &end)
    for c in range(begin, end):
        part = <real_t*> op.operand[1]
        if part != NULL:
            part += c * 2 * rows * b.row
            memset(part, 0, 2 * rows * b.row * sizeof(real_t))
        for i in range(c * chunk, min(n, (c + 1) * chunk)):
            if part != NULL:
                add_block_gradients[real_t](op, b, part, rows, i)
            for k in range(b.across if op.operand[0] != NULL else 0):
                at = i * b.height * b.row + k * b.width
                block_backward(
                    <real_t*> op.operand[0] + at, <const real_t*> op.operand[2] + at,
                    <const real_t*> op.operand[3] + at,
                    gamma if gamma == NULL else gamma + k * b.width,
                    (<const real_t*> op.operand[4])[i * b.across + k],
                    (<const real_t*> op.operand[5])[i * b.across + k],
                    b.height, b.width, b.row, b.row_gamma, b.mode,
                    <real_t> op.scalar[0])


cdef void run_sum_parts(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """first, second := sums of the parts, in order
    operands: first or NULL, second or NULL, parts; sizes: items of a sample, rows,
    width, row length, arrays in a part"""
    cdef dim_t n = step.rows * op.size[0], row = op.size[3]
    cdef dim_t chunk = chunk_of(n, LEAST_BLOCKS), begin, end, i, j, p, which
    cdef dim_t size = op.size[1] * row
    cdef real_t* out
    cdef const real_t* part
    share(op.size[1], 1, step, &begin, &end)
    for which in range(op.size[4]):
        out = <real_t*> op.operand[which]
        for i in range(begin, end if out != NULL else begin):
            for j in range(op.size[2]):
                out[i * row + j] = 0
            for p in range((n + chunk - 1) // chunk):
                part = <const real_t*> op.operand[2] \
                    + (p * op.size[4] + which) * size + i * row
                for j in range(op.size[2]):
                    out[i * row + j] += part[j]


_add_operation("normalization_forward", <run_t> run_normalization_forward[float],
               <run_t> run_normalization_forward[double])
_add_operation("normalization_backward", <run_t> run_normalization_backward[float],
               <run_t> run_normalization_backward[double])
_add_operation("sum_parts", <run_t> run_sum_parts[float],
               <run_t> run_sum_parts[double])
