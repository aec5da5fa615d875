"""The base of all constraints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.saving.config import Configurable

__all__ = ["Constraint"]


class Constraint(Configurable):
    """What the value of a weight is put through after each update.

    To write your own, override `__call__`; it runs in Python after each step.

    Example:
        >>> class AtMostOne(fastnn.constraints.Constraint):
        ...     def __call__(self, w):
        ...         return np.minimum(w, 1)
    """

    def __call__(self, w: npt.ArrayLike) -> np.ndarray:
        """Returns the value to use instead of `w`; here, `w`.

        Args:
            w: Value of a weight, any shape.
        """
        return as_real(w, name="w")

    def kernel(
        self, shape: tuple[int, ...], row: int
    ) -> tuple[str, Sequence[int], Sequence[float]] | None:
        """Returns the kernel that does the same, its sizes and its scalars; None if
        there is none for such weights, so that `__call__` runs in its place.

        Args:
            shape: Of the weight.
            row: Elements of a row in memory, padding included.
        """
        return None
