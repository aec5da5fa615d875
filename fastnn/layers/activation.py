"""An activation function as a layer."""

from __future__ import annotations

from typing import Any

from fastnn import activations
from fastnn.layers.layer import Layer

__all__ = ["Activation"]


class Activation(Layer):
    """outputs = activation(inputs)

    Args:
        activation: See `fastnn.activations.get`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the activation is not known.
    """

    supports_masking = True

    def __init__(self, activation: Any, **base: Any):
        super().__init__(**base)
        self.activation = activations.get(activation)

    def compute_output_shape(self, input_shape):
        return self.activation.output_shape(tuple(input_shape))

    def lower(self, builder, x):
        return self.activation.lower(builder, x)
