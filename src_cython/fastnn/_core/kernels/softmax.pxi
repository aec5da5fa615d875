"""Softmax and its kin: kernels over the rows of a matrix, each row by itself."""

cdef inline real_t row_max(const real_t* x, dim_t n) noexcept nogil:
    """max of x, NaN passed over (it comes back through exp)"""
    cdef real_t lanes[LANES]
    cdef dim_t j, lane
    if n < LANES:
        lanes[0] = x[0]
        for j in range(1, n):
            lanes[0] = x[j] if x[j] > lanes[0] else lanes[0]
        return lanes[0]
    for lane in range(LANES):
        lanes[lane] = x[lane]
    for j from LANES <= j < n - n % LANES by LANES:
        for lane in range(LANES):
            lanes[lane] = x[j + lane] if x[j + lane] > lanes[lane] else lanes[lane]
    for j in range(n - n % LANES, n):
        lanes[0] = x[j] if x[j] > lanes[0] else lanes[0]
    for lane in range(1, LANES):
        lanes[0] = lanes[lane] if lanes[lane] > lanes[0] else lanes[0]
    return lanes[0]


cdef inline real_t row_sum(const real_t* x, dim_t n) noexcept nogil:
    """sum of x over LANES virtual lanes, then over the lanes: one order everywhere"""
    cdef real_t lanes[LANES]
    cdef dim_t j, lane
    if n < LANES:
        lanes[0] = x[0]
        for j in range(1, n):
            lanes[0] += x[j]
        return lanes[0]
    for lane in range(LANES):
        lanes[lane] = 0
    for j from 0 <= j < n - n % LANES by LANES:
        for lane in range(LANES):
            lanes[lane] += x[j + lane]
    for j in range(n - n % LANES, n):
        lanes[0] += x[j]
    for lane in range(1, LANES):
        lanes[0] += lanes[lane]
    return lanes[0]


cdef inline real_t exp_row(
    real_t* out, const real_t* inp, dim_t n, real_t* largest
) noexcept nogil:
    """out := exp(inp - max(inp)); the sum of out. Runs over whole padded vectors."""
    cdef dim_t j, lane
    cdef dim_t lanes = ALIGNMENT // sizeof(real_t)
    largest[0] = row_max(inp, n)
    for j from 0 <= j < n by lanes:
        for lane in range(ALIGNMENT // sizeof(real_t)):
            out[j + lane] = exp_(inp[j + lane] - largest[0])
    return row_sum(out, n)


cdef inline void scale_row(real_t* x, real_t scale, dim_t n) noexcept nogil:
    """x *= scale, over whole padded vectors"""
    cdef dim_t j, lane
    for j from 0 <= j < n by ALIGNMENT // sizeof(real_t):
        for lane in range(ALIGNMENT // sizeof(real_t)):
            x[j + lane] *= scale


cdef void softmax_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """out := exp(inp) / sum of exp(inp) over each row"""
    cdef dim_t i
    cdef real_t largest, total
    for i in range(rows):
        total = exp_row(out + i * row, inp + i * row, n, &largest)
        scale_row(out + i * row, <real_t> 1 / total, n)


cdef void softmax_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* out,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := out * (dout - sum of dout * out over each row)"""
    cdef dim_t i, j
    cdef real_t dot
    for i in range(rows):
        for j in range(n):
            dinp[i * row + j] = dout[i * row + j] * out[i * row + j]
        dot = row_sum(dinp + i * row, n)
        for j in range(n):
            dinp[i * row + j] -= out[i * row + j] * dot


cdef void log_softmax_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """out := inp - max - log(sum of exp(inp - max) over each row)"""
    cdef dim_t i, j
    cdef real_t largest, rest
    for i in range(rows):
        rest = log_(exp_row(out + i * row, inp + i * row, n, &largest))
        for j in range(n):
            out[i * row + j] = inp[i * row + j] - largest - rest


cdef void log_softmax_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* out,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout - exp(out) * sum of dout over each row"""
    cdef dim_t i, j
    cdef real_t total
    for i in range(rows):
        total = row_sum(dout + i * row, n)
        for j in range(n):
            dinp[i * row + j] = dout[i * row + j] - exp_(out[i * row + j]) * total


cdef inline real_t sum_above(
    const real_t* x, dim_t n, real_t shift, real_t bound, real_t* count
) noexcept nogil:
    """the sum of x - shift where that is above bound; count := how many are"""
    cdef real_t sums[LANES]
    cdef real_t counts[LANES]
    cdef real_t value
    cdef dim_t j, lane
    for lane in range(LANES):
        sums[lane] = 0
        counts[lane] = 0
    for j from 0 <= j < n - n % LANES by LANES:
        for lane in range(LANES):
            value = x[j + lane] - shift
            sums[lane] += value if value > bound else 0
            counts[lane] += 1 if value > bound else 0
    for j in range(n - n % LANES, n):
        value = x[j] - shift
        sums[0] += value if value > bound else 0
        counts[0] += 1 if value > bound else 0
    for lane in range(1, LANES):
        sums[0] += sums[lane]
        counts[0] += counts[lane]
    count[0] = counts[0]
    return sums[0]


cdef inline real_t sparsemax_bound(
    const real_t* x, dim_t n, real_t largest
) noexcept nogil:
    """t with sum of max(x - largest - t, 0) = 1

    From t = -1, below which nothing is kept, t is set to what would be right if just
    the values above it were kept, until as many are kept as before (Michelot, A finite
    algorithm for finding the projection of a point onto the canonical simplex, 1986).
    """
    cdef real_t bound = -1, kept, before = <real_t> n + 1, total
    while True:
        total = sum_above(x, n, largest, bound, &kept)
        if not 0 < kept < before:
            return bound
        bound = (total - 1) / kept
        before = kept


cdef void sparsemax_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """out := max(inp - t, 0), t such that each row sums to 1"""
    cdef dim_t i, j
    cdef real_t largest, bound, value
    for i in range(rows):
        largest = row_max(inp + i * row, n)
        bound = sparsemax_bound(inp + i * row, n, largest)
        for j in range(n):
            value = inp[i * row + j] - largest - bound
            out[i * row + j] = 0 if value < 0 else value


cdef void sparsemax_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* out,      # IN  (rows, n)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout - mean of dout over those of the row with out > 0, there; else 0"""
    cdef dim_t i, j
    cdef real_t kept, mean
    for i in range(rows):
        for j in range(n):
            dinp[i * row + j] = dout[i * row + j] if out[i * row + j] > 0 else 0
        mean = row_sum(dinp + i * row, n)
        sum_above(out + i * row, n, <real_t> 0, <real_t> 0, &kept)
        mean = mean / kept
        for j in range(n):
            dinp[i * row + j] = dinp[i * row + j] - mean if out[i * row + j] > 0 else 0


cdef void glu_forward(
    real_t* out,            # OUT (rows, n) rows of length row_out
    const real_t* inp,      # IN  (rows, 2 n) rows of length row_inp
    dim_t rows, dim_t n, dim_t row_out, dim_t row_inp,
) noexcept nogil:
    """out := a * sigmoid(b), a and b being the halves of each row of inp"""
    cdef dim_t i, j
    cdef const real_t* a
    for i in range(rows):
        a = inp + i * row_inp
        for j in range(n):
            out[i * row_out + j] = a[j] * sigmoid_(a[n + j])


cdef void glu_backward(
    real_t* dinp,           # OUT (rows, 2 n) rows of length row_inp
    const real_t* dout,     # IN  (rows, n) rows of length row_out
    const real_t* inp,      # IN  (rows, 2 n)
    dim_t rows, dim_t n, dim_t row_out, dim_t row_inp,
) noexcept nogil:
    """da := dout * s, db := dout * a * s * (1 - s), s = sigmoid(b)"""
    cdef dim_t i, j
    cdef const real_t* a
    cdef real_t* da
    cdef real_t s
    for i in range(rows):
        a = inp + i * row_inp
        da = dinp + i * row_inp
        for j in range(n):
            s = sigmoid_(a[n + j])
            da[j] = dout[i * row_out + j] * s
            da[n + j] = da[j] * a[j] * (1 - s)


# ---- operations ------------------------------------------------------------------

cdef void run_softmax_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    softmax_forward(<real_t*> op.operand[0] + begin * row,
                    <const real_t*> op.operand[1] + begin * row,
                    end - begin, op.size[1], row)


cdef void run_softmax_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, out; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    softmax_backward(<real_t*> op.operand[0] + begin * row,
                     <const real_t*> op.operand[1] + begin * row,
                     <const real_t*> op.operand[2] + begin * row,
                     end - begin, op.size[1], row)


cdef void run_log_softmax_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    log_softmax_forward(<real_t*> op.operand[0] + begin * row,
                        <const real_t*> op.operand[1] + begin * row,
                        end - begin, op.size[1], row)


cdef void run_log_softmax_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, out; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    log_softmax_backward(<real_t*> op.operand[0] + begin * row,
                         <const real_t*> op.operand[1] + begin * row,
                         <const real_t*> op.operand[2] + begin * row,
                         end - begin, op.size[1], row)


cdef void run_sparsemax_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    sparsemax_forward(<real_t*> op.operand[0] + begin * row,
                      <const real_t*> op.operand[1] + begin * row,
                      end - begin, op.size[1], row)


cdef void run_sparsemax_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, out; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    sparsemax_backward(<real_t*> op.operand[0] + begin * row,
                       <const real_t*> op.operand[1] + begin * row,
                       <const real_t*> op.operand[2] + begin * row,
                       end - begin, op.size[1], row)


cdef void run_glu_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, width of out, row length of out, of
    inp"""
    cdef dim_t begin, end, row_out = op.size[2], row_inp = op.size[3]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    glu_forward(<real_t*> op.operand[0] + begin * row_out,
                <const real_t*> op.operand[1] + begin * row_inp,
                end - begin, op.size[1], row_out, row_inp)


cdef void run_glu_backward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: dinp, dout, inp; sizes: as of the forward"""
    cdef dim_t begin, end, row_out = op.size[2], row_inp = op.size[3]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    glu_backward(<real_t*> op.operand[0] + begin * row_inp,
                 <const real_t*> op.operand[1] + begin * row_out,
                 <const real_t*> op.operand[2] + begin * row_inp,
                 end - begin, op.size[1], row_out, row_inp)


_add_operation("softmax_forward", <run_t> run_softmax_forward[float],
               <run_t> run_softmax_forward[double])
_add_operation("softmax_backward", <run_t> run_softmax_backward[float],
               <run_t> run_softmax_backward[double])
_add_operation("log_softmax_forward", <run_t> run_log_softmax_forward[float],
               <run_t> run_log_softmax_forward[double])
_add_operation("log_softmax_backward", <run_t> run_log_softmax_backward[float],
               <run_t> run_log_softmax_backward[double])
_add_operation("sparsemax_forward", <run_t> run_sparsemax_forward[float],
               <run_t> run_sparsemax_forward[double])
_add_operation("sparsemax_backward", <run_t> run_sparsemax_backward[float],
               <run_t> run_sparsemax_backward[double])
_add_operation("glu_forward", <run_t> run_glu_forward[float],
               <run_t> run_glu_forward[double])
_add_operation("glu_backward", <run_t> run_glu_backward[float],
               <run_t> run_glu_backward[double])
