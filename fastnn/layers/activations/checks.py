"""Checks of arguments that layers of activations share."""

from __future__ import annotations

from typing import Any

__all__ = ["not_negative"]


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
