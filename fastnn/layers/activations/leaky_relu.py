"""The leaky rectifier as a layer."""

from __future__ import annotations

import warnings
from typing import Any

from fastnn import activations
from fastnn.activations.activation import BoundActivation
from fastnn.layers.checks import not_negative
from fastnn.layers.layer import Layer

__all__ = ["LeakyReLU"]


class LeakyReLU(Layer):
    """outputs = inputs where inputs > 0, else negative_slope * inputs

    Maas et al., 2013, "Rectifier nonlinearities improve neural network acoustic
    models".

    Args:
        negative_slope: Slope for negative values, not negative itself. Its former name,
            `alpha`, is accepted with a warning.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the slope is None or negative.
    """

    supports_masking = True

    def __init__(self, negative_slope: float = 0.3, **base: Any):
        if "alpha" in base:
            negative_slope = base.pop("alpha")
            warnings.warn(
                "`alpha` is called `negative_slope` now", DeprecationWarning, 2
            )
        super().__init__(**base)
        self.negative_slope = not_negative("negative_slope", negative_slope)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        arguments = {"negative_slope": self.negative_slope}
        return BoundActivation(activations.leaky_relu, arguments).lower(builder, x)
