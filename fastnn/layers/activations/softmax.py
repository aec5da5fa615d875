"""Softmax as a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fastnn.layers.along_axes import AlongAxes
from fastnn.plan.axes import along, sample_axes

__all__ = ["Softmax"]


class Softmax(AlongAxes):
    """outputs = exp(inputs) / sum(exp(inputs)) along one axis, or over several

    Bridle, 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    Args:
        axis: The axis, or axes, along which the outputs sum to one; not that of the
            rows.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the inputs have no such axis.
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **base: Any):
        super().__init__(**base)
        self.axis = axis

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        return along(builder, x, axes, lambda x: _softmax(builder, x, len(axes)))


def _softmax(builder, x, joined):
    """Softmax over the last so many axes, as if they were one."""
    shape = (*x.shape[:-joined], math.prod(x.shape[-joined:]))
    rows = x if joined == 1 else builder.forward("reshape", x, shape=shape)
    out = builder.forward("softmax", rows, shape=shape)
    return out if joined == 1 else builder.forward("reshape", out, shape=x.shape)
