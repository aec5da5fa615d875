"""The exponential linear unit as a layer."""

from __future__ import annotations

from typing import Any

from fastnn import activations
from fastnn.activations.activation import BoundActivation
from fastnn.layers.layer import Layer

__all__ = ["ELU"]


class ELU(Layer):
    """outputs = inputs where inputs > 0, else alpha * (exp(inputs) - 1)

    Clevert, Unterthiner and Hochreiter, 2015, "Fast and accurate deep network learning
    by exponential linear units".

    Args:
        alpha: Minus the limit for large negative values, not negative.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `alpha` is negative.
    """

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **base: Any):
        super().__init__(**base)
        self._function = BoundActivation(activations.elu, {"alpha": alpha})
        self.alpha = alpha

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        return self._function.lower(builder, x)
