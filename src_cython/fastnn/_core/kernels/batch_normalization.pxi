"""Batch normalization: what the rows of a batch have in common, column by column.

A sum over rows is made of parts, one for each chunk of rows, added up in order. The
chunks depend on the number of rows alone, and each column of a chunk is summed by one
thread: results do not depend on the number of threads.
"""

cdef enum:
    CHUNKS = 32       # the most parts that a sum over rows is made of
    LEAST_ROWS = 64   # rows of a chunk, at least: a part costs about as much as 2 rows
    BLOCK_OF_ROWS = 32    # rows that are still in the cache when they are read again
    STRIP = 512        # columns that are summed at one time


cdef inline dim_t chunk_of(dim_t rows, dim_t least) noexcept nogil:
    """rows of a chunk, whole groups of four"""
    return max(least, ((rows + CHUNKS - 1) // CHUNKS + 3) // 4 * 4)


# Four rows at a time: the sums are loaded and stored once for all of them.

cdef inline void column_sums(
    real_t* sums,           # OUT (n,)
    const real_t* inp,      # IN  (rows, n) rows of length row
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """sums := sum of inp over the rows"""
    cdef dim_t i, j
    cdef const real_t* x
    for j in range(n):
        sums[j] = 0
    for i from 0 <= i < rows - rows % 4 by 4:
        x = inp + i * row
        for j in range(n):
            sums[j] += (x[j] + x[j + row]) + (x[j + 2 * row] + x[j + 3 * row])
    for i in range(rows - rows % 4, rows):
        for j in range(n):
            sums[j] += inp[i * row + j]


cdef inline void column_squares(
    real_t* squares,        # OUT (n,)
    const real_t* inp,      # IN  (rows, n) rows of length row
    const real_t* mean,     # IN  (n,)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """squares := sum of (inp - mean)^2 over the rows"""
    cdef dim_t i, j
    cdef const real_t* x
    cdef real_t a, b, c, d
    for j in range(n):
        squares[j] = 0
    for i from 0 <= i < rows - rows % 4 by 4:
        x = inp + i * row
        for j in range(n):
            a = x[j] - mean[j]
            b = x[j + row] - mean[j]
            c = x[j + 2 * row] - mean[j]
            d = x[j + 3 * row] - mean[j]
            squares[j] += fma_(a, a, b * b) + fma_(c, c, d * d)
    for i in range(rows - rows % 4, rows):
        for j in range(n):
            a = inp[i * row + j] - mean[j]
            squares[j] = fma_(a, a, squares[j])


cdef inline void merge_moments(
    real_t* mean,               # OUT (n,) of `before` rows, then of all
    real_t* squares,            # OUT (n,)
    const real_t* new_mean,     # IN  (n,) of `more` rows
    const real_t* new_squares,  # IN  (n,)
    dim_t before, dim_t more, dim_t n,
) noexcept nogil:
    """mean and squared deviations of the rows of two sets together

    Chan, Golub and LeVeque, Algorithms for computing the sample variance, 1983."""
    cdef real_t share_of_new = <real_t> more / <real_t> (before + more)
    cdef real_t weight = share_of_new * <real_t> before, delta
    cdef dim_t j
    for j in range(n):
        delta = new_mean[j] - mean[j]
        mean[j] = fma_(delta, share_of_new, mean[j])
        squares[j] = fma_(delta * delta, weight, squares[j] + new_squares[j])


cdef void chunk_moments(
    real_t* mean,           # OUT (n,), n <= STRIP
    real_t* squares,        # OUT (n,) sums of squared deviations from it
    const real_t* inp,      # IN  (rows, n) rows of length row
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """mean := mean of inp over the rows; squares := sum of (inp - mean)^2"""
    cdef real_t block_mean[STRIP]
    cdef real_t block_squares[STRIP]
    cdef dim_t first, count, j
    for first from 0 <= first < rows by BLOCK_OF_ROWS:
        count = min(<dim_t> BLOCK_OF_ROWS, rows - first)
        column_sums(block_mean, inp + first * row, count, n, row)
        for j in range(n):
            block_mean[j] = block_mean[j] / count
        column_squares(block_squares, inp + first * row, block_mean, count, n, row)
        if first == 0:
            memcpy(mean, block_mean, n * sizeof(real_t))
            memcpy(squares, block_squares, n * sizeof(real_t))
        else:
            merge_moments(mean, squares, block_mean, block_squares, first, count, n)


cdef void masked_moments(
    real_t* mean,           # OUT (n,)
    real_t* squares,        # OUT (n,)
    const real_t* inp,      # IN  (rows, n) rows of length row
    const real_t* mask,     # IN  (rows,)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """the same of the rows whose mask is not 0; 0 if there is none"""
    cdef dim_t i, j, count = 0
    for j in range(n):
        mean[j] = 0
        squares[j] = 0
    for i in range(rows):
        if mask[i] != 0:
            count += 1
            for j in range(n):
                mean[j] += inp[i * row + j]
    for j in range(n if count else 0):
        mean[j] = mean[j] / count
    for i in range(rows):
        if mask[i] != 0:
            for j in range(n):
                squares[j] += (inp[i * row + j] - mean[j]) \
                    * (inp[i * row + j] - mean[j])


cdef inline dim_t count_of(const real_t* mask, dim_t rows) noexcept nogil:
    """how many rows count"""
    cdef dim_t i, count = 0
    if mask == NULL:
        return rows
    for i in range(rows):
        count += mask[i] != 0
    return count


cdef inline double weight_of(dim_t count, bint masked, double epsilon) noexcept nogil:
    """what sums are divided by: a little more than the count where there is a mask, so
    that no row at all has mean 0"""
    return count + epsilon if masked else count


cdef void chunk_gradients(
    real_t* dout_sum,       # OUT (n,), n <= STRIP
    real_t* product_sum,    # OUT (n,)
    const real_t* dout,     # IN  (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    const real_t* mean,     # IN  (n,)
    dim_t rows, dim_t n, dim_t row,
) noexcept nogil:
    """dout_sum, product_sum := sums of dout and of dout * (inp - mean) over the rows"""
    # in memory of its own, which the compiler knows is not dout's or inp's
    cdef real_t plain[STRIP]
    cdef real_t products[STRIP]
    cdef real_t middle[STRIP]
    cdef dim_t i, j
    cdef const real_t* x
    cdef const real_t* d
    for j in range(n):
        plain[j] = 0
        products[j] = 0
        middle[j] = mean[j]
    for i from 0 <= i < rows - rows % 4 by 4:
        x = inp + i * row
        d = dout + i * row
        for j in range(n):
            plain[j] += (d[j] + d[j + row]) + (d[j + 2 * row] + d[j + 3 * row])
            products[j] += fma_(
                d[j], x[j] - middle[j], d[j + row] * (x[j + row] - middle[j])
            ) + fma_(
                d[j + 2 * row], x[j + 2 * row] - middle[j],
                d[j + 3 * row] * (x[j + 3 * row] - middle[j])
            )
    for i in range(rows - rows % 4, rows):
        for j in range(n):
            plain[j] += dout[i * row + j]
            products[j] = fma_(dout[i * row + j], inp[i * row + j] - middle[j],
                               products[j])
    memcpy(dout_sum, plain, n * sizeof(real_t))
    memcpy(product_sum, products, n * sizeof(real_t))


cdef void batch_normalization_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* inp,      # IN  (rows, n)
    const real_t* mean,     # IN  (n,)
    const real_t* scale,    # IN  (n,)
    const real_t* slope,    # IN  (n,)
    const real_t* shift,    # IN  (n,)
    const real_t* mask,     # IN  (rows,) or NULL
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout * scale + (inp - mean) * slope + shift, the last two only in rows
    that the mean was made of"""
    cdef dim_t i, j
    for i in range(begin, end):
        if mask != NULL and mask[i] == 0:
            for j in range(n):
                dinp[i * row + j] = dout[i * row + j] * scale[j]
            continue
        for j in range(n):
            dinp[i * row + j] = fma_(
                dout[i * row + j], scale[j],
                fma_(inp[i * row + j] - mean[j], slope[j], shift[j]))


# ---- operations -----------------------------------------------------------------

cdef void run_batch_moments(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: parts (CHUNKS * 2 rows: mean, squares), inp, mask or NULL
    sizes: rows per sample, width, row length"""
    cdef dim_t rows = step.rows * op.size[0], n = op.size[1], row = op.size[2]
    cdef dim_t chunk = chunk_of(rows, LEAST_ROWS), strips = (n + STRIP - 1) // STRIP
    cdef dim_t begin, end, item, first, column, width
    cdef real_t* mean
    cdef const real_t* inp
    cdef const real_t* mask = <const real_t*> op.operand[2]
    share((rows + chunk - 1) // chunk * strips, 1, step, &begin, &end)
    for item in range(begin, end):
        first = item // strips * chunk
        column = item % strips * STRIP
        width = min(<dim_t> STRIP, n - column)
        mean = <real_t*> op.operand[0] + item // strips * 2 * row + column
        inp = <const real_t*> op.operand[1] + first * row + column
        if mask != NULL:
            masked_moments(mean, mean + row, inp, mask + first,
                           min(chunk, rows - first), width, row)
        else:
            chunk_moments(mean, mean + row, inp, min(chunk, rows - first), width, row)


cdef void run_batch_statistics(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: mean, variance, parts (mean, squares), mask or NULL
    sizes: rows per sample, width, row length; scalar: what is added to the count"""
    cdef dim_t rows = step.rows * op.size[0], row = op.size[2]
    cdef dim_t chunk = chunk_of(rows, LEAST_ROWS), begin, end, j, first, more
    cdef dim_t count = 0
    cdef real_t* mean = <real_t*> op.operand[0]
    cdef real_t* variance = <real_t*> op.operand[1]
    cdef const real_t* part = <const real_t*> op.operand[2]
    cdef const real_t* mask = <const real_t*> op.operand[3]
    cdef real_t weight, ratio, shift
    share(op.size[1], LANES, step, &begin, &end)
    for j in range(begin, end):
        mean[j] = 0
        variance[j] = 0
    for first from 0 <= first < rows by chunk:
        more = min(chunk, rows - first)
        if mask != NULL:
            more = count_of(mask + first, more)
        if more:
            merge_moments(mean + begin, variance + begin, part + begin,
                          part + row + begin, count, more, end - begin)
        count += more
        part += 2 * row
    weight = <real_t> weight_of(count, mask != NULL, op.scalar[0])
    ratio = <real_t> count / weight
    for j in range(begin, end):
        shift = mean[j] * (1 - ratio)
        mean[j] = mean[j] * ratio
        variance[j] = (variance[j] + count * shift * shift) / weight


cdef void run_normalization_scale(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: inverse, scale, after, variance, gamma or NULL, beta or NULL,
    correction or NULL (2 rows: r, d); sizes: width, row length; scalar: epsilon

    inverse := 1 / sqrt(variance + epsilon); scale := inverse * gamma * r
    after := beta + gamma * d"""
    cdef real_t* inverse = <real_t*> op.operand[0]
    cdef real_t* scale = <real_t*> op.operand[1]
    cdef real_t* after = <real_t*> op.operand[2]
    cdef const real_t* variance = <const real_t*> op.operand[3]
    cdef const real_t* gamma = <const real_t*> op.operand[4]
    cdef const real_t* beta = <const real_t*> op.operand[5]
    cdef const real_t* r = <const real_t*> op.operand[6]
    cdef real_t epsilon = <real_t> op.scalar[0]
    cdef dim_t begin, end, j
    share(op.size[0], LANES, step, &begin, &end)
    for j in range(begin, end):
        inverse[j] = 1 / sqrt_(variance[j] + epsilon)
        scale[j] = inverse[j]
        after[j] = 0
    if r != NULL:
        for j in range(begin, end):
            scale[j] *= r[j]
            after[j] = r[op.size[1] + j]
    if gamma != NULL:
        for j in range(begin, end):
            scale[j] *= gamma[j]
            after[j] *= gamma[j]
    if beta != NULL:
        for j in range(begin, end):
            after[j] += beta[j]


cdef void run_batch_normalization_sums(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: parts (CHUNKS * 2 rows: of dout, of dout * (inp - mean)), dout, inp,
    mean; sizes: rows per sample, width, row length"""
    cdef dim_t rows = step.rows * op.size[0], n = op.size[1], row = op.size[2]
    cdef dim_t chunk = chunk_of(rows, LEAST_ROWS), strips = (n + STRIP - 1) // STRIP
    cdef dim_t begin, end, item, first, column
    cdef real_t* part
    share((rows + chunk - 1) // chunk * strips, 1, step, &begin, &end)
    for item in range(begin, end):
        first = item // strips * chunk
        column = item % strips * STRIP
        part = <real_t*> op.operand[0] + item // strips * 2 * row + column
        chunk_gradients(part, part + row,
                        <const real_t*> op.operand[1] + first * row + column,
                        <const real_t*> op.operand[2] + first * row + column,
                        <const real_t*> op.operand[3] + column,
                        min(chunk, rows - first), min(<dim_t> STRIP, n - column), row)


cdef void run_batch_normalization_gradients(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dgamma or NULL, dbeta or NULL, slope or NULL, shift or NULL, parts,
    inverse, scale, correction or NULL, mask or NULL
    sizes: rows per sample, width, row length; scalar: what is added to the count

    dbeta := sum of dout
    dgamma := r * sum of dout * (inp - mean) * inverse + d * dbeta
    slope, shift := -scale / rows * (sum of dout * (inp - mean) * inverse^2, of dout)
    """
    cdef dim_t rows = step.rows * op.size[0], row = op.size[2]
    cdef dim_t chunk = chunk_of(rows, LEAST_ROWS), begin, end, j, first
    cdef real_t* dgamma = <real_t*> op.operand[0]
    cdef real_t* dbeta = <real_t*> op.operand[1]
    cdef real_t* slope = <real_t*> op.operand[2]
    cdef real_t* shift = <real_t*> op.operand[3]
    cdef const real_t* part
    cdef const real_t* inverse = <const real_t*> op.operand[5]
    cdef const real_t* scale = <const real_t*> op.operand[6]
    cdef const real_t* r = <const real_t*> op.operand[7]
    cdef const real_t* mask = <const real_t*> op.operand[8]
    cdef real_t total[STRIP]
    cdef real_t product[STRIP]
    cdef real_t weight
    cdef dim_t at, n
    weight = <real_t> weight_of(count_of(mask, rows), mask != NULL, op.scalar[0])
    share(op.size[1], LANES, step, &begin, &end)
    for at from begin <= at < end by STRIP:
        n = min(<dim_t> STRIP, end - at)
        for j in range(n):
            total[j] = 0
            product[j] = 0
        part = <const real_t*> op.operand[4] + at
        for first from 0 <= first < rows by chunk:
            for j in range(n):
                total[j] += part[j]
                product[j] += part[row + j]
            part += 2 * row
        for j in range(n):
            product[j] *= inverse[at + j]
        if dbeta != NULL:
            memcpy(dbeta + at, total, n * sizeof(real_t))
        if dgamma != NULL and r == NULL:
            memcpy(dgamma + at, product, n * sizeof(real_t))
        elif dgamma != NULL:
            for j in range(n):
                dgamma[at + j] = r[at + j] * product[j] + r[row + at + j] * total[j]
        if slope != NULL:
            for j in range(n):
                slope[at + j] = -scale[at + j] * inverse[at + j] * product[j] / weight
                shift[at + j] = -scale[at + j] * total[j] / weight


cdef void run_batch_normalization_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, inp, mean, scale, slope, shift, mask or NULL
    sizes: rows per sample, width, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    batch_normalization_backward(
        <real_t*> op.operand[0], <const real_t*> op.operand[1],
        <const real_t*> op.operand[2], <const real_t*> op.operand[3],
        <const real_t*> op.operand[4], <const real_t*> op.operand[5],
        <const real_t*> op.operand[6], <const real_t*> op.operand[7],
        begin, end, op.size[1], op.size[2])


cdef void run_moving_average(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """average := average * momentum + value * (1 - momentum)
    operands: average, value; size: n; scalar: momentum"""
    cdef real_t* average = <real_t*> op.operand[0]
    cdef const real_t* value = <const real_t*> op.operand[1]
    cdef real_t momentum = <real_t> op.scalar[0]
    cdef real_t rest = <real_t> (1 - op.scalar[0])
    cdef dim_t begin, end, j
    share(op.size[0], LANES, step, &begin, &end)
    for j in range(begin, end):
        average[j] = average[j] * momentum + value[j] * rest


_add_operation("batch_moments", <run_t> run_batch_moments[float],
               <run_t> run_batch_moments[double])
_add_operation("batch_statistics", <run_t> run_batch_statistics[float],
               <run_t> run_batch_statistics[double])
_add_operation("normalization_scale", <run_t> run_normalization_scale[float],
               <run_t> run_normalization_scale[double])
_add_operation("batch_normalization_forward", <run_t> run_affine_forward[float],
               <run_t> run_affine_forward[double])
_add_operation("batch_normalization_sums", <run_t> run_batch_normalization_sums[float],
               <run_t> run_batch_normalization_sums[double])
_add_operation("batch_normalization_gradients",
               <run_t> run_batch_normalization_gradients[float],
               <run_t> run_batch_normalization_gradients[double])
_add_operation("batch_normalization_backward",
               <run_t> run_batch_normalization_backward[float],
               <run_t> run_batch_normalization_backward[double])
_add_operation("moving_average", <run_t> run_moving_average[float],
               <run_t> run_moving_average[double])
