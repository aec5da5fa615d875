"""What a case is, and the arrays that cases are built from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Shape(NamedTuple):
    """Sizes of a call; kernels of one dimension take `rows` as their length."""

    rows: int
    inputs: int
    units: int


@dataclass(frozen=True)
class Case:
    """One way to call one kernel.

    Attributes:
        kernel: The kernel's name.
        outputs: Names of the arguments that the kernel writes.
        arguments: ``(rng, shape, dtype) -> {name: value}`` in the kernel's order.
        variant: What tells this case from the kernel's others.
        scale: ``(arguments, expected) -> {output: array}``, by what an output's error
            is measured where that is not the output's own absolute value.
        needs_columns: Whether there must be at least one column, as for a mean.
        most_rows: How many rows there may be, for what looks at all pairs of them.
        dtypes: The types that the kernel is for.
    """

    kernel: str
    outputs: tuple
    arguments: Callable
    variant: str = ""
    scale: Callable | None = None
    needs_columns: bool = False
    most_rows: int = 1_000_000
    dtypes: tuple = ("float32", "float64")

    def __str__(self):
        return f"{self.kernel}-{self.variant}" if self.variant else self.kernel

    def fits(self, shape):
        columns = shape.units > 0 or not self.needs_columns
        return columns and shape.rows <= self.most_rows


def normal(rng, dtype, *shape):
    return rng.normal(size=shape).astype(dtype)


def uniform(rng, dtype, low, high, *shape):
    return rng.uniform(low, high, size=shape).astype(dtype)


def blank(dtype, *shape):
    """What an output holds before the call: NaN, so that a gap shows."""
    return np.full(shape, np.nan, dtype=dtype)


def magnitude(array):
    return np.abs(np.asarray(array, dtype=np.float64))
