"""Checks of arguments that layers share."""

from __future__ import annotations

import operator
from typing import Any

__all__ = ["not_negative", "positive_integer"]


def positive_integer(argument: str, value: Any) -> int:
    """Returns an integer above 0, or raises.

    Raises:
        ValueError: If it is none.
    """
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(
            f"Expected `{argument}` to be a positive integer. "
            f"Received: {argument}={value!r}"
        )
    return number


def not_negative(argument: str, value: Any) -> Any:
    """Returns a number, or raises.

    Raises:
        ValueError: If it is None or negative.
    """
    if value is None or not value >= 0:
        raise ValueError(
            f"Expected `{argument}` to be a number that is not negative. "
            f"Received: {argument}={value!r}"
        )
    return value
