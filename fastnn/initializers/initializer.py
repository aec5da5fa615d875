"""The bases of all initializers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import standardize_dtype
from fastnn.random import Seed, SeedGenerator, checked_seed, generator_of, key_of
from fastnn.saving.config import Configurable

__all__ = ["Initializer", "RandomInitializer"]


class Initializer(Configurable):
    """Base of all initializers; a subclass writes `__call__`."""

    def __call__(
        self, shape: Sequence[int], dtype: npt.DTypeLike | None = None
    ) -> np.ndarray:
        """Returns the first values of a weight.

        Args:
            shape: Shape of the weight.
            dtype: float32 or float64; by default `fastnn.config.floatx()`.
        """
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `__call__(shape, dtype=None)`"
        )

    def clone(self) -> Initializer:
        """Returns a new initializer with the same configuration."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """Base of the random initializers; a subclass writes `draw`.

    The same initializer returns the same values at each call, unless its seed is a
    `SeedGenerator`, which gives each call a seed of its own.

    Args:
        seed: An integer, a `fastnn.random.SeedGenerator`, or None to take the next seed
            of `set_random_seed`.

    Raises:
        ValueError: If `seed` is none of these.
    """

    def __init__(self, seed: Seed = None):
        self.seed = checked_seed(seed)
        drawn = isinstance(self.seed, SeedGenerator)
        self._key = self.seed if drawn else key_of(self.seed)

    def __call__(self, shape, dtype=None):
        generator = generator_of(self._key)
        return self.draw(generator, tuple(shape), np.dtype(standardize_dtype(dtype)))

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Returns values of the given shape and type from `generator`."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `draw(generator, shape, "
            "dtype)`"
        )
