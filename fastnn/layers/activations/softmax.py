"""Softmax as a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fastnn.layers.along_axes import AlongAxes
from fastnn.plan.axes import along, sample_axes

__all__ = ["Softmax"]

_LEFT_OUT = -1e9  # in place of a value that does not count


class Softmax(AlongAxes):
    """outputs = exp(inputs) / sum(exp(inputs)) along one axis, or over several

    Bridle, 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    In `layer(x, mask=mask)`, mask holds True for each value that counts, or can be
    broadcast to do so; a number above 0.5 is True. The others are left out of the sum,
    and their outputs are 0.

    Args:
        axis: The axis, or axes, along which the outputs sum to one; not that of the
            rows.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the inputs have no such axis, or the mask does not fit.
    """

    supports_masking = True
    takes_mask = True

    def __init__(self, axis: int | Sequence[int] = -1, **base: Any):
        super().__init__(**base)
        self.axis = axis

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        return along(builder, x, axes, lambda x: _softmax(builder, x, len(axes)))

    def _evaluated(self, inputs, training, mask):
        if mask is None:
            return super()._evaluated(inputs, training, None)
        counts = _broadcast(mask, inputs.shape)
        inputs = np.where(counts, inputs, inputs.dtype.type(_LEFT_OUT))
        return np.where(counts, super()._evaluated(inputs, training, None), 0)


def _broadcast(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Which values of an array of this shape a mask leaves."""
    counts = np.asarray(mask)
    if counts.dtype != bool:
        counts = counts > 0.5
    try:
        return np.broadcast_to(counts, shape)
    except ValueError:
        raise ValueError(
            f"Expected a mask that can be broadcast to the inputs' shape, {shape}. "
            f"Received: mask of shape {counts.shape}"
        ) from None


def _softmax(builder, x, joined):
    """Softmax over the last so many axes, as if they were one."""
    shape = (*x.shape[:-joined], math.prod(x.shape[-joined:]))
    rows = x if joined == 1 else builder.forward("reshape", x, shape=shape)
    out = builder.forward("softmax", rows, shape=shape)
    return out if joined == 1 else builder.forward("reshape", out, shape=x.shape)
