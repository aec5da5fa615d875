"""Flattening."""

from __future__ import annotations

import math
from typing import Any

from fastnn.layers.layer import Layer
from fastnn.plan.rules.categories import as_values

__all__ = ["Flatten"]

_FORMATS = ("channels_first", "channels_last")


class Flatten(Layer):
    """Makes each row of the inputs one-dimensional: (rows, a, b) -> (rows, a * b)

    Args:
        data_format: "channels_last", the default, for the elements in the order in
            which they lie; "channels_first" to put the first axis of a row last before.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `data_format` is anything else.
    """

    takes_codes = True

    def __init__(self, data_format: str | None = None, **base: Any):
        super().__init__(**base)
        self.data_format = str(data_format or "channels_last").lower()
        if self.data_format not in _FORMATS:
            raise ValueError(
                f"Expected `data_format` to be one of {_FORMATS}. "
                f"Received: {data_format=}"
            )

    def compute_output_shape(self, input_shape):
        rows, *sizes = input_shape
        return (rows, None if None in sizes else math.prod(sizes))

    def lower(self, builder, x):
        if self.data_format == "channels_first" and len(x.shape) > 1:
            x = as_values(builder, x)
            x = builder.permute(x, (*range(1, len(x.shape)), 0))
        return builder.reshape(x, (math.prod(x.shape),))
