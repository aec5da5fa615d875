"""The engine: a flat list of operations, and the one loop that runs it."""

import numpy as np

cimport numpy as cnp
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastnn._core.types cimport Op, Source, Step, dim_t, run_t

cnp.import_array()


cdef extern from "pool.h" nogil:
    ctypedef struct fn_barrier:
        pass
    ctypedef void (*fn_job)(void* argument, int thread, int threads) noexcept
    int FN_MAX_THREADS
    void fn_barrier_wait(fn_barrier* barrier, int threads)
    int fn_pool_run(fn_job job, void* argument, int threads)
    void fn_pool_setup()
    long long fn_load(const long long* address)
    void fn_store(long long* address, long long value)
    double fn_seconds()

cdef extern from "denormals.h" nogil:
    unsigned long long fn_flush_denormals()
    void fn_set_mode(unsigned long long mode)


fn_pool_setup()

MAX_THREADS = FN_MAX_THREADS

# What a Source may hold; the position is its code.
SOURCE_TYPES = ("float32", "float64", "uint8", "int32", "int64")

cdef int[5] TYPE_NUMBERS
TYPE_NUMBERS[:] = [
    cnp.NPY_FLOAT32, cnp.NPY_FLOAT64, cnp.NPY_UINT8, cnp.NPY_INT32, cnp.NPY_INT64
]

cdef enum:
    SOURCES = 4


cdef struct Job:
    # One run: what all threads share.
    const Op* ops
    int n_ops
    int start_op             # where the first step begins
    dim_t batch
    dim_t first              # first step
    dim_t steps
    Step step                # the part of each thread's Step that never changes
    fn_barrier barrier
    long long stop_at        # number of the operation that halted, -1 while none has
    dim_t done               # OUT whole steps finished
    int op                   # OUT operation that halted


cdef void walk(void* argument, int thread, int threads) noexcept nogil:
    """Run the steps, with denormal numbers taken for zero."""
    cdef Step step = (<Job*> argument).step
    step.thread = thread
    step.threads = threads
    step.mode = fn_flush_denormals()
    walk_steps(<Job*> argument, step)
    fn_set_mode(step.mode)


cdef void walk_steps(Job* job, Step step) noexcept nogil:
    """Run the operations of each step in order; all threads meet after each."""
    cdef dim_t s
    cdef int i, i0 = job.start_op
    cdef long long number = 0
    for s in range(job.first, job.first + job.steps):
        step.first = s * job.batch
        step.rows = min(job.batch, step.total - step.first)
        for i in range(i0, job.n_ops):
            job.ops[i].run(&job.ops[i], &step, NULL)
            number += 1
            if step.thread == 0 and step.halt[0]:
                fn_store(&job.stop_at, number)
            if step.threads > 1:
                fn_barrier_wait(&job.barrier, step.threads)
            if fn_load(&job.stop_at) == number:
                if step.thread == 0:
                    job.op = i
                    job.done = s - job.first
                return
        i0 = 0
        step.iteration += 1
    if step.thread == 0:
        job.done = job.steps


cdef void run_python(const Op* op, const Step* step, void* _) noexcept nogil:
    """The one operation that takes the GIL: call a Python function with the number of
    rows and of the step."""
    if step.thread == 0:
        fn_set_mode(step.mode)
        with gil:
            (<Program> op.operand[0]).call(<int> op.size[0], step)
        fn_flush_denormals()


def python_operation():
    """Address of the operation that calls Python."""
    return <size_t> run_python


cdef class Program:
    """A list of operations bound to memory, ready to run.

    Args:
        specs: a tuple for each operation: (address, operand addresses, sizes,
            scalars, function address, key). A spec whose address is
            `python_operation()` has a callable in place of its operands.
        capacity: rows that the bound memory has room for.
        keep: whatever owns the memory.
    """

    cdef Op* ops
    cdef int n_ops
    cdef Source[SOURCES] sources
    cdef list held            # arrays behind the sources
    cdef list callables
    cdef object keep
    cdef object error
    cdef int halt
    cdef bint running
    cdef readonly dim_t capacity

    def __cinit__(self, list specs, dim_t capacity, keep):
        cdef int i, j
        self.held = [None] * SOURCES
        self.callables = []
        self.keep = keep
        self.capacity = capacity
        self.n_ops = len(specs)
        self.ops = <Op*> calloc(max(self.n_ops, 1), sizeof(Op))
        if self.ops == NULL:
            raise MemoryError
        for i, (address, operands, sizes, scalars, function, key) in enumerate(specs):
            self.ops[i].run = <run_t> <void*> <size_t> address
            if callable(operands):
                self.ops[i].operand[0] = <void*> self
                self.ops[i].size[0] = len(self.callables)
                self.callables.append(operands)
                continue
            if len(operands) > 10 or len(sizes) > 8 or len(scalars) > 4:
                raise ValueError(f"operation {i} has too many operands")
            for j in range(len(operands)):
                self.ops[i].operand[j] = <void*> <size_t> operands[j]
            for j in range(len(sizes)):
                self.ops[i].size[j] = sizes[j]
            for j in range(len(scalars)):
                self.ops[i].scalar[j] = scalars[j]
            self.ops[i].function = <void*> <size_t> function
            self.ops[i].key = key

    def __dealloc__(self):
        free(self.ops)

    cdef void call(self, int index, const Step* step) noexcept:
        try:
            self.callables[index](step.rows, step.iteration)
        except BaseException as error:
            self.error = error
            step.halt[0] = 1

    cdef int set_source(self, int slot, cnp.ndarray array) except -1:
        """Read (or write) rows of `array` through a slot; 0 if its type or layout is
        none that the operations know, 1 if all is well."""
        cdef int code, axis
        cdef cnp.npy_intp inner = cnp.PyArray_ITEMSIZE(array)
        for code in range(5):
            if TYPE_NUMBERS[code] == cnp.PyArray_TYPE(array):
                break
        else:
            return 0
        if cnp.PyArray_NDIM(array) < 1 or not cnp.PyArray_ISALIGNED(array) \
                or not cnp.PyArray_ISNOTSWAPPED(array):
            return 0
        for axis in range(cnp.PyArray_NDIM(array) - 1, 0, -1):
            if cnp.PyArray_STRIDE(array, axis) != inner \
                    and cnp.PyArray_DIM(array, axis) > 1:
                return 0
            inner *= cnp.PyArray_DIM(array, axis)
        self.sources[slot].data = <char*> cnp.PyArray_DATA(array)
        self.sources[slot].row_bytes = cnp.PyArray_STRIDE(array, 0)
        self.sources[slot].item = cnp.PyArray_ITEMSIZE(array)
        self.sources[slot].code = code
        self.held[slot] = array
        return 1

    def bind(self, *arrays):
        """Set the arrays that the operations gather rows from; None leaves a slot."""
        for slot, array in enumerate(arrays):
            if array is not None and not self.set_source(slot, array):
                raise TypeError(f"source {slot}: cannot read {array.dtype} rows")

    def release(self):
        """Let go of the arrays set by `bind`."""
        self.held = [None] * SOURCES

    def run(self, dim_t total, dim_t batch, dim_t first, dim_t steps, *, order=None,
            long long iteration=0, int threads=1, int start_op=0):
        """Run `steps` steps from step number `first` without the GIL.

        Args:
            total: rows in the epoch; the last batch may have fewer than `batch`.
            order: (total,) intp row numbers, or None for the order they stand in.
            iteration: updates made before the first of these steps.
            start_op: operation to begin the first step with, to go on after a halt.

        Returns:
            (whole steps done, operation that halted or -1). An exception raised by
            Python code in an operation is raised again here.
        """
        cdef Job job
        cdef cnp.ndarray numbers
        memset(&job, 0, sizeof(job))
        if not 0 < batch <= self.capacity or first < 0 or steps < 0 \
                or (first + steps - 1) * batch >= total and steps:
            raise ValueError("the steps are not within the epoch")
        if order is not None:
            numbers = order
            if cnp.PyArray_TYPE(numbers) != cnp.NPY_INTP \
                    or not cnp.PyArray_IS_C_CONTIGUOUS(numbers) \
                    or cnp.PyArray_SIZE(numbers) != total:
                raise ValueError("order: expected (total,) contiguous intp")
            job.step.order = <const Py_ssize_t*> cnp.PyArray_DATA(numbers)
        job.ops = self.ops
        job.n_ops = self.n_ops
        job.start_op = start_op
        job.batch = batch
        job.first = first
        job.steps = steps
        job.step.total = total
        job.step.iteration = iteration
        self.launch(&job, threads)
        return job.done, job.op

    cdef int launch(self, Job* job, int threads) except -1:
        if self.running:
            raise RuntimeError("this program is already running in another thread")
        self.running = True
        self.halt = 0
        job.step.sources = self.sources
        job.step.halt = &self.halt
        job.stop_at = -1
        job.op = -1
        with nogil:
            fn_pool_run(walk, job, threads)
        self.running = False
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return 0

    def profile(self, dim_t rows, int repeats):
        """Seconds that each operation takes on a batch of `rows`, the least of
        `repeats`, on one thread."""
        cdef Step step
        cdef double[::1] best = np.full(self.n_ops, np.inf)
        cdef double start
        cdef int i
        memset(&step, 0, sizeof(step))
        step.rows = step.total = rows
        step.threads = 1
        step.sources = self.sources
        step.halt = &self.halt
        self.halt = 0
        step.mode = fn_flush_denormals()
        for _ in range(repeats):
            for i in range(self.n_ops):
                start = fn_seconds()
                self.ops[i].run(&self.ops[i], &step, NULL)
                best[i] = min(best[i], fn_seconds() - start)
        fn_set_mode(step.mode)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return list(best)


cdef class Predictor:
    """Runs prediction programs on arrays as they come.

    Safe to call from many threads at once: each call takes a program of its own from
    `spare` or has `make()` bind one.

    Args:
        make: makes a new Program; its slot 0 is the input, slot 1 the output.
        feature_shape: of one sample.
        output_shape: of one prediction.
        dtype: of the predictions.
        threads_for: maps a number of rows to a number of threads.
    """

    cdef object make
    cdef object threads_for
    cdef list spare
    cdef int n_features
    cdef int n_outputs
    cdef cnp.npy_intp[8] feature_shape
    cdef cnp.npy_intp[8] output_shape
    cdef int type_number
    cdef dim_t small          # rows that one thread always takes alone

    def __cinit__(self, make, tuple feature_shape, tuple output_shape, dtype,
                  threads_for, dim_t small):
        cdef int i
        self.make = make
        self.threads_for = threads_for
        self.small = small
        self.spare = []
        if len(feature_shape) > 7 or len(output_shape) > 7:
            raise ValueError("expected at most 8 axes")
        self.n_features = len(feature_shape)
        self.n_outputs = len(output_shape)
        for i in range(self.n_features):
            self.feature_shape[i] = feature_shape[i]
        for i in range(self.n_outputs):
            self.output_shape[i + 1] = output_shape[i]
        self.type_number = np.dtype(dtype).num

    def __call__(self, x):
        """The predictions for `x`, (rows, *output_shape); None if `x` is not an array
        that can be read as it is."""
        cdef cnp.ndarray array, out
        cdef cnp.npy_intp[8] shape
        cdef Program program
        cdef Job job
        cdef dim_t rows
        cdef int i, threads
        if not isinstance(x, cnp.ndarray):
            return None
        array = x
        if cnp.PyArray_NDIM(array) != self.n_features + 1:
            return None
        for i in range(self.n_features):
            if cnp.PyArray_DIM(array, i + 1) != self.feature_shape[i]:
                return None
        rows = cnp.PyArray_DIM(array, 0)
        shape = self.output_shape
        shape[0] = rows
        out = cnp.PyArray_EMPTY(self.n_outputs + 1, shape, self.type_number, 0)
        try:
            program = self.spare.pop()
        except IndexError:
            program = self.make()
        if not program.set_source(0, array) or not program.set_source(1, out):
            self.spare.append(program)
            return None
        threads = 1 if rows <= self.small else self.threads_for(rows)
        memset(&job, 0, sizeof(job))
        job.ops = program.ops
        job.n_ops = program.n_ops
        job.batch = program.capacity
        job.steps = (rows + program.capacity - 1) // program.capacity
        job.step.total = rows
        program.launch(&job, threads)
        program.held[0] = None
        program.held[1] = None
        self.spare.append(program)
        return out
