"""The bases of all initializers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import standardize_dtype
from fastnn.saving.config import Configurable

__all__ = ["Initializer", "RandomInitializer"]


class Initializer(Configurable):
    """Base of all initializers; a subclass writes `__call__`."""

    def __call__(
        self, shape: Sequence[int], dtype: npt.DTypeLike | None = None
    ) -> np.ndarray:
        """Returns the first values of a weight.

        Args:
            shape: Sequence[int] of the weight.
            dtype: float32 (the default) or float64.
        """
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `__call__(shape, dtype=None)`"
        )

    def clone(self) -> Initializer:
        """Returns a new initializer with the same configuration."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """Base of the random initializers; a subclass writes `draw`.

    The same initializer returns the same values at each call.

    Args:
        seed: An integer, or None to take the next seed of `set_random_seed`.

    Raises:
        ValueError: If `seed` is neither an integer nor None.
    """

    def __init__(self, seed: int | None = None):
        from fastnn import random

        if seed is not None and not isinstance(seed, int | np.integer):
            raise ValueError(
                f"Expected `seed` to be an integer or None. Received: {seed=}"
            )
        self.seed = seed
        self._key = random.next_seed() if seed is None else int(seed) % 2**64

    def __call__(self, shape, dtype=None):
        from fastnn import random

        generator = random.generator(self._key)
        return self.draw(generator, tuple(shape), np.dtype(standardize_dtype(dtype)))

    def draw(
        self, generator: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype
    ) -> np.ndarray:
        """Returns values of the given shape and type from `generator`."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `draw(generator, shape, "
            "dtype)`"
        )
