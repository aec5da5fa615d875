"""Flattening."""

from __future__ import annotations

import math
from typing import Any

from fastnn.layers.layer import Layer

__all__ = ["Flatten"]


class Flatten(Layer):
    """Makes each row of the inputs one-dimensional: (rows, a, b) -> (rows, a * b)

    Args:
        data_format: None or "channels_last", which are the same.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `data_format` is anything else.
    """

    def __init__(self, data_format: str | None = None, **base: Any):
        super().__init__(**base)
        if data_format not in (None, "channels_last"):
            raise ValueError(
                "Expected `data_format` to be None or 'channels_last'. "
                f"Received: {data_format=}"
            )
        self.data_format = data_format

    def compute_output_shape(self, input_shape):
        rows, *sizes = input_shape
        return (rows, math.prod(sizes))

    def lower(self, builder, x):
        return builder.forward("reshape", x, shape=(math.prod(x.shape),))
