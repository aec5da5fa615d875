"""Initializers without chance."""

from __future__ import annotations

import numpy as np

from fastnn.dtypes import standardize_dtype
from fastnn.initializers.initializer import Initializer

__all__ = ["Constant", "Ones", "Zeros"]


class Constant(Initializer):
    """Fills with one value.

    Args:
        value: The value.
    """

    def __init__(self, value: float = 0.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        return np.full(shape, self.value, standardize_dtype(dtype))


class Zeros(Initializer):
    """Fills with zeros."""

    def __call__(self, shape, dtype=None):
        return np.zeros(shape, standardize_dtype(dtype))


class Ones(Initializer):
    """Fills with ones."""

    def __call__(self, shape, dtype=None):
        return np.ones(shape, standardize_dtype(dtype))
