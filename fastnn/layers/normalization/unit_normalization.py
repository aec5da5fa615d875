"""Normalization to length one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastnn.layers.along_axes import AlongAxes
from fastnn.layers.normalization.axes import checked_axes
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules import normalization

__all__ = ["UnitNormalization"]

_SHORTEST = 1e-12


class UnitNormalization(AlongAxes):
    """outputs = inputs / max(sqrt(sum(inputs^2)), 1e-12)

    The sum is that of each row by itself, along some axes. What is shorter than 1e-12
    has no direction, and its gradient is 0.

    Args:
        axis: The axis, or axes, of the sum; not that of the rows.
        **base: Arguments of `Layer`.

    Raises:
        TypeError: If `axis` is neither an integer nor a sequence of them.
        ValueError: If the inputs have no such axes.
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **base: Any):
        super().__init__(**base)
        self.axis = checked_axes(axis)

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        return along(builder, x, axes, lambda x: normalization.blocks(
            builder, x, len(axes), "unit", _SHORTEST
        ))  # fmt: skip
