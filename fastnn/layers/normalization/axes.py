"""Checks of the axes that layers normalize along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["checked_axes"]


def checked_axes(axis: Any) -> int | Sequence[int]:
    """Returns an axis, or a list of axes, or raises.

    Raises:
        TypeError: If it is neither an integer nor a list or tuple of them.
    """
    if isinstance(axis, list | tuple):
        return list(axis)
    if not isinstance(axis, int):
        raise TypeError(
            "Expected `axis` to be an integer or a list or tuple of integers. "
            f"Received: {axis=}"
        )
    return axis
