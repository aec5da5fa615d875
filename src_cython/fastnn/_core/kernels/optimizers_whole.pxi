"""Update rules that look at a weight as a whole: Adafactor and Lamb. One thread updates
one weight; sums are in float64."""


cdef void adafactor_means(
    real_t* row_mean,      # INOUT (rows,)
    real_t* column_mean,   # INOUT (columns,)
    const real_t* grad,    # IN    (rows, columns) rows of length `row`
    double keep, double epsilon, dim_t rows, dim_t columns, dim_t row,
) noexcept nogil:
    """both := keep * both + (1 - keep) * mean of grad^2 + epsilon along the other axis
    """
    cdef double[LANES] lanes
    cdef double size
    cdef real_t kept = <real_t> keep, share = <real_t> ((1 - keep) / rows)
    cdef real_t tiny = <real_t> epsilon
    cdef dim_t i, j
    for j in range(columns):
        column_mean[j] *= kept
    for i in range(rows):
        for j in range(LANES):
            lanes[j] = 0
        for j in range(columns):
            size = <double> grad[j] * <double> grad[j] + epsilon
            lanes[j % LANES] += size
        for j in range(columns):
            column_mean[j] += share * (grad[j] * grad[j] + tiny)
        for j in range(1, LANES):
            lanes[0] += lanes[j]
        row_mean[i] = <real_t> (keep * row_mean[i] + (1 - keep) * lanes[0] / columns)
        grad += row


cdef double adafactor_velocity(
    real_t* velocity,           # OUT (rows, columns) rows of length `row`
    const real_t* row_mean,     # IN  (rows,)
    const real_t* column_mean,  # IN  (columns,)
    const real_t* grad,         # IN  (rows, columns)
    dim_t rows, dim_t columns, dim_t row,
) noexcept nogil:
    """velocity := row_mean / mean(row_mean) * column_mean
    returns the sum of grad^2 / velocity"""
    cdef double mean = 0, total = 0
    cdef real_t share
    cdef dim_t i, j
    for i in range(rows):
        mean += row_mean[i]
    mean /= rows
    for i in range(rows):
        share = <real_t> (row_mean[i] / mean)
        for j in range(columns):
            velocity[j] = share * column_mean[j]
        total += sum_of_quotients(grad, velocity, columns)
        velocity += row
        grad += row
    return total


cdef double sum_of_quotients(
    const real_t* grad, const real_t* velocity, dim_t n
) noexcept nogil:
    """sum of grad^2 / velocity"""
    cdef double[LANES] lanes
    cdef dim_t i, lane
    for lane in range(LANES):
        lanes[lane] = 0
    for i in range(n // LANES):
        for lane in range(LANES):
            lanes[lane] += <double> grad[lane] * <double> grad[lane] \
                / <double> velocity[lane]
        grad += LANES
        velocity += LANES
    for lane in range(n % LANES):
        lanes[lane] += <double> grad[lane] * <double> grad[lane] \
            / <double> velocity[lane]
    for lane in range(1, LANES):
        lanes[0] += lanes[lane]
    return lanes[0]


cdef void adafactor_update(
    real_t* weight,        # INOUT (matrices, rows, columns) rows of length `row`
    real_t* velocity,      # OUT   likewise
    real_t* row_mean,      # INOUT (matrices, rows) rows of length row_means, or NULL:
                           #       one row is all that there is
    real_t* column_mean,   # INOUT (matrices, columns) rows of length `row`
    const real_t* grad,    # IN    like weight
    double learning_rate, double beta_2_decay, double epsilon_1, double epsilon_2,
    double clip_threshold, long long step,
    dim_t matrices, dim_t rows, dim_t columns, dim_t row, dim_t row_means,
) noexcept nogil:
    """velocity: a running mean of grad^2 + epsilon_1 with the share 1 - step^decay,
        or for matrices the product of those of its rows and of its columns
    change := grad / sqrt(velocity)
    weight -= max(epsilon_2, rms(weight)) * min(learning_rate, 1 / sqrt(step))
        * change / max(1, rms(change) / clip_threshold)

    Shazeer, Stern: Adafactor: adaptive learning rates with sublinear memory cost
    (2018)."""
    cdef double keep = 1 - pow(step, beta_2_decay), squares = 0, total = 0, size, spread
    cdef double n = <double> matrices * rows * columns
    cdef dim_t at, i, j, area = rows * row
    cdef real_t rate, kept = <real_t> keep, rest = <real_t> (1 - keep)
    cdef real_t tiny = <real_t> epsilon_1
    if n == 0:
        return
    for i in range(matrices * rows):
        squares += sum_of_squares(weight + i * row, columns)
    for i in range(matrices):
        at = i * area
        if row_mean == NULL:
            for j in range(columns):
                velocity[j] = kept * velocity[j] + rest * (grad[j] * grad[j] + tiny)
            total = sum_of_quotients(grad, velocity, columns)
            break
        adafactor_means(row_mean + i * row_means, column_mean + i * row, grad + at,
                        keep, epsilon_1, rows, columns, row)
        total += adafactor_velocity(velocity + at, row_mean + i * row_means,
                                    column_mean + i * row, grad + at, rows, columns,
                                    row)
    size = sqrt(squares / n)
    spread = sqrt(total / n) / clip_threshold
    # NaN is not above what it is compared with, and must not be lost
    size = epsilon_2 if size < epsilon_2 else size
    spread = 1 if spread < 1 else spread
    if learning_rate > 1 / sqrt(<double> step):
        learning_rate = 1 / sqrt(<double> step)
    rate = <real_t> (size * learning_rate / spread)
    for i in range(matrices * rows):
        at = i * row
        for j in range(columns):
            weight[at + j] -= rate * grad[at + j] / sqrt_(velocity[at + j])


cdef void lamb_update(
    real_t* weight,        # INOUT (n,)
    real_t* momentum,      # INOUT (n,)
    real_t* velocity,      # INOUT (n,)
    const real_t* grad,    # IN    (n,)
    double learning_rate, double beta_1, double beta_2, double epsilon_,
    long long step, dim_t n,
) noexcept nogil:
    """momentum += (1 - beta_1) * (grad - momentum)
    velocity += (1 - beta_2) * (grad^2 - velocity)
    change := momentum / (1 - beta_1^step)
        / (sqrt(velocity / (1 - beta_2^step)) + epsilon)
    weight -= learning_rate * |weight| / |change| * change, without the ratio where one
        of the norms is 0

    You et al.: Large batch optimization for deep learning (2019)."""
    cdef dim_t i, block, end
    cdef real_t rest_1 = <real_t> (1 - beta_1), rest_2 = <real_t> (1 - beta_2)
    cdef real_t unbiased_1 = <real_t> (1 / (1 - pow(beta_1, step)))
    cdef real_t unbiased_2 = <real_t> (1 / (1 - pow(beta_2, step)))
    cdef real_t epsilon = <real_t> epsilon_, rate
    cdef real_t change[256]
    cdef double own = 0, its = 0
    for block from 0 <= block < n by 256:
        end = min(<dim_t> 256, n - block)
        for i in range(block, block + end):
            momentum[i] = fma_(rest_1, grad[i] - momentum[i], momentum[i])
            velocity[i] = fma_(rest_2, grad[i] * grad[i] - velocity[i], velocity[i])
            change[i - block] = unbiased_1 * momentum[i] \
                / (sqrt_(velocity[i] * unbiased_2) + epsilon)
        own += sum_of_squares(weight + block, end)
        its += sum_of_squares(change, end)
    if own > 0 and its > 0:
        learning_rate *= sqrt(own) / sqrt(its)
    rate = <real_t> learning_rate
    for i in range(n):
        weight[i] -= rate * (unbiased_1 * momentum[i]
                             / (sqrt_(velocity[i] * unbiased_2) + epsilon))


# ---- operations -----------------------------------------------------------------

cdef void run_adafactor_update(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: weight, velocity, row_mean | NULL, column_mean | NULL, grad, hyper,
    clock; sizes: matrices, rows, columns, row lengths of weight and row_mean"""
    cdef const double* hyper = <const double*> op.operand[5]
    if step.thread:
        return
    adafactor_update(
        <real_t*> op.operand[0], <real_t*> op.operand[1], <real_t*> op.operand[2],
        <real_t*> op.operand[3], <const real_t*> op.operand[4],
        hyper[0], hyper[1], hyper[2], hyper[3], hyper[4], update_number(op, 6),
        op.size[0], op.size[1], op.size[2], op.size[3], op.size[4])


cdef void run_lamb_update(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """size: elements of one weight with its padding"""
    cdef const double* hyper = <const double*> op.operand[4]
    if step.thread:
        return
    lamb_update(
        <real_t*> op.operand[0], <real_t*> op.operand[1], <real_t*> op.operand[2],
        <const real_t*> op.operand[3], hyper[0], hyper[1], hyper[2], hyper[3],
        update_number(op, 5), op.size[0])


_add_operation("adafactor_update", <run_t> run_adafactor_update[float],
               <run_t> run_adafactor_update[double])
_add_operation("lamb_update", <run_t> run_lamb_update[float],
               <run_t> run_lamb_update[double])
