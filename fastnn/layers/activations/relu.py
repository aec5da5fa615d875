"""The rectifier as a layer."""

from __future__ import annotations

from typing import Any

from fastnn import activations
from fastnn.activations.activation import BoundActivation
from fastnn.layers.checks import not_negative
from fastnn.layers.layer import Layer

__all__ = ["ReLU"]


class ReLU(Layer):
    """outputs = max(inputs, 0); with its arguments as `fastnn.activations.relu`

    Nair and Hinton, 2010, "Rectified linear units improve restricted Boltzmann
    machines".

    Args:
        max_value: The largest output, not negative; None for no limit.
        negative_slope: Slope below the threshold, not negative.
        threshold: Where the slope ends, not negative.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument is negative.
    """

    supports_masking = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **base: Any,
    ):
        super().__init__(**base)
        if max_value is not None:
            not_negative("max_value", max_value)
        self.max_value = max_value
        self.negative_slope = not_negative("negative_slope", negative_slope)
        self.threshold = not_negative("threshold", threshold)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        arguments = {
            "negative_slope": self.negative_slope,
            "max_value": self.max_value,
            "threshold": self.threshold,
        }
        return BoundActivation(activations.relu, arguments).lower(builder, x)
