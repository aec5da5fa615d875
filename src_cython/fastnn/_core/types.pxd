"""The types that kernels and engine share."""

ctypedef Py_ssize_t dim_t

ctypedef fused real_t:
    float
    double

cdef struct Source:
    # An array of the user's that operations read or write rows of.
    char* data
    dim_t row_bytes
    int item  # bytes of an element
    int code  # position in SOURCE_TYPES

cdef struct Step:
    # What changes from step to step, and the thread that looks.
    dim_t rows                # rows in this batch
    dim_t first               # position of its first row in the order of the epoch
    dim_t total               # rows in the epoch
    const Py_ssize_t* order   # (total,) row numbers, or NULL: row i is i
    long long iteration       # updates made before this one
    const Source* sources
    unsigned long long mode   # floating-point mode of the thread before the run
    int* halt                 # an operation sets it to end the run after itself
    int thread                # which part of the work to do, of `threads`
    int threads
    int worker                # whose scratch memory to use
    bint again                # this thread has just done another part of the operation

ctypedef void (*run_t)(const Op*, const Step*, void*) noexcept nogil

cdef struct Op:
    run_t run
    void* operand[10]         # outputs, then inputs
    dim_t size[10]
    double scalar[6]
    void* function            # element-wise kernel fused into this operation
    unsigned long long key    # stream of random numbers
    const double* guard       # the operation runs only while this is not 0; or NULL
    bint meets                # all threads meet after it
    int pieces                # that threads take in turns; 0: each has its part
