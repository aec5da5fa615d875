"""Runs every kernel on operands with a page that cannot be touched right after them.

A program of its own, because the process dies where a kernel reads or writes too far:
``guard_pages.py INSTRUCTION_SET`` prints the number of operands that were guarded,
``guard_pages.py overrun`` shows that the guard works by dying.
"""

import ctypes
import mmap
import sys

import numpy as np
from cases import CASES, Shape
from edge_shapes import EDGES

from fastnn._core import dispatch
from fastnn._core.doors import Doors

PROT_NONE = 0
SHAPES = [Shape(edge, EDGES[-i], EDGES[5 - i]) for i, edge in enumerate(EDGES)]
SHAPES += [Shape(0, 5, 7), Shape(3, 0, 4), Shape(3, 4, 0), Shape(130, 300, 20)]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def guarded(array):
    """A copy that ends where a page begins that cannot be touched."""
    size = -(-array.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = np.frombuffer(mmap.mmap(-1, size + mmap.PAGESIZE), np.uint8)
    copy = memory[size - array.nbytes : size].view(array.dtype).reshape(array.shape)
    copy[...] = array
    if _libc.mprotect(memory.ctypes.data + size, mmap.PAGESIZE, PROT_NONE):
        raise OSError(ctypes.get_errno(), "mprotect failed")
    return copy


def run_all(kernels):
    """Calls every kernel at every shape and type; returns the number of operands."""
    padded, operands = kernels._padded, 0

    def padded_and_guarded(array):
        nonlocal operands
        if array is None:
            return None
        operands += 1
        return guarded(padded(array))

    kernels._padded = padded_and_guarded
    rng = np.random.default_rng(0)
    for case in CASES:
        for shape in filter(case.fits, SHAPES):
            for dtype in map(np.dtype, case.dtypes):
                print(case, shape, dtype, file=sys.stderr, flush=True)
                arguments = case.arguments(rng, shape, dtype)
                getattr(kernels, case.kernel)(*arguments.values())
    return operands


def overrun():
    """Reads the first byte after a guarded array."""
    array = guarded(np.ones(16, np.float32))
    return ctypes.string_at(array.ctypes.data + array.nbytes, 1)


if __name__ == "__main__":
    if sys.argv[1] == "overrun":
        overrun()
    else:
        print(run_all(Doors(dispatch.load(sys.argv[1]))))
