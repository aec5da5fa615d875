"""Axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastnn.layers.layer import Layer

__all__ = ["Permute"]


class Permute(Layer):
    """Puts the axes of each row of the inputs into another order.

    Args:
        dims: Which axis of the inputs becomes the first, the second, ... of a row of
            the outputs; counted from 1, as the axis of the rows is 0. (2, 1) transposes
            matrices.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `dims` are not the numbers from 1 on, each once, or the inputs
            have another number of axes.
    """

    def __init__(self, dims: Sequence[int], **base: Any):
        super().__init__(**base)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Expected `dims` to have each of the numbers from 1 on once. "
                f"Received: {dims=}"
            )

    def compute_output_shape(self, input_shape):
        if len(input_shape) != len(self.dims) + 1:
            raise ValueError(
                f"Expected inputs of {len(self.dims) + 1} axes for the layer "
                f"{self.name!r}. Received: {input_shape=}"
            )
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def lower(self, builder, x):
        self.compute_output_shape((None, *x.shape))
        return builder.permute(x, tuple(axis - 1 for axis in self.dims))
