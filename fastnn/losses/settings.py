"""The arguments of losses, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["number", "one_axis", "share"]


def number(name: str, value: Any) -> float:
    """Returns a real number as a float.

    Raises:
        TypeError: If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"Expected `{name}` to be a number. Received: {name}={value!r}")
    return float(value)


def share(name: str, value: Any) -> float:
    """Returns a number from 0 to 1.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is outside.
    """
    found = number(name, value)
    if not 0 <= found <= 1:
        raise ValueError(
            f"Expected `{name}` to be from 0 to 1. Received: {name}={value!r}"
        )
    return found


def one_axis(axis: Any) -> int:
    """Returns an axis.

    Raises:
        ValueError: If it is not an integer.
    """
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise ValueError(f"Expected `axis` to be an integer. Received: {axis=}")
    return int(axis)
