"""Initializers that draw from a given distribution."""

from __future__ import annotations

import numpy as np

from fastnn.initializers.initializer import RandomInitializer
from fastnn.random import Seed
from fastnn.random.values import standard_truncated_normal

__all__ = [
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "affine",
]


class RandomNormal(RandomInitializer):
    """Draws from the normal distribution N(mean, stddev^2).

    Args:
        mean: Mean of the values.
        stddev: Standard deviation of the values.
        seed: An integer, a `SeedGenerator` or None.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def draw(self, generator, shape, dtype):
        return affine(generator.standard_normal(shape, dtype), self.stddev, self.mean)


class TruncatedNormal(RandomNormal):
    """Draws from N(mean, stddev^2), redrawing what lies beyond two deviations.

    Args:
        mean: Mean of the values.
        stddev: Standard deviation before truncation.
        seed: An integer, a `SeedGenerator` or None.
    """

    def draw(self, generator, shape, dtype):
        values = standard_truncated_normal(generator, shape, dtype)
        return affine(values, self.stddev, self.mean)


class RandomUniform(RandomInitializer):
    """Draws from the uniform distribution over [minval, maxval).

    Args:
        minval: Lower bound, inclusive.
        maxval: Upper bound, exclusive.
        seed: An integer, a `SeedGenerator` or None.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def draw(self, generator, shape, dtype):
        values = generator.random(shape, dtype)
        return affine(values, self.maxval - self.minval, self.minval)


def affine(values: np.ndarray, factor: float, offset: float) -> np.ndarray:
    """Returns values * factor + offset, in place and in the type of `values`."""
    values *= factor
    values += offset
    return values
