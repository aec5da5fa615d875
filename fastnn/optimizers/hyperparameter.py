"""Settings of an optimizer that may change while it works."""

from __future__ import annotations

import math
import numbers
from typing import Any

__all__ = ["SMALLEST_EPSILON", "Hyperparameter"]

# A weight that never had a gradient would become 0 / 0 with less, in float32.
SMALLEST_EPSILON = 1e-30


class Hyperparameter:
    """A number of an optimizer, kept in its array `hyper`, which the engine reads.

    Args:
        low: The smallest value allowed.
        high: The largest value allowed.
        below: Whether `high` itself is left out.
    """

    def __init__(
        self, low: float = 0.0, high: float = math.inf, *, below: bool = False
    ):
        self.low = low
        self.high = high
        self.below = below

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        if optimizer is None:
            return self
        return float(optimizer.hyper[self._index(optimizer)])

    def __set__(self, optimizer: Any, value: float) -> None:
        optimizer.hyper[self._index(optimizer)] = self.checked(value)

    def checked(self, value: float) -> float:
        """Returns `value`, or raises ValueError if it is not allowed."""
        real = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not real or not self._allows(float(value)):
            end = ")" if self.below or math.isinf(self.high) else "]"
            raise ValueError(
                f"Expected `{self.name}` to be a number in [{self.low}, {self.high}"
                f"{end}. Received: {self.name}={value!r}"
            )
        return float(value)

    def _allows(self, value: float) -> bool:
        if not math.isfinite(value) or (self.below and value == self.high):
            return False
        return self.low <= value <= self.high

    def _index(self, optimizer: Any) -> int:
        names = type(optimizer).hyperparameters
        return names.index(self.name) + 1 if self.name in names else 0
