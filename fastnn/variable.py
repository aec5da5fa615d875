"""Weights: named arrays in padded, aligned storage.

This is the one place that knows the padding: the last axis of every matrix is padded
to a whole number of 64-byte lines, the first element lies on a line, and the padding
is zero and stays zero, so that element-wise passes can run over whole arenas.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real

if TYPE_CHECKING:
    from fastnn.regularizers import Regularizer

__all__ = ["LINE", "Variable", "padded_width", "padded_zeros"]

LINE = 64
"""Bytes in a cache line, and in the widest SIMD register."""


def padded_width(n: int, itemsize: int) -> int:
    """Returns the elements between the starts of two rows of `n` elements.

    Long rows whose length is a multiple of 512 bytes get one more line: without it, the
    rows of a column fall into the same few sets of the cache.
    """
    size = -(-n * itemsize // LINE) * LINE
    if size >= 1024 and size % 512 == 0:
        size += LINE
    return size // itemsize


def padded_zeros(shape: tuple[int, ...], dtype: npt.DTypeLike) -> np.ndarray:
    """Returns zeros of `shape` as a view of padded, 64-byte aligned storage.

    Arrays of rank 0 and 1 lie in one padded row.
    """
    dtype = np.dtype(dtype)
    *leading, n = shape or (1,)
    width = padded_width(n, dtype.itemsize)
    size = math.prod(leading) * width * dtype.itemsize
    storage = np.zeros(size + LINE, np.uint8)
    start = -storage.ctypes.data % LINE
    rows = storage[start : start + size].view(dtype).reshape(*leading, width)
    return rows[..., :n] if shape else rows[0, ...]


class Variable:
    """A named weight of a layer.

    Args:
        value: Its first value, of any shape; float32 and float64 arrays keep their
            type, everything else becomes float32.
        name: What the layer calls it, such as `kernel`.
        trainable: Whether training changes it.
        regularizer: A penalty on it, or None.

    Attributes:
        value: The live array; writing into it changes the weight.
        arena: What owns the storage; None while the variable does.
    """

    def __init__(
        self,
        value: npt.ArrayLike,
        *,
        name: str,
        trainable: bool = True,
        regularizer: Regularizer | None = None,
    ):
        value = as_real(value, name=name)
        self.value = padded_zeros(value.shape, value.dtype)
        self.value[...] = value
        self.name = name
        self.trainable = trainable
        self.regularizer = regularizer
        self.arena: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def dtype(self) -> str:
        return self.value.dtype.name

    def numpy(self) -> np.ndarray:
        """Returns a contiguous copy of the value."""
        return self.value.copy(order="C")

    def assign(self, value: npt.ArrayLike) -> None:
        """Sets the value.

        Raises:
            ValueError: If the shape differs.
            TypeError: If `value` does not hold real numbers.
        """
        self.value[...] = self.checked(value)

    def checked(self, value: npt.ArrayLike) -> np.ndarray:
        """Returns `value` as an array that fits this variable, or raises."""
        value = as_real(value, self.dtype, name=self.name)
        if value.shape != self.shape:
            raise ValueError(
                f"Expected a value of shape {self.shape} for the variable "
                f"{self.name!r}. Received: shape={value.shape}"
            )
        return value

    def move_to(self, view: np.ndarray) -> None:
        """Copies the value into `view`, which becomes the storage.

        Raises:
            ValueError: If shape or dtype of `view` differ.
        """
        if view.shape != self.shape or view.dtype != self.value.dtype:
            raise ValueError(
                f"Expected a view of shape {self.shape} and dtype {self.dtype} for the "
                f"variable {self.name!r}. Received: shape={view.shape}, "
                f"dtype={view.dtype}"
            )
        view[...] = self.value
        self.value = view

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            return np.asarray(self.value, dtype=dtype)
        return np.array(self.value, dtype=dtype)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "value": self.numpy(), "arena": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.value = padded_zeros(state["value"].shape, state["value"].dtype)
        self.value[...] = state["value"]

    def __repr__(self) -> str:
        return f"<Variable name={self.name}, shape={self.shape}, dtype={self.dtype}>"
