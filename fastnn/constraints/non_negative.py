"""Weights that are not negative."""

from __future__ import annotations

import math

import numpy as np

from fastnn.constraints.constraint import Constraint
from fastnn.dtypes import as_real

__all__ = ["NonNeg"]


class NonNeg(Constraint):
    """w := max(w, 0)"""

    def __call__(self, w):
        return np.maximum(as_real(w, name="w"), 0)

    def kernel(self, shape, row):
        return "non_negative_constraint", (math.prod(shape[:-1]) * row,), ()
