"""Kernels of the layers that prepare features: shifting and scaling, bins, encodings.

Codes, the indices of categories, are int32; one that is no index of a column of the
encoding counts for nothing.
"""


# ---- normalization --------------------------------------------------------------

cdef void normalization_settings(
    real_t* before,             # OUT (n,)
    real_t* scale,              # OUT (n,)
    real_t* after,              # OUT (n,)
    const real_t* mean,         # IN
    const real_t* variance,     # IN
    const int32_t* index,       # IN  (n,) where in mean and variance each element is
    double epsilon, bint invert, dim_t begin, dim_t end,
) noexcept nogil:
    """deviation := max(sqrt(variance), epsilon);
    before, scale, after := mean, 1 / deviation, 0; inverted 0, deviation, mean"""
    cdef dim_t i
    cdef real_t deviation, least = <real_t> epsilon
    for i in range(begin, end):
        deviation = sqrt_(variance[index[i]])
        deviation = least if deviation < least else deviation
        before[i] = 0 if invert else mean[index[i]]
        scale[i] = deviation if invert else <real_t> 1 / deviation
        after[i] = mean[index[i]] if invert else 0


cdef void affine_forward(
    real_t* out,                # OUT (rows, n) rows of length row
    const real_t* inp,          # IN  (rows, n)
    const real_t* before,       # IN  (period, n) rows of length row
    const real_t* scale,        # IN  (period, n)
    const real_t* after,        # IN  (period, n)
    dim_t begin, dim_t end, dim_t n, dim_t row, dim_t period,
) noexcept nogil:
    """out := (inp - before) * scale + after, row i with row i % period of the settings
    """
    cdef dim_t i, j, at
    for i in range(begin, end):
        at = i % period * row
        for j in range(n):
            out[i * row + j] = (inp[i * row + j] - before[at + j]) * scale[at + j] \
                + after[at + j]


cdef void affine_backward(
    real_t* dinp,               # OUT (rows, n) rows of length row
    const real_t* dout,         # IN  (rows, n)
    const real_t* scale,        # IN  (period, n)
    dim_t begin, dim_t end, dim_t n, dim_t row, dim_t period,
) noexcept nogil:
    """dinp := dout * scale"""
    cdef dim_t i, j, at
    for i in range(begin, end):
        at = i % period * row
        for j in range(n):
            dinp[i * row + j] = dout[i * row + j] * scale[at + j]


cdef void run_normalization_settings(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: before, scale, after, mean, variance, index
    sizes: n, whether to invert; scalar: epsilon"""
    cdef dim_t begin, end
    share(op.size[0], LANES, step, &begin, &end)
    normalization_settings(
        <real_t*> op.operand[0], <real_t*> op.operand[1], <real_t*> op.operand[2],
        <const real_t*> op.operand[3], <const real_t*> op.operand[4],
        <const int32_t*> op.operand[5], op.scalar[0], op.size[1], begin, end)


cdef void run_affine_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp, before, scale, after
    sizes: rows per sample, width, row length, period"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    affine_forward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                   <const real_t*> op.operand[2], <const real_t*> op.operand[3],
                   <const real_t*> op.operand[4], begin, end, op.size[1], op.size[2],
                   op.size[3])


cdef void run_affine_backward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: dinp, dout, scale; sizes: rows per sample, width, row length, period"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    affine_backward(<real_t*> op.operand[0], <const real_t*> op.operand[1],
                    <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2],
                    op.size[3])


_add_operation("normalization_settings", <run_t> run_normalization_settings[float],
               <run_t> run_normalization_settings[double])
_add_operation("affine_forward", <run_t> run_affine_forward[float],
               <run_t> run_affine_forward[double])
_add_operation("affine_backward", <run_t> run_affine_backward[float],
               <run_t> run_affine_backward[double])


# ---- categories -----------------------------------------------------------------

cdef void digitize(
    int32_t* out,               # OUT (rows, n) contiguous
    const real_t* inp,          # IN  (rows, n) rows of length row
    const real_t* boundaries,   # IN  (bins - 1,) ascending
    dim_t begin, dim_t end, dim_t n, dim_t row, dim_t n_boundaries,
) noexcept nogil:
    """out := the number of boundaries that are not above inp; all of them for NaN"""
    cdef dim_t i, j, low, high, middle
    for i in range(begin, end):
        for j in range(n):
            low = 0
            high = n_boundaries
            while low < high:
                middle = (low + high) // 2
                if inp[i * row + j] < boundaries[middle]:
                    high = middle
                else:
                    low = middle + 1
            out[i * n + j] = <int32_t> low


cdef void encode_forward(
    real_t* out,                # OUT (rows, depth) rows of length row
    const int32_t* codes,       # IN  (rows, n) contiguous
    const real_t* weight,       # IN  (depth,) or NULL
    bint count, dim_t begin, dim_t end, dim_t n, dim_t depth, dim_t row,
) noexcept nogil:
    """out[i, c] := whether c is among codes[i], or how many times; times weight[c]"""
    cdef dim_t i, j, c
    for i in range(begin, end):
        memset(out + i * row, 0, row * sizeof(real_t))
        for j in range(n):
            c = codes[i * n + j]
            if 0 <= c < depth:
                out[i * row + c] = out[i * row + c] + 1 if count else 1
        if weight != NULL:
            for c in range(depth):
                out[i * row + c] *= weight[c]


cdef void codes_to_values(
    real_t* out,                # OUT (rows, n) rows of length row
    const int32_t* codes,       # IN  (rows, n) contiguous
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """out := codes"""
    cdef dim_t i, j
    for i in range(begin, end):
        for j in range(n):
            out[i * row + j] = <real_t> codes[i * n + j]


cdef void values_to_codes(
    int32_t* codes,             # OUT (rows, n) contiguous
    const real_t* inp,          # IN  (rows, n) rows of length row
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """codes := inp without its fraction; -1 for what no int32 holds"""
    cdef dim_t i, j
    cdef real_t x
    for i in range(begin, end):
        for j in range(n):
            x = inp[i * row + j]
            codes[i * n + j] = <int32_t> x if -2147483648.0 < x < 2147483648.0 else -1


cdef void run_digitize(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, inp, boundaries
    sizes: rows per sample, width, row length of inp, number of boundaries"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    digitize(<int32_t*> op.operand[0], <const real_t*> op.operand[1],
             <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2],
             op.size[3])


cdef void run_encode_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, codes, weight or NULL
    sizes: rows per sample, codes in a row, depth, row length of out, whether to count
    """
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    encode_forward(<real_t*> op.operand[0], <const int32_t*> op.operand[1],
                   <const real_t*> op.operand[2], op.size[4], begin, end, op.size[1],
                   op.size[2], op.size[3])


cdef void run_codes_to_values(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, codes; sizes: rows per sample, width, row length of out"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    codes_to_values(<real_t*> op.operand[0], <const int32_t*> op.operand[1], begin,
                    end, op.size[1], op.size[2])


cdef void run_values_to_codes(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: codes, inp; sizes: rows per sample, width, row length of inp"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    values_to_codes(<int32_t*> op.operand[0], <const real_t*> op.operand[1], begin, end,
                    op.size[1], op.size[2])


_add_operation("digitize", <run_t> run_digitize[float], <run_t> run_digitize[double])
_add_operation("encode_forward", <run_t> run_encode_forward[float],
               <run_t> run_encode_forward[double])
_add_operation("codes_to_values", <run_t> run_codes_to_values[float],
               <run_t> run_codes_to_values[double])
_add_operation("values_to_codes", <run_t> run_values_to_codes[float],
               <run_t> run_values_to_codes[double])
