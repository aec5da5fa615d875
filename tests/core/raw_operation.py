"""Runs one operation of the core as the engine does: a share for each thread.

The structures mirror those of the same names in ``fastnn/_core/types.pxd``.
"""

import ctypes

SCRATCH = 4  # position of dense_backward_input's scratch among the operands
SCRATCH_SIZE = 6  # position of its length for each thread among the sizes


class Step(ctypes.Structure):
    _fields_ = [
        ("rows", ctypes.c_ssize_t),
        ("first", ctypes.c_ssize_t),
        ("total", ctypes.c_ssize_t),
        ("order", ctypes.c_void_p),
        ("iteration", ctypes.c_longlong),
        ("sources", ctypes.c_void_p),
        ("halt", ctypes.c_void_p),
        ("thread", ctypes.c_int),
        ("threads", ctypes.c_int),
    ]


class Op(ctypes.Structure):
    _fields_ = [
        ("run", ctypes.c_void_p),
        ("operand", ctypes.c_void_p * 10),
        ("size", ctypes.c_ssize_t * 8),
        ("scalar", ctypes.c_double * 4),
        ("function", ctypes.c_void_p),
        ("key", ctypes.c_ulonglong),
    ]


RUN = ctypes.CFUNCTYPE(None, ctypes.POINTER(Op), ctypes.POINTER(Step), ctypes.c_void_p)


def run_shared(
    addresses,
    threads,
    name,
    dtype,
    rows,
    operands,
    sizes,
    scalars=(),
    function=0,
    key=0,
    iteration=0,
):
    """Does what a test door's own call does, by one thread's share after the other.

    Args:
        addresses: ``dtype -> {name: address}``, as the compiled module gives it.
        threads: Threads that share the work.
        name: The operation's name; it and the rest are what a test door passes.
        dtype: Type of the operands.
        rows: Rows of the batch.
        operands: Arrays, or None.
        sizes: The operation's sizes.
        scalars: The operation's scalars.
        function: Address of a fused function, 0 for none.
        key: Stream of random numbers.
        iteration: Updates made before this one.
    """
    op = Op(function=function, key=key)
    for i, array in enumerate(operands):
        op.operand[i] = None if array is None else array.ctypes.data
    for i, size in enumerate(sizes):
        op.size[i] = size
    for i, scalar in enumerate(scalars):
        op.scalar[i] = scalar
    if name == "dense_backward_input":
        op.size[SCRATCH_SIZE] = 0  # one after the other, they can share one scratch
    for thread in reversed(range(threads)):
        step = Step(rows=rows, iteration=iteration, thread=thread, threads=threads)
        RUN(addresses(dtype)[name])(ctypes.byref(op), ctypes.byref(step), None)
