"""Normalization by the root of the mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastnn.layers.along_axes import AlongAxes
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules import normalization

__all__ = ["RMSNormalization"]


class RMSNormalization(AlongAxes):
    """outputs = scale * inputs / sqrt(mean(inputs^2) + epsilon)

    The mean is that of each row by itself, along some axes.

    Zhang and Sennrich, 2019, "Root mean square layer normalization".

    Args:
        axis: The axis, or axes, along which the mean is taken and `scale` differs; not
            that of the rows.
        epsilon: Added to the mean.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the inputs have no such axes.
    """

    _fixed = frozenset({"axis"})

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **base: Any
    ):
        super().__init__(**base)
        self.axis = axis
        self.epsilon = float(epsilon)

    def build(self, input_shape):
        axes = sample_axes(self.axis, input_shape[1:])
        shape = tuple(input_shape[axis + 1] for axis in axes)
        self.scale = self.add_weight(shape, "ones", name="scale")

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        return along(builder, x, axes, lambda x: normalization.blocks(
            builder, x, len(axes), "root_mean_square", self.epsilon, self.scale
        ))  # fmt: skip
