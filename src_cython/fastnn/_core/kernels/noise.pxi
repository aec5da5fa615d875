"""Kernels of random noise: dropout and its kin, Gaussian noise.

A random number depends on the key, the step and its place alone: Philox is a function.
"""


cdef extern from "philox.h" nogil:
    # word[4][LANES] := of the counters (column + lane, row, step)
    void fn_philox(uint32_t* word, uint32_t column, uint32_t row, uint64_t step,
                   uint64_t key)


cdef inline int32_t odd(uint32_t word) noexcept nogil:
    """the word's upper 24 bits, spread over the odd numbers between -2^24 and 2^24"""
    return <int32_t> ((word >> 8) * 2 + 1) - 16777216


cdef inline real_t normal_of(real_t place) noexcept nogil:
    """sqrt(2) * erfinv(place / 2^24), standard normal if place is an odd number

    The polynomials in log(1 - x^2) and its root: M. Giles, Approximating the erfinv
    function, GPU Computing Gems 2 (2012), table 5; right to 3e-7 of the result."""
    cdef real_t x = place * <real_t> 5.9604644775390625e-08
    cdef real_t w = -log_((1 - x) * (1 + x))
    cdef real_t c = w - <real_t> 2.5, t = sqrt_(w) - 3, p, q
    p = <real_t> 2.81022636e-08
    p = fma_(p, c, <real_t> 3.43273939e-07)
    p = fma_(p, c, <real_t> -3.5233877e-06)
    p = fma_(p, c, <real_t> -4.39150654e-06)
    p = fma_(p, c, <real_t> 0.00021858087)
    p = fma_(p, c, <real_t> -0.00125372503)
    p = fma_(p, c, <real_t> -0.00417768164)
    p = fma_(p, c, <real_t> 0.246640727)
    p = fma_(p, c, <real_t> 1.50140941)
    q = <real_t> -0.000200214257
    q = fma_(q, t, <real_t> 0.000100950558)
    q = fma_(q, t, <real_t> 0.00134934322)
    q = fma_(q, t, <real_t> -0.00367342844)
    q = fma_(q, t, <real_t> 0.00573950773)
    q = fma_(q, t, <real_t> -0.0076224613)
    q = fma_(q, t, <real_t> 0.00943887047)
    q = fma_(q, t, <real_t> 1.00167406)
    q = fma_(q, t, <real_t> 2.83297682)
    return <real_t> 1.4142135623730951 * ((p if w < 5 else q) * x)


cdef inline uint32_t kept_byte(uint32_t word, int32_t threshold) noexcept nogil:
    """1 if the word's upper 24 bits are the threshold or more, else 0"""
    return <int32_t> (word >> 8) >= threshold


# ---- dropout --------------------------------------------------------------------

cdef void dropout_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    uint8_t* mask,          # OUT (rows, row) 1 where kept
    const real_t* inp,      # IN  (rows, n)
    const int32_t* source,  # IN  (height,) or NULL
    const double* scalar,   # IN  rate, scale, shift, dropped
    bint single, uint64_t key, uint64_t step,
    dim_t begin, dim_t end, dim_t n, dim_t row, dim_t height, dim_t per_sample,
) noexcept nogil:
    """out := inp * scale + shift where uniform >= rate else dropped

    The uniform number of row i, column j is word j % 4 of Philox(key, (j // 4, i,
    step)), its upper 24 bits: it depends on nothing else. With `source`, row i has the
    numbers of row source[i]: of the height rows of a sample, those of the per_sample
    rows of noise; if `single`, all columns have that of the first."""
    cdef uint32_t word[4 * LANES]
    cdef real_t scale = <real_t> scalar[1], shift = <real_t> scalar[2]
    cdef real_t dropped = <real_t> scalar[3]
    cdef int32_t threshold = <int32_t> ceil(scalar[0] * 16777216.0)
    cdef uint32_t kept[LANES]
    cdef dim_t i, j, at, drawn
    for i in range(begin, end):
        drawn = i
        if source != NULL:
            drawn = i // height * per_sample + source[i % height]
        if single:
            fn_philox(word, 0, <uint32_t> drawn, step, key)
            memset(mask + i * row, <int> kept_byte(word[0], threshold), n)
        else:
            for j from 0 <= j < n by 4 * LANES:
                fn_philox(word, <uint32_t> (j // 4), <uint32_t> drawn, step, key)
                # four columns are the bytes of a number, least first
                for at in range(LANES):
                    kept[at] = kept_byte(word[at], threshold) \
                        | kept_byte(word[LANES + at], threshold) << 8 \
                        | kept_byte(word[2 * LANES + at], threshold) << 16 \
                        | kept_byte(word[3 * LANES + at], threshold) << 24
                memcpy(mask + i * row + j, kept, min(n - j, <dim_t> sizeof(kept)))
        for j in range(n):
            out[i * row + j] = (
                inp[i * row + j] * scale + shift if mask[i * row + j] else dropped)


cdef void dropout_backward(
    real_t* dinp,           # OUT (n,)
    const real_t* dout,     # IN  (n,)
    const uint8_t* mask,    # IN  (n,)
    double scale_, dim_t n,
) noexcept nogil:
    """dinp := dout * scale where mask else 0"""
    cdef real_t scale = <real_t> scale_
    cdef dim_t i
    for i in range(n):
        dinp[i] = dout[i] * scale if mask[i] else 0


cdef void run_dropout_forward(const Op* op, const Step* step, real_t* _) noexcept nogil:
    """operands: out, mask, inp, source | NULL; scalars: rate, scale, shift, dropped
    sizes: rows per sample, width, row length, rows of noise per sample, whether there
    is one number for all columns"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    dropout_forward(<real_t*> op.operand[0], <uint8_t*> op.operand[1],
                    <const real_t*> op.operand[2], <const int32_t*> op.operand[3],
                    op.scalar, op.size[4], op.key, <uint64_t> step.iteration,
                    begin, end, op.size[1], op.size[2], op.size[0], op.size[3])


cdef void run_dropout_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, mask
    sizes: rows per sample, width, row length; scalar: scale"""
    cdef dim_t begin, end, row = op.size[2]
    share(step.rows * op.size[0], 1, step, &begin, &end)
    dropout_backward(<real_t*> op.operand[0] + begin * row,
                     <const real_t*> op.operand[1] + begin * row,
                     <const uint8_t*> op.operand[2] + begin * row, op.scalar[0],
                     (end - begin) * row)


_add_operation("dropout_forward", <run_t> run_dropout_forward[float],
               <run_t> run_dropout_forward[double])
_add_operation("dropout_backward", <run_t> run_dropout_backward[float],
               <run_t> run_dropout_backward[double])


# ---- Gaussian noise -------------------------------------------------------------

cdef void gaussian_noise_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    const real_t* inp,      # IN  (rows, n)
    double stddev_, uint64_t key, uint64_t step,
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """out := inp + stddev * normal, of the numbers that dropout_forward compares"""
    cdef uint32_t word[4 * LANES]
    cdef real_t value[4 * LANES]
    cdef real_t stddev = <real_t> stddev_
    cdef dim_t i, j, at
    for i in range(begin, end):
        for j from 0 <= j < n by 4 * LANES:
            fn_philox(word, <uint32_t> (j // 4), <uint32_t> i, step, key)
            for at in range(4 * LANES):
                value[at] = stddev * normal_of(<real_t> odd(word[at]))
            for at in range(j, min(n, j + 4 * LANES)):
                out[i * row + at] = inp[i * row + at] \
                    + value[((at - j) & 3) * LANES + ((at - j) >> 2)]


cdef void gaussian_dropout_forward(
    real_t* out,            # OUT (rows, n) rows of length row
    real_t* noise,          # OUT (rows, n)
    const real_t* inp,      # IN  (rows, n)
    double stddev_, uint64_t key, uint64_t step,
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """noise := 1 + stddev * normal; out := inp * noise"""
    cdef uint32_t word[4 * LANES]
    cdef real_t value[4 * LANES]
    cdef real_t stddev = <real_t> stddev_
    cdef dim_t i, j, at
    for i in range(begin, end):
        for j from 0 <= j < n by 4 * LANES:
            fn_philox(word, <uint32_t> (j // 4), <uint32_t> i, step, key)
            for at in range(4 * LANES):
                value[at] = 1 + stddev * normal_of(<real_t> odd(word[at]))
            for at in range(j, min(n, j + 4 * LANES)):
                noise[i * row + at] = value[((at - j) & 3) * LANES + ((at - j) >> 2)]
        for j in range(n):
            out[i * row + j] = inp[i * row + j] * noise[i * row + j]


cdef void gaussian_dropout_backward(
    real_t* dinp,           # OUT (rows, n) rows of length row
    const real_t* dout,     # IN  (rows, n)
    const real_t* noise,    # IN  (rows, n)
    dim_t begin, dim_t end, dim_t n, dim_t row,
) noexcept nogil:
    """dinp := dout * noise"""
    cdef dim_t i, j
    for i in range(begin, end):
        for j in range(n):
            dinp[i * row + j] = dout[i * row + j] * noise[i * row + j]


cdef void run_gaussian_noise_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, inp; sizes: rows per sample, width, row length; scalar: stddev"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    gaussian_noise_forward(
        <real_t*> op.operand[0], <const real_t*> op.operand[1], op.scalar[0], op.key,
        <uint64_t> step.iteration, begin, end, op.size[1], op.size[2])


cdef void run_gaussian_dropout_forward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: out, noise, inp
    sizes: rows per sample, width, row length; scalar: stddev"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    gaussian_dropout_forward(
        <real_t*> op.operand[0], <real_t*> op.operand[1], <const real_t*> op.operand[2],
        op.scalar[0], op.key, <uint64_t> step.iteration, begin, end, op.size[1],
        op.size[2])


cdef void run_gaussian_dropout_backward(
    const Op* op, const Step* step, real_t* _
) noexcept nogil:
    """operands: dinp, dout, noise; sizes: rows per sample, width, row length"""
    cdef dim_t begin, end
    share(step.rows * op.size[0], 1, step, &begin, &end)
    gaussian_dropout_backward(
        <real_t*> op.operand[0], <const real_t*> op.operand[1],
        <const real_t*> op.operand[2], begin, end, op.size[1], op.size[2])


_add_operation("gaussian_noise_forward", <run_t> run_gaussian_noise_forward[float],
               <run_t> run_gaussian_noise_forward[double])
_add_operation("gaussian_dropout_forward", <run_t> run_gaussian_dropout_forward[float],
               <run_t> run_gaussian_dropout_forward[double])
_add_operation("gaussian_dropout_backward",
               <run_t> run_gaussian_dropout_backward[float],
               <run_t> run_gaussian_dropout_backward[double])
