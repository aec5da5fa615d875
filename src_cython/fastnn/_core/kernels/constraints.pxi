"""Kernels that put weights back where a constraint wants them, after an update."""


cdef inline real_t norm_factor(
    real_t squares, real_t low, real_t high, real_t rate, real_t epsilon
) noexcept nogil:
    """(rate * clip(norm, low, high) + (1 - rate) * norm) / (epsilon + norm), where
    norm^2 = squares"""
    cdef real_t norm = sqrt_(squares), wanted = norm
    if norm < low:
        wanted = low
    elif norm > high:
        wanted = high
    if rate != 1:  # an infinite norm has no share of itself
        wanted = rate * wanted + (1 - rate) * norm
    return wanted / (epsilon + norm)


cdef void constrain_columns(
    real_t* weight,         # OUT (rows, LANES) of rows of length `row`, in place
    dim_t outer, dim_t gap, dim_t inner, dim_t columns, dim_t row,
    real_t low, real_t high, real_t rate, real_t epsilon,
) noexcept nogil:
    """each column *= norm_factor(sum of its squares), over `outer` runs, `gap` rows
    apart, of `inner` rows"""
    cdef real_t squares[LANES]
    cdef real_t* line
    cdef dim_t i, k, j
    for j in range(columns):
        squares[j] = 0
    for i in range(outer):
        for k in range(inner):
            line = weight + (i * gap + k) * row
            for j in range(columns):
                squares[j] += line[j] * line[j]
    for j in range(columns):
        squares[j] = norm_factor(squares[j], low, high, rate, epsilon)
    for i in range(outer):
        for k in range(inner):
            line = weight + (i * gap + k) * row
            for j in range(columns):
                line[j] *= squares[j]


cdef void constrain_whole(
    real_t* weight,         # OUT (rows, row), in place
    dim_t outer, dim_t gap, dim_t inner, dim_t row,
    real_t low, real_t high, real_t rate, real_t epsilon,
) noexcept nogil:
    """all elements *= norm_factor(sum of all squares), over the same rows"""
    cdef real_t lanes[LANES]
    cdef real_t* line
    cdef dim_t i, k, j, block, lane, half = LANES
    for lane in range(LANES):
        lanes[lane] = 0
    for i in range(outer):
        for k in range(inner):
            line = weight + (i * gap + k) * row
            for block in range((row + LANES - 1) // LANES):
                j = block * LANES
                for lane in range(min(<dim_t> LANES, row - j)):
                    lanes[lane] += line[j + lane] * line[j + lane]
    while half > 1:
        half //= 2
        for lane in range(half):
            lanes[lane] += lanes[lane + half]
    lanes[0] = norm_factor(lanes[0], low, high, rate, epsilon)
    for i in range(outer):
        for k in range(inner):
            line = weight + (i * gap + k) * row
            for j in range(row):
                line[j] *= lanes[0]


cdef void non_negative_constraint(real_t* weight, dim_t n) noexcept nogil:
    """weight := 0 where weight < 0"""
    cdef dim_t i
    for i in range(n):
        weight[i] = 0 if weight[i] < 0 else weight[i]


# ---- operations -----------------------------------------------------------------

cdef void run_norm_constraint(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: weight (a * b * c * d rows); sizes: a, b, c, d, row length, whether the
    sum runs along rows too; scalars: low, high, rate, epsilon. The sums run over b and
    d; each thread takes some of the others."""
    cdef real_t* weight = <real_t*> op.operand[0]
    cdef dim_t b = op.size[1], c = op.size[2], d = op.size[3], row = op.size[4]
    cdef dim_t blocks = 1 if op.size[5] else (row + LANES - 1) // LANES
    cdef dim_t begin, end, item, kept, column
    cdef real_t* first
    share(op.size[0] * c * blocks, 1, step, &begin, &end)
    for item in range(begin, end):
        kept = item // blocks
        column = item % blocks * LANES
        first = weight + (kept // c * b * c + kept % c) * d * row + column
        if op.size[5]:
            constrain_whole(first, b, c * d, d, row, <real_t> op.scalar[0],
                            <real_t> op.scalar[1], <real_t> op.scalar[2],
                            <real_t> op.scalar[3])
        else:
            constrain_columns(first, b, c * d, d, min(<dim_t> LANES, row - column), row,
                              <real_t> op.scalar[0], <real_t> op.scalar[1],
                              <real_t> op.scalar[2], <real_t> op.scalar[3])


cdef void run_non_negative_constraint(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: weight; size: elements"""
    cdef dim_t begin, end
    share(op.size[0], ALIGNMENT, step, &begin, &end)
    non_negative_constraint(<real_t*> op.operand[0] + begin, end - begin)


_add_operation("norm_constraint", <run_t> run_norm_constraint[float],
               <run_t> run_norm_constraint[double])
_add_operation("non_negative_constraint", <run_t> run_non_negative_constraint[float],
               <run_t> run_non_negative_constraint[double])
