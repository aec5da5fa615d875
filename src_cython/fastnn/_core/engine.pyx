"""The engine: a flat list of operations, and the one loop that runs it."""

import numpy as np

cimport numpy as cnp
from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from fastnn._core.types cimport Op, Source, Step, dim_t, run_t

cnp.import_array()


cdef extern from "pool.h" nogil:
    ctypedef struct fn_barrier:
        pass
    ctypedef void (*fn_job)(void* argument, int thread, int threads) noexcept
    enum:
        FN_MAX_THREADS
    void fn_barrier_wait(fn_barrier* barrier, int threads)
    int fn_pool_run(fn_job job, void* argument, int threads)
    void fn_pool_setup()
    long long fn_load(const long long* address)
    void fn_store(long long* address, long long value)
    long long fn_take(long long* address)
    double fn_seconds()

cdef extern from "denormals.h" nogil:
    unsigned long long fn_flush_denormals()
    void fn_set_mode(unsigned long long mode)


fn_pool_setup()

MAX_THREADS = int(FN_MAX_THREADS)

# What a Source may hold; the position is its code.
SOURCE_TYPES = (
    "float32", "float64", "uint8", "int32", "int64", "float16", "int8", "int16",
    "uint16",
)

cdef enum:
    SOURCES = 4
    BRIEF_WORK = 100_000      # flop done with the GIL held: about a microsecond
    CHUNK_WORK = 2_000_000_000    # flop of a thread between two looks for Ctrl-C
    CHUNK_ROWS = 1 << 20          # the same for rows that cost next to nothing
    TICKET = 16                   # numbers from a ticket to the next: a pair of lines

cdef signed char[cnp.NPY_NTYPES_LEGACY] CODES   # by type number; -1: not known
memset(CODES, -1, sizeof(CODES))
for _char in np.typecodes["AllInteger"] + np.typecodes["Float"]:
    if np.dtype(_char).name in SOURCE_TYPES:
        # more than one type number can mean the same type: long and long long
        CODES[<int> np.dtype(_char).num] = SOURCE_TYPES.index(np.dtype(_char).name)


cdef bint read_rows(Source* source, cnp.ndarray array, int lead) noexcept:
    """Read (or write) rows of `array` through a source; false if its type or layout is
    none that the operations know. A row is what follows the first `lead` axes."""
    cdef int axis, number = cnp.PyArray_TYPE(array)
    cdef cnp.npy_intp inner = cnp.PyArray_ITEMSIZE(array)
    if not 0 <= number < <int> sizeof(CODES) or CODES[number] < 0:
        return False
    if cnp.PyArray_NDIM(array) < lead or not cnp.PyArray_ISALIGNED(array) \
            or not cnp.PyArray_ISNOTSWAPPED(array):
        return False
    for axis in range(cnp.PyArray_NDIM(array) - 1, lead - 1, -1):
        # the strides of an array without elements mean nothing
        if cnp.PyArray_STRIDE(array, axis) != inner \
                and cnp.PyArray_DIM(array, axis) > 1 and cnp.PyArray_SIZE(array):
            return False
        inner *= cnp.PyArray_DIM(array, axis)
    source.data = <char*> cnp.PyArray_DATA(array)
    source.row_bytes = cnp.PyArray_STRIDE(array, 0) if lead else inner
    source.item = cnp.PyArray_ITEMSIZE(array)
    source.code = CODES[number]
    return True


cdef struct Job:
    # One run: what all threads share.
    const Op* ops
    int n_ops
    int start_op             # where the first step begins
    dim_t batch
    dim_t first              # first step
    dim_t steps
    Step step                # the part of each thread's Step that never changes
    long long* tickets       # (n_ops * TICKET) next piece of each operation
    long long* served        # (threads, n_ops) what tickets began with in this step
    fn_barrier barrier
    long long stop_at        # number of the operation that halted, -1 while none has
    dim_t done               # OUT whole steps finished
    int op                   # OUT operation that halted


cdef void walk(void* argument, int thread, int threads) noexcept nogil:
    """Run the steps, with denormal numbers taken for zero."""
    cdef Step step = (<Job*> argument).step
    step.thread = step.worker = thread
    step.threads = threads
    step.mode = fn_flush_denormals()
    walk_steps(<Job*> argument, step)
    fn_set_mode(step.mode)


cdef void walk_steps(Job* job, Step step) noexcept nogil:
    """Run the operations of each step in order. Threads meet after those that say so;
    an operation that halts lets thread 0 do nothing more, and the others till then."""
    cdef dim_t s
    cdef int i, i0 = job.start_op
    cdef long long number = 0
    for s in range(job.first, job.first + job.steps):
        step.first = s * job.batch
        step.rows = min(job.batch, step.total - step.first)
        for i in range(i0, job.n_ops):
            # written by an operation before, and all threads have met since
            if step.thread or job.op < 0:
                if job.ops[i].guard == NULL or job.ops[i].guard[0]:
                    if job.ops[i].pieces and step.threads > 1:
                        run_pieces(job, i, &step)
                    else:
                        job.ops[i].run(&job.ops[i], &step, NULL)
                if step.thread == 0 and step.halt[0]:
                    job.op = i
                    job.done = s - job.first
            if step.threads > 1:
                if not job.ops[i].meets:
                    continue
                number += 1
                if step.thread == 0 and job.op >= 0:
                    fn_store(&job.stop_at, number)
                fn_barrier_wait(&job.barrier, step.threads)
                if fn_load(&job.stop_at) == number:
                    return
            elif job.op >= 0:
                return
        i0 = 0
        step.iteration += 1
    if step.thread == 0 and job.op < 0:
        job.done = job.steps


cdef void run_pieces(Job* job, int i, const Step* step) noexcept nogil:
    """Do as many pieces of an operation as this thread gets to before the others: a
    slower one does fewer. A piece is the part of one of as many threads as pieces. Of
    two threads one begins with the first piece, the other with the last, so that each
    comes back to what it had in the step before."""
    cdef const Op* op = &job.ops[i]
    cdef Step piece = step[0]
    cdef long long* served = &job.served[step.thread * job.n_ops + i]
    cdef long long number
    cdef int done = 0
    piece.threads = op.pieces
    while True:
        number = fn_take(&job.tickets[i * TICKET]) - served[0]
        if number >= op.pieces:
            break
        if step.threads == 2:
            number = op.pieces - 1 - done if step.thread else done
        piece.thread = <int> number
        piece.again = done > 0
        op.run(op, &piece, NULL)
        done += 1
    # each thread has drawn one ticket in vain
    served[0] += op.pieces + step.threads


cdef struct Blocks:
    # One run of a prediction: what all threads share.
    Op** ops                 # (threads,) the same operations in memory of each thread
    int n_ops
    dim_t batch              # rows of a block
    long long next           # number of the first block that no thread has taken
    long long end
    Step step                # the part of each block's Step that never changes


cdef void walk_blocks(void* argument, int thread, int threads) noexcept nogil:
    """Run the operations on one block of rows after another; no thread waits for
    another."""
    cdef Blocks* job = <Blocks*> argument
    cdef const Op* ops = job.ops[thread]
    cdef Step step = job.step
    cdef int i
    cdef long long block
    step.thread = 0
    step.threads = 1
    step.mode = fn_flush_denormals()
    while True:
        block = fn_take(&job.next)
        if block >= job.end:
            break
        step.first = block * job.batch
        step.rows = min(job.batch, step.total - step.first)
        step.iteration = block
        for i in range(job.n_ops):
            ops[i].run(&ops[i], &step, NULL)
    fn_set_mode(step.mode)


cdef void run_python(const Op* op, const Step* step, void* _) noexcept nogil:
    """The one operation that takes the GIL: call a Python function with the number of
    rows and of the step."""
    if step.thread == 0:
        fn_set_mode(step.mode)
        with gil:
            (<Program> op.operand[0]).call(<int> op.size[0], step)
        fn_flush_denormals()


cdef const Py_ssize_t* row_numbers(cnp.ndarray order, dim_t total) except? NULL:
    """The numbers in an array of them, or NULL for None."""
    if order is None:
        return NULL
    if cnp.PyArray_TYPE(order) != cnp.NPY_INTP \
            or not cnp.PyArray_IS_C_CONTIGUOUS(order) \
            or cnp.PyArray_SIZE(order) != total:
        raise ValueError("order: expected (total,) contiguous intp")
    return <const Py_ssize_t*> cnp.PyArray_DATA(order)


def python_operation():
    """Address of the operation that calls Python."""
    return <size_t> run_python


cdef class Program:
    """A list of operations bound to memory, ready to run.

    Args:
        specs: a tuple for each operation: (address, operand addresses, sizes,
            scalars, function address, key, guard address, whether all threads meet
            after it, pieces that they take in turns or 0). A spec whose address is
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
    cdef bint released        # the arrays that it would read are gone
    cdef readonly dim_t capacity
    cdef readonly long long steps_done  # whole steps since the program was made

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
        for i, spec in enumerate(specs):
            (address, operands, sizes, scalars, function, key, guard, meets,
             pieces) = spec
            self.ops[i].run = <run_t> <void*> <size_t> address
            self.ops[i].guard = <const double*> <size_t> guard
            self.ops[i].meets = meets
            self.ops[i].pieces = pieces
            if callable(operands):
                self.ops[i].operand[0] = <void*> self
                self.ops[i].size[0] = len(self.callables)
                self.callables.append(operands)
                continue
            if len(operands) > 10 or len(sizes) > 10 or len(scalars) > 6:
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

    def bind(self, *arrays):
        """Set the arrays that the operations gather rows from; None leaves a slot."""
        if self.running:
            raise RuntimeError("this program is running: it reads the arrays it has")
        if len(arrays) > SOURCES:
            raise ValueError(f"expected at most {SOURCES} arrays, got {len(arrays)}")
        self.released = False
        for slot, array in enumerate(arrays):
            if array is None:
                continue
            if not read_rows(&self.sources[slot], array, 1):
                raise TypeError(f"source {slot}: cannot read {array.dtype} rows")
            self.held[slot] = array

    def release(self):
        """Let go of the arrays set by `bind`, without which it does not run."""
        if self.running:
            raise RuntimeError("this program is running: it reads the arrays it has")
        self.released = True
        memset(self.sources, 0, sizeof(self.sources))
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
        memset(&job, 0, sizeof(job))
        if not 0 < batch <= self.capacity or first < 0 or steps < 0 \
                or (first + steps - 1) * batch >= total and steps:
            raise ValueError("the steps are not within the epoch")
        job.step.order = row_numbers(order, total)
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

    def rehearse(self, dim_t total, dim_t batch, dim_t first, dim_t steps, int threads,
                 *, order=None, long long iteration=0, bint backwards=False):
        """Run steps as `threads` threads would that are as far apart as they may be:
        from one meeting to the next one thread after the other, or the last first.
        Where each may do its part before another begins, any pace gives these bits."""
        cdef Step[FN_MAX_THREADS] team
        cdef dim_t at, begin = 0, end, n = steps * self.n_ops
        cdef int turn, thread, number
        cdef Step piece
        cdef const Op* op
        if self.running or self.released:
            raise RuntimeError("this program is running, or has no arrays to read")
        if not 0 < batch <= self.capacity or not 0 < threads <= FN_MAX_THREADS \
                or first < 0 or (first + steps - 1) * batch >= total:
            raise ValueError("the steps are not within the epoch, or too many threads")
        memset(team, 0, sizeof(team))
        self.halt = 0
        for thread in range(threads):
            team[thread].total = total
            team[thread].thread = team[thread].worker = thread
            team[thread].threads = threads
            team[thread].sources = self.sources
            team[thread].halt = &self.halt
            team[thread].order = row_numbers(order, total)
            team[thread].mode = fn_flush_denormals()
        while begin < n:
            end = begin + 1
            while end < n and not self.ops[(end - 1) % self.n_ops].meets:
                end += 1
            for turn in range(threads):
                thread = threads - 1 - turn if backwards else turn
                for at in range(begin, end):
                    op = &self.ops[at % self.n_ops]
                    team[thread].first = (first + at // self.n_ops) * batch
                    team[thread].rows = min(batch, total - team[thread].first)
                    team[thread].iteration = iteration + at // self.n_ops
                    if op.guard != NULL and not op.guard[0]:
                        continue
                    if not op.pieces:
                        op.run(op, &team[thread], NULL)
                        continue
                    piece = team[thread]
                    piece.threads = op.pieces
                    for number in range(op.pieces):
                        if number % threads == turn:
                            piece.thread = number
                            op.run(op, &piece, NULL)
                            piece.again = True
            begin = end
        fn_set_mode(team[0].mode)

    cdef int launch(self, Job* job, int threads) except -1:
        if self.running:
            raise RuntimeError("this program is already running in another thread")
        if self.released:
            raise RuntimeError("this program has no arrays to read: bind them first")
        self.running = True
        self.halt = 0
        job.step.sources = self.sources
        job.step.halt = &self.halt
        job.stop_at = -1
        job.op = -1
        threads = min(threads, FN_MAX_THREADS)
        job.tickets = <long long*> calloc(self.n_ops * (TICKET + threads), 8)
        if job.tickets == NULL:
            threads = 1
        job.served = job.tickets + self.n_ops * TICKET
        with nogil:
            fn_pool_run(walk, job, threads)
        free(job.tickets)
        self.running = False
        self.steps_done += job.done
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return 0

    def profile(self, dim_t rows, int repeats, only=None):
        """Seconds that each operation takes on a batch of `rows`, the least of
        `repeats`, on one thread. `only`: positions of those that are run; all if it
        is None."""
        cdef Step step
        cdef double[::1] best = np.full(self.n_ops, np.inf)
        cdef list positions = list(range(self.n_ops) if only is None else only)
        if self.running or self.released:
            raise RuntimeError("this program is running, or has no arrays to read")
        cdef double start
        cdef int i
        memset(&step, 0, sizeof(step))
        step.rows = step.total = rows
        step.threads = 1
        step.sources = self.sources
        step.halt = &self.halt
        self.halt = 0
        if not all(0 <= i < self.n_ops for i in positions):
            raise ValueError(f"only: expected positions of {self.n_ops} operations")
        step.mode = fn_flush_denormals()
        for _ in range(repeats):
            for i in positions:
                start = fn_seconds()
                self.ops[i].run(&self.ops[i], &step, NULL)
                best[i] = min(best[i], fn_seconds() - start)
        fn_set_mode(step.mode)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return list(best)


cdef bint overlap(cnp.ndarray a, cnp.ndarray b) noexcept:
    """Whether the stretches of memory that two arrays lie in have a byte in common."""
    cdef char* ends[4]
    cdef cnp.ndarray array
    cdef cnp.npy_intp span
    cdef int i, axis
    if cnp.PyArray_SIZE(a) == 0 or cnp.PyArray_SIZE(b) == 0:
        return False
    for i in range(2):
        array = b if i else a
        ends[2 * i] = <char*> cnp.PyArray_DATA(array)
        ends[2 * i + 1] = ends[2 * i] + cnp.PyArray_ITEMSIZE(array)
        for axis in range(cnp.PyArray_NDIM(array)):
            span = cnp.PyArray_STRIDE(array, axis) \
                * (cnp.PyArray_DIM(array, axis) - 1)
            ends[2 * i + (span > 0)] += span
    return ends[0] < ends[3] and ends[2] < ends[1]


def check_apart(x, out):
    """Raise ValueError if the memory of two arrays overlaps; what is no array has none.
    """
    if isinstance(x, cnp.ndarray) and isinstance(out, cnp.ndarray) \
            and overlap(<cnp.ndarray> x, <cnp.ndarray> out):
        raise ValueError(
            "Expected `out` to lie in memory of its own. Received: memory that the "
            "input lies in as well")


cdef class Predictor:
    """Runs prediction programs on arrays as they come.

    Safe to call from many threads at once: each call takes programs of its own from
    `spare` or has `make()` bind them. Many rows are divided over the pool's threads in
    blocks; each thread takes block after block through the whole network, in memory of
    its own, so none waits for another. Few rows of a large network are divided within
    each operation instead, and so is all that goes through Python code, which is called
    by the calling thread alone. The blocks do not depend on the number of threads.

    Args:
        make: makes a new Program; its slot 0 is the input, slot 1 the output.
        feature_shape: of one sample.
        output_shape: of one prediction.
        dtype: of the predictions.
        work: floating-point operations on a row.
        alone: work that one thread always takes alone.
        threads_for: maps an amount of work to a number of threads.

    Attributes:
        chunk: rows of a thread between two looks for Ctrl-C: some 30 ms.
    """

    cdef object make
    cdef object threads_for
    cdef object dtype
    cdef list spare
    cdef int n_features
    cdef int n_outputs
    cdef cnp.npy_intp[8] feature_shape
    cdef cnp.npy_intp[8] output_shape   # of a batch
    cdef int type_number
    cdef bint calls_python
    cdef double work
    cdef dim_t brief          # rows that the GIL is not let go for
    cdef dim_t small          # rows that one thread always takes alone
    cdef dim_t block          # rows of a block
    cdef readonly dim_t chunk

    def __cinit__(self, make, tuple feature_shape, tuple output_shape, dtype,
                  double work, double alone, threads_for):
        cdef int i
        cdef Program program = make()
        self.make = make
        self.threads_for = threads_for
        self.spare = [program]
        self.calls_python = bool(program.callables)
        self.work = max(work, 1)
        self.block = program.capacity
        self.brief = <dim_t> (BRIEF_WORK / self.work)
        self.small = <dim_t> (alone / self.work)
        self.chunk = min(<dim_t> (CHUNK_WORK / self.work), <dim_t> CHUNK_ROWS)
        self.chunk = max(self.chunk // self.block, <dim_t> 1) * self.block
        if len(feature_shape) > 7 or len(output_shape) > 7:
            raise ValueError("expected at most 8 axes")
        self.n_features = len(feature_shape)
        self.n_outputs = len(output_shape)
        for i in range(self.n_features):
            self.feature_shape[i] = feature_shape[i]
        for i in range(self.n_outputs):
            self.output_shape[i + 1] = output_shape[i]
        self.dtype = np.dtype(dtype)
        self.type_number = self.dtype.num

    def run(self, x, out=None):
        """The predictions for `x`, (rows, *output_shape), in `out` if it is given; None
        if `x` is not an array that can be read as it is."""
        return self.predict(x, out, 1)

    def run_one(self, x, out=None):
        """The same for one sample, without the axis of rows."""
        return self.predict(x, out, 0)

    def result(self, cnp.ndarray x, out=None):
        """Memory for the predictions of `x`: `out` once it is checked, or a new array.

        Raises:
            TypeError: If `out` is not an array.
            ValueError: If it does not fit or lies in the memory of `x`.
        """
        return self.place(out, x, cnp.PyArray_DIM(x, 0), 1)

    cdef object predict(self, x, out, int lead):
        """`lead` is 1 if there is an axis of rows, else 0."""
        cdef cnp.ndarray array, result
        cdef Source[2] sources
        cdef Program program
        cdef dim_t rows
        cdef int i
        # an array of a subclass, such as a masked one, goes through the checks
        if not cnp.PyArray_CheckExact(x):
            return None
        array = <cnp.ndarray> x
        if cnp.PyArray_NDIM(array) != self.n_features + lead:
            return None
        for i in range(self.n_features):
            if cnp.PyArray_DIM(array, i + lead) != self.feature_shape[i]:
                return None
        if not read_rows(&sources[0], array, lead):
            return None
        rows = cnp.PyArray_DIM(array, 0) if lead else 1
        result = self.place(out, array, rows, lead)
        read_rows(&sources[1], result, lead)
        program = self.take()
        try:
            if rows > self.small:
                self.walk_shared(program, sources, rows)
            elif self.calls_python:
                self.walk(program, sources, rows, 1)
            else:
                self.walk_alone(program, sources, rows)
        finally:
            self.spare.append(program)
        return result

    cdef Program take(self):
        try:
            return <Program> self.spare.pop()
        except IndexError:
            return <Program> self.make()

    cdef cnp.ndarray place(self, out, cnp.ndarray x, dim_t rows, int lead):
        cdef cnp.npy_intp[8] batch = self.output_shape
        cdef cnp.npy_intp* shape = batch + 1 - lead
        cdef cnp.ndarray array
        cdef int i, n = self.n_outputs + lead
        cdef bint fits
        batch[0] = rows
        if out is None:
            return cnp.PyArray_EMPTY(n, shape, self.type_number, 0)
        if not isinstance(out, cnp.ndarray):
            raise TypeError(
                f"Expected `out` to be a NumPy array. Received: {type(out).__name__}")
        array = <cnp.ndarray> out
        fits = cnp.PyArray_NDIM(array) == n \
            and cnp.PyArray_TYPE(array) == self.type_number \
            and cnp.PyArray_ISCARRAY(array)
        for i in range(n if fits else 0):
            fits = fits and cnp.PyArray_DIM(array, i) == shape[i]
        if not fits:
            expected = tuple([shape[i] for i in range(n)])
            raise ValueError(
                "Expected `out` to be C-contiguous, aligned and writeable, of shape "
                f"{expected} and dtype {self.dtype}. Received: {described(array)}")
        check_apart(x, array)
        return array

    cdef int walk_alone(
        self, Program program, Source* sources, dim_t rows
    ) except -1:
        """One thread."""
        cdef Op* ops = program.ops
        cdef Blocks job
        self.prepare(&job, program, sources, rows)
        job.ops = &ops
        if rows <= self.brief:
            # an exchange of the GIL between two threads takes longer
            walk_blocks(&job, 0, 1)
            return 0
        return self.walk_chunks(&job, 1)

    cdef int walk_shared(
        self, Program program, Source* sources, dim_t rows
    ) except -1:
        """As many threads as pay: on whole blocks if there are enough of them."""
        cdef Op* ops[FN_MAX_THREADS]
        cdef Blocks job
        cdef Program other
        cdef int i
        # two blocks for each at least: the last ones leave threads without work
        cdef dim_t most = max((rows + self.block - 1) // self.block // 2, <dim_t> 1)
        cdef int threads = min(most, <dim_t> self.threads_for(self.work * rows))
        cdef int inside = self.threads_for(self.work * min(rows, self.block))
        if self.calls_python or inside > threads:
            return self.walk(program, sources, rows, inside)
        self.prepare(&job, program, sources, rows)
        job.ops = ops
        ops[0] = program.ops
        others = [self.take() for _ in range(threads - 1)]
        try:
            for i, other in enumerate(others):
                ops[i + 1] = other.ops
            return self.walk_chunks(&job, threads)
        finally:
            self.spare.extend(others)

    cdef void prepare(
        self, Blocks* job, Program program, Source* sources, dim_t rows
    ) noexcept:
        memset(job, 0, sizeof(Blocks))
        job.n_ops = program.n_ops
        job.batch = self.block
        job.end = (rows + self.block - 1) // self.block
        job.step.total = rows
        job.step.sources = sources
        job.step.halt = &program.halt

    cdef int walk_chunks(self, Blocks* job, int threads) except -1:
        """All blocks, with a look for Ctrl-C now and then."""
        cdef long long blocks = job.end
        job.end = 0
        while job.end < blocks:
            if job.end:
                PyErr_CheckSignals()
            job.next = job.end
            # as many for each thread: the last ones leave threads without work
            job.end = min(blocks, job.next + self.chunk // self.block * threads)
            with nogil:
                fn_pool_run(walk_blocks, job, threads)
        return 0

    cdef int walk(
        self, Program program, Source* sources, dim_t rows, int threads
    ) except -1:
        """Block after block; the threads share each operation."""
        cdef Job job
        cdef dim_t blocks = (rows + self.block - 1) // self.block
        program.sources[0] = sources[0]
        program.sources[1] = sources[1]
        memset(&job, 0, sizeof(job))
        job.ops = program.ops
        job.n_ops = program.n_ops
        job.batch = self.block
        job.step.total = rows
        while job.first < blocks:
            if job.first:
                PyErr_CheckSignals()
            job.steps = min(blocks - job.first, self.chunk // self.block)
            job.step.iteration = job.first
            program.launch(&job, threads)
            job.first += job.steps
        return 0


cdef str described(cnp.ndarray array):
    """What an array is, for a message."""
    layout = "" if array.flags.c_contiguous else ", not C-contiguous"
    writing = "" if array.flags.writeable else ", read-only"
    aligned = "" if array.flags.aligned else ", not aligned"
    return f"shape {np.shape(array)}, dtype {array.dtype}{layout}{writing}{aligned}"
