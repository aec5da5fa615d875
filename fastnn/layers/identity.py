"""A layer that does nothing."""

from __future__ import annotations

from fastnn.layers.layer import Layer

__all__ = ["Identity"]


class Identity(Layer):
    """outputs = inputs

    Args:
        **base: Arguments of `Layer`.
    """

    takes_codes = True
    supports_masking = True

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        return x
