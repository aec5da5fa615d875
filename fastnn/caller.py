"""Warnings that point at the line of the user's program that led to them."""

from __future__ import annotations

import os
import sys
import warnings

__all__ = ["warn"]

_HERE = os.path.dirname(__file__) + os.sep


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warns in the name of the nearest caller outside this package."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level + 1)
