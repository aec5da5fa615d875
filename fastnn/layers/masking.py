"""Masks for rows that are no data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.layers.layer import Layer

__all__ = ["Masking"]


class Masking(Layer):
    """Masks the rows of a sample, along the last axis, whose numbers are all
    `mask_value`; they become 0.

    The mask is passed on by the layers that support masking. Where it arrives at the
    loss, and at metrics, masked values do not count, and a mean is one of the others.

    Args:
        mask_value: The number.
        **base: Arguments of `Layer`.
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **base: Any):
        super().__init__(**base)
        self.mask_value = mask_value

    def compute_output_shape(self, input_shape):
        return input_shape

    def compute_mask(self, inputs: npt.ArrayLike, previous_mask: Any = None) -> Any:
        return (np.asarray(inputs) != self.mask_value).any(axis=-1)

    def lower(self, builder, x):
        return builder.masked(x, float(self.mask_value))
