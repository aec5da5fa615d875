"""Settings of an optimizer that may change while it works."""

from __future__ import annotations

import math
import numbers
from typing import Any

__all__ = ["SMALLEST_EPSILON", "Hyperparameter", "checked_number"]

# A weight that never had a gradient would become 0 / 0 with less, in float32.
SMALLEST_EPSILON = 1e-30


def checked_number(
    name: str,
    value: Any,
    low: float = 0.0,
    high: float = math.inf,
    *,
    below: bool = False,
    above: bool = False,
) -> float:
    """Returns `value` as a float.

    Args:
        name: Of the argument, for the error.
        value: What the user gave.
        low: The smallest value allowed.
        high: The largest value allowed.
        below: Whether `high` itself is left out.
        above: Whether `low` itself is left out.

    Raises:
        ValueError: If it is not a finite real number within the limits.
    """
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    number = float(value) if real else math.nan
    inside = low <= number <= high and math.isfinite(number)
    if not inside or (below and number == high) or (above and number == low):
        begin = "(" if above or math.isinf(low) else "["
        end = ")" if below or math.isinf(high) else "]"
        raise ValueError(
            f"Expected `{name}` to be a number in {begin}{low}, {high}{end}. "
            f"Received: {name}={value!r}"
        )
    return number


class Hyperparameter:
    """A number of an optimizer, kept in its array `hyper`, which the engine reads.

    Args:
        low: The smallest value allowed.
        high: The largest value allowed.
        below: Whether `high` itself is left out.
        above: Whether `low` itself is left out.
    """

    def __init__(
        self,
        low: float = 0.0,
        high: float = math.inf,
        *,
        below: bool = False,
        above: bool = False,
    ):
        self.low = low
        self.high = high
        self.below = below
        self.above = above

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
        return checked_number(
            self.name, value, self.low, self.high, below=self.below, above=self.above
        )

    def _index(self, optimizer: Any) -> int:
        # the learning rate comes first
        return type(optimizer).hyperparameters.index(self.name) + 1
