"""The circle loss: rows of one label are to be near, rows of different labels far.

Sun et al., "Circle loss: a unified perspective of pair similarity optimization", 2020.
With d = max(1 - pred[i] . pred[j], 0), the sum in each logarithm over the rows j that
have the label of row i, without i itself, or another:

    softplus(log(sum of exp(gamma (d^2 - margin^2)))
             + log(sum of exp(gamma (1 + margin - d) (1 - margin - d))))

the first factor of each product being at least 0.
"""

cdef struct Circle:
    double near    # logarithm of the sum over rows of the same label
    double far     # of the others
    double value


cdef inline double pair_term(
    double* slope, double d, bint same, double gamma, double margin
) noexcept nogil:
    """the exponent of a pair; slope := its derivative by d"""
    if same:
        slope[0] = 2 * gamma * d if margin + d > 0 else 0
        return -gamma * (margin + d) * (margin - d) if margin + d > 0 else 0
    slope[0] = 2 * gamma * (d - 1) if 1 + margin - d > 0 else 0
    return gamma * (1 + margin - d) * (1 - margin - d) if 1 + margin - d > 0 else 0


cdef inline Circle circle_of(
    double* distance,       # OUT (rows,) to every row; below 0 for one left out
    const real_t* pred,     # IN  (rows, n) rows of length row
    const int32_t* labels,  # IN  (rows,)
    dim_t i, dim_t rows, const Op* op,
) noexcept nogil:
    """the loss of row i"""
    cdef dim_t j, k, n = op.size[1], row = op.size[2]
    cdef double dot, term, slope, gamma = op.scalar[1], margin = op.scalar[2]
    cdef double[2] largest
    cdef double[2] total
    cdef Circle found
    cdef bint same
    largest[0] = largest[1] = -INFINITY
    total[0] = total[1] = 0
    for j in range(rows):
        distance[j] = -1
        if i == j and op.scalar[3]:
            continue
        dot = 0
        for k in range(n):
            dot += <double> pred[i * row + k] * pred[j * row + k]
        distance[j] = 0 if dot > 1 else 1 - dot
        same = labels[i] == labels[j]
        term = pair_term(&slope, distance[j], same, gamma, margin)
        if not term <= largest[same]:  # NaN comes in, too
            total[same] = 1 + (total[same] * exp_(largest[same] - term)
                               if total[same] != 0 else 0)
            largest[same] = term
        else:
            total[same] += exp_(term - largest[same])
    found.near = largest[1] + log_(total[1])
    found.far = largest[0] + log_(total[0])
    found.value = 0
    if not (total[0] == 0 or total[1] == 0):
        found.value = softplus_(found.near + found.far)
    return found


cdef void run_circle(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: values, dpred | NULL, mask, distances, pred, labels, weight | NULL
    mask := whether a row has a loss: only those count in a mean
    sizes: as those of a loss of rows; scalars: weight of the loss, gamma, margin,
    whether a row is no pair with itself"""
    cdef double* values = <double*> op.operand[0]
    cdef real_t* dpred = <real_t*> op.operand[1]
    cdef real_t* mask = <real_t*> op.operand[2]
    cdef double* distance = <double*> op.operand[3]
    cdef const real_t* pred = <const real_t*> op.operand[4]
    cdef const int32_t* labels = <const int32_t*> op.operand[5]
    cdef const real_t* weight = <const real_t*> op.operand[6]
    cdef dim_t i, j, k, row = op.size[2]
    cdef double scale, slope, term, factor
    cdef bint same
    cdef Circle found
    if step.thread:
        return
    for i in range(step.rows):
        values[i] = circle_of(distance, pred, labels, i, step.rows, op).value
        mask[i] = 0 if values[i] <= 0 else 1
    if dpred == NULL:
        return
    memset(dpred, 0, step.rows * row * sizeof(real_t))
    scale = op.scalar[0] * loss_scale(op, step, weight, mask)
    for i in range(step.rows):
        if mask[i] == 0:
            continue
        found = circle_of(distance, pred, labels, i, step.rows, op)
        factor = -scale * row_factor(weight, mask, i, op) * -expm1_negative(
            -found.value)
        for j in range(step.rows):
            if distance[j] <= 0:  # the derivative of max(1 - dot, 0) is 0, or no pair
                continue
            same = labels[i] == labels[j]
            term = pair_term(&slope, distance[j], same, op.scalar[1], op.scalar[2])
            slope *= factor * exp_(term - (found.near if same else found.far))
            for k in range(op.size[1]):
                dpred[i * row + k] += <real_t> (slope * pred[j * row + k])
                dpred[j * row + k] += <real_t> (slope * pred[i * row + k])


_add_operation("circle", <run_t> run_circle[float], <run_t> run_circle[double])
