"""Initializers without chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real, standardize_dtype, storable_dtype
from fastnn.initializers.initializer import Initializer

__all__ = ["Constant", "GivenValues", "Identity", "Ones", "Zeros"]


class Constant(Initializer):
    """Fills with one value, or with an array that spreads over the shape.

    Args:
        value: A number or an array.

    Raises:
        TypeError: If `value` does not hold numbers.
    """

    def __init__(self, value: npt.ArrayLike = 0.0):
        as_real(value, name="value")
        self.value = value

    def __call__(self, shape, dtype=None):
        return np.full(shape, self.value, storable_dtype(dtype))


class GivenValues(Initializer):
    """Fills with the elements of an array, which has the shape of the weight.

    Args:
        values: The array.
    """

    def __init__(self, values: npt.ArrayLike):
        self.values = np.array(values)

    def __call__(self, shape, dtype=None):
        if tuple(shape) != self.values.shape:
            raise ValueError(
                f"Expected `shape` to be {self.values.shape}, that of the array of "
                f"initial values. Received: {shape=}"
            )
        return self.values.astype(storable_dtype(dtype))


class Identity(Initializer):
    """Fills a matrix with `gain` on the diagonal and zeros beside it.

    Args:
        gain: Value of the diagonal.
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        if len(shape) != 2:
            raise ValueError(
                f"Expected the shape of a matrix for an identity. Received: {shape=}"
            )
        return self.gain * np.eye(*shape, dtype=standardize_dtype(dtype))


class Zeros(Initializer):
    """Fills with zeros."""

    def __call__(self, shape, dtype=None):
        return np.zeros(shape, storable_dtype(dtype))


class Ones(Initializer):
    """Fills with ones."""

    def __call__(self, shape, dtype=None):
        return np.ones(shape, storable_dtype(dtype))
