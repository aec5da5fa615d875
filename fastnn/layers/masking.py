"""Masks for rows that are no data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.layers.layer import Layer
from fastnn.plan.rules.masking import mask_tensor

__all__ = ["GivenMask", "Masking"]


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


class GivenMask(Layer):
    """Masks the rows of one batch, which passes unchanged.

    Args:
        mask: Which rows count, for each but the last axis of the batch.
        shape: Shape that it has to have; an axis of length one stands for any.
        dtype: Of the batch.

    Raises:
        ValueError: If it has another shape.
    """

    supports_masking = True

    def __init__(self, mask: npt.ArrayLike, shape: tuple[int, ...], dtype: str):
        super().__init__(name="mask", dtype=dtype)
        rows = np.asarray(mask, bool)
        sizes = zip(rows.shape, shape, strict=False)
        if rows.ndim != len(shape) or any(n not in (1, size) for n, size in sizes):
            raise ValueError(
                f"Expected a mask of shape {shape}, one value for each row along the "
                f"last axis. Received: mask of shape {rows.shape}"
            )
        self.rows = np.broadcast_to(rows, shape)

    def lower(self, builder, x):
        mask = mask_tensor(builder, x.shape[:-1])

        def call(view):
            view[...] = self.rows

        builder.emit("python", (mask,), (), call=call)
        builder.set_mask(x, mask)
        return x
