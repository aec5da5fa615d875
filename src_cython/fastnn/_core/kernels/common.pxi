"""What every kernel family uses: the C math, the split of work over threads, and
the tables of operations."""

import numpy as np

cimport numpy as cnp
from libc.string cimport memcpy, memset

from fastnn._core.types cimport Op, Source, Step, dim_t, real_t, run_t

cnp.import_array()


cdef extern from "vector_math.h" nogil:
    float fn_exp_f32(float x)
    double fn_exp_f64(double x)
    float fn_expm1_negative_f32(float x)
    double fn_expm1_negative_f64(double x)
    float fn_log_f32(float x)
    double fn_log_f64(double x)
    float fn_log1p_f32(float x)
    double fn_log1p_f64(double x)
    float fn_tanh_f32(float x)
    double fn_tanh_f64(double x)
    float fn_sigmoid_f32(float x)
    double fn_sigmoid_f64(double x)
    float fn_softplus_f32(float x)
    double fn_softplus_f64(double x)
    float fn_erf_f32(float x)
    double fn_erf_f64(double x)
    float fn_fma_f32(float a, float b, float c)
    double fn_fma_f64(double a, double b, double c)
    float fn_abs_f32(float x)
    double fn_abs_f64(double x)
    int FN_HAS_FMA

cdef extern from "<math.h>" nogil:
    float INFINITY
    float NAN
    float sqrtf(float x)
    double sqrt(double x)
    double fabs(double x)
    double pow(double x, double y)
    double ceil(double x)


cdef extern from *:
    void fn_prefetch "__builtin_prefetch"(
        const void* address, int write, int locality) nogil


cdef enum:
    LANES = 16        # virtual lanes of a sum across a row: the same on every CPU
    BLOCK_DEPTH = 256  # most terms of a block of a long sum
    ALIGNMENT = 64


# An if statement, not a conditional expression: that would have the type double.

cdef inline real_t exp_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_exp_f32(x)
    else:
        return fn_exp_f64(x)


cdef inline real_t expm1_negative(real_t x) noexcept nogil:
    if real_t is float:
        return fn_expm1_negative_f32(x)
    else:
        return fn_expm1_negative_f64(x)


cdef inline real_t log_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_log_f32(x)
    else:
        return fn_log_f64(x)


cdef inline real_t log1p_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_log1p_f32(x)
    else:
        return fn_log1p_f64(x)


cdef inline real_t tanh_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_tanh_f32(x)
    else:
        return fn_tanh_f64(x)


cdef inline real_t sigmoid_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_sigmoid_f32(x)
    else:
        return fn_sigmoid_f64(x)


cdef inline real_t softplus_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_softplus_f32(x)
    else:
        return fn_softplus_f64(x)


cdef inline real_t erf_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_erf_f32(x)
    else:
        return fn_erf_f64(x)


cdef inline real_t abs_(real_t x) noexcept nogil:
    if real_t is float:
        return fn_abs_f32(x)
    else:
        return fn_abs_f64(x)


cdef inline real_t fma_(real_t a, real_t b, real_t c) noexcept nogil:
    if real_t is float:
        return fn_fma_f32(a, b, c)
    else:
        return fn_fma_f64(a, b, c)


cdef inline real_t sqrt_(real_t x) noexcept nogil:
    if real_t is float:
        return sqrtf(x)
    else:
        return sqrt(x)


cdef inline void share(
    dim_t n, dim_t grain, const Step* step, dim_t* begin, dim_t* end
) noexcept nogil:
    """[begin, end) := this thread's part of n items, in whole grains; the first threads
    have one more if they do not come out even"""
    cdef dim_t grains, rest = step.threads - 1
    begin[0] = 0
    end[0] = n
    if step.threads > 1:
        grains = (n + grain - 1) // grain
        begin[0] = min((grains * step.thread + rest) // step.threads * grain, n)
        end[0] = min((grains * (step.thread + 1) + rest) // step.threads * grain, n)


cdef inline dim_t block_start(dim_t k, dim_t blocks, dim_t block) noexcept nogil:
    """where a block of a sum over k begins; block `blocks` begins at the end"""
    return min((k + LANES - 1) // LANES * block // blocks * LANES, k)


cdef inline dim_t sum_blocks(dim_t k) noexcept nogil:
    """blocks of a sum over k: each is summed from zero, then added to those before"""
    cdef dim_t blocks = 1
    while blocks * BLOCK_DEPTH < k:
        blocks *= 2
    return blocks


cdef inline void share_blocks(
    dim_t k, const Step* step, dim_t* first, dim_t* last, dim_t* begin, dim_t* end
) noexcept nogil:
    """this thread's blocks of a sum over k: [first, last), elements [begin, end)"""
    cdef dim_t blocks = sum_blocks(k)
    first[0] = blocks * step.thread // step.threads
    last[0] = blocks * (step.thread + 1) // step.threads
    begin[0] = block_start(k, blocks, first[0])
    end[0] = block_start(k, blocks, last[0])


cdef inline void stretch(
    const Op* op, const Step* step, dim_t* begin, dim_t* n
) noexcept nogil:
    """this thread's part of size[0] elements, whole grains of size[1] (0: of 1024); if
    that is negative, of rows of so many elements in blocks of rows"""
    cdef dim_t end, first, last, row = -op.size[1]
    if row > 0:
        share_blocks(op.size[0] // row, step, &first, &last, begin, &end)
        begin[0] *= row
        end *= row
    else:
        share(op.size[0], op.size[1] if op.size[1] else 1024, step, begin, &end)
    n[0] = end - begin[0]


cdef inline const real_t* rows_in_place(
    const Source* source, const Step* step, const real_t* like
) noexcept nogil:
    """where the rows of the batch lie one after the other as real_t; NULL if they must
    be gathered"""
    cdef int code = 0 if real_t is float else 1
    if step.order != NULL or source.code != code \
            or source.row_bytes % <dim_t> sizeof(real_t):
        return NULL
    return <const real_t*> (source.data + step.first * source.row_bytes)


cdef inline bint can_list_rows(
    const Source* source, const real_t* like
) noexcept nogil:
    """whether the rows of a source are real_t and aligned, so that a product can read
    each of them where it lies"""
    cdef int code = 0 if real_t is float else 1
    return source.code == code and source.row_bytes % <dim_t> sizeof(real_t) == 0


cdef inline void list_rows(
    const real_t** out,    # OUT (end - begin,)
    const Source* source, const Step* step, dim_t begin, dim_t end,
) noexcept nogil:
    """where rows [begin, end) of the batch lie"""
    cdef dim_t i, row
    for i in range(begin, end):
        row = step.first + i
        if step.order != NULL:
            row = step.order[row]
        out[i - begin] = <const real_t*> (source.data + row * source.row_bytes)


# ---- element-wise functions that an operation carries with it ----------------------

# The settings of an operation, its scalars in float64, go with every call.
ctypedef void (*forward_f32)(
    float*, const float*, const double*, dim_t) noexcept nogil
ctypedef void (*forward_f64)(
    double*, const double*, const double*, dim_t) noexcept nogil
ctypedef void (*backward_f32)(
    float*, const float*, const float*, const double*, dim_t) noexcept nogil
ctypedef void (*backward_f64)(
    double*, const double*, const double*, const double*, dim_t) noexcept nogil


cdef inline void apply_forward(
    void* function, real_t* out, const real_t* inp, const double* scalar, dim_t n
) noexcept nogil:
    if real_t is float:
        (<forward_f32> function)(out, inp, scalar, n)
    else:
        (<forward_f64> function)(out, inp, scalar, n)


cdef inline void apply_backward(
    void* function, real_t* dinp, const real_t* dout, const real_t* kept,
    const double* scalar, dim_t n,
) noexcept nogil:
    """kept: output or input of the function, whichever it reads"""
    if real_t is float:
        (<backward_f32> function)(dinp, dout, kept, scalar, n)
    else:
        (<backward_f64> function)(dinp, dout, kept, scalar, n)


# ---- the tables from names to machine code ---------------------------------------

# {dtype: {name: address}} of operations, and of element-wise functions
# (forward, backward) that an operation can carry with it
_OPERATIONS = {np.dtype(np.float32): {}, np.dtype(np.float64): {}}
_FUNCTIONS = {np.dtype(np.float32): {}, np.dtype(np.float64): {}}


cdef void _add_operation(name, run_t run32, run_t run64):
    _OPERATIONS[np.dtype(np.float32)][name] = <size_t> run32
    _OPERATIONS[np.dtype(np.float64)][name] = <size_t> run64


def operations(dtype):
    """{name: address} of the operations for float32 or float64."""
    return _OPERATIONS[np.dtype(dtype)]


def functions(dtype):
    """{name: (forward address, backward address)} of the element-wise functions
    that the plan can run alone or fuse into a matrix product."""
    return _FUNCTIONS[np.dtype(dtype)]


def run(name, dtype, dim_t rows, operands, sizes, scalars=(), size_t function=0,
        unsigned long long key=0, long long iteration=0, int threads=1):
    """Run one operation on arrays that the caller has checked: each thread's share, one
    after the other."""
    cdef Op op
    cdef Step step
    memset(&op, 0, sizeof(op))
    memset(&step, 0, sizeof(step))
    for i, operand in enumerate(operands):
        if operand is not None:
            op.operand[i] = cnp.PyArray_DATA(<cnp.ndarray> operand)
    for i, size in enumerate(sizes):
        op.size[i] = size
    for i, scalar in enumerate(scalars):
        op.scalar[i] = scalar
    op.function = <void*> function
    op.key = key
    op.run = <run_t> <void*> <size_t> _OPERATIONS[dtype][name]
    step.rows = rows
    step.threads = threads
    step.iteration = iteration
    for step.thread in reversed(range(threads)):
        op.run(&op, &step, NULL)
