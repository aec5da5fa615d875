"""What every door does: check arrays, copy them into padded memory, run, copy back."""

import inspect

import numpy as np

ALIGNMENT = 64
CHUNKS = 32  # the most parts of a sum over rows, as in the kernels
SUM_CHUNK = 4096  # elements of a partial sum, as in the kernels


def dtype_of(array):
    """The dtype of an array.

    Raises:
        ValueError: unless it is an array of float32 or float64.
    """
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        raise ValueError(
            "expected an array of float32 or float64. "
            f"Received: {getattr(array, 'dtype', type(array).__name__)}"
        )
    return array.dtype


def require(name, array, shape, dtype):
    """Raise unless `array` has this shape and dtype."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype:
        raise ValueError(f"{name}: expected an array of {np.dtype(dtype)}")
    if array.shape != tuple(shape):
        raise ValueError(
            f"{name}: expected shape {tuple(shape)}. Received: {array.shape}"
        )


def require_matrix(name, array):
    if array.ndim != 2:
        raise ValueError(f"{name}: expected 2 axes. Received shape: {array.shape}")


def require_matrices(dtype, **arrays):
    """Raise unless all are matrices of one shape and dtype."""
    shape = None
    for name, array in arrays.items():
        require_matrix(name, array)
        shape = array.shape if shape is None else shape
        require(name, array, shape, dtype)


def require_places(name, array, n):
    """Raise unless all are places among `n`."""
    require(name, array, (array.size,), np.int32)
    if array.size and not 0 <= array.min() <= array.max() < n:
        raise ValueError(f"{name}: expected places among {n}")


def padded(array):
    """A 64-byte aligned copy of a 1-D or 2-D array, rows padded with zeros; None
    for None."""
    if array is None:
        return None
    matrix = array.reshape((1, -1)) if array.ndim == 1 else array
    item = matrix.itemsize
    width = max(-(-matrix.shape[1] * item // ALIGNMENT), 1) * ALIGNMENT // item
    rows = max(matrix.shape[0], 1)
    raw = np.zeros(rows * width * item + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    copy = raw[start : start + rows * width * item].view(array.dtype)
    copy = copy.reshape((rows, width))
    copy[: matrix.shape[0], : matrix.shape[1]] = matrix
    return copy


def unpad(array, copy):
    """array[...] := the part of `copy` that it was copied to"""
    if array is None:
        return
    if array.ndim == 1:
        array[...] = copy[0, : array.shape[0]]
    else:
        array[...] = copy[: array.shape[0], : array.shape[1]]


def method(name, arguments, call):
    """A door that hands its arguments on: `call(self, {argument: value})`.

    Args:
        name: Of the door.
        arguments: Their names, separated by blanks.
    """
    names = arguments.split()

    def door(self, *values):
        call(self, dict(zip(names, values, strict=True)))

    kind = inspect.Parameter.POSITIONAL_ONLY
    parameters = [inspect.Parameter(n, kind) for n in ("self", *names)]
    door.__signature__ = inspect.Signature(parameters)
    door.__name__ = door.__qualname__ = name
    return door


class Base:
    """Attributes that doors do not have are the compiled module's."""

    def __init__(self, kernels):
        self._kernels = kernels
        self._padded = padded

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._kernels, name)

    def _run(self, *args, **options):
        """Run one operation on arrays: each thread's share, one after the other."""
        self._kernels.run(*args, **options)

    def _function(self, dtype, name, backward):
        """The address of an element-wise function; 0, for none, if it is linear."""
        if name == "linear":
            return 0
        addresses = self.functions(dtype).get(name, (0, 0))
        if not all(addresses):
            raise ValueError(f"unknown function: {name!r}")
        return addresses[backward]
