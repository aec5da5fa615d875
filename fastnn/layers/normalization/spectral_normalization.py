"""Spectral normalization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.initializers import TruncatedNormal
from fastnn.layers.layer import Layer
from fastnn.plan.rules.spectral import SpectralDivision

__all__ = ["SpectralNormalization"]


class SpectralNormalization(Layer):
    """outputs = layer(inputs), with the layer's kernel divided by its largest singular
    value in training

    The singular value is estimated by the power method, which goes on from step to
    step. Within `fit` the kernel itself is trained and stays undivided, and so it is
    used in inference; a call with training=True leaves it divided.

    Miyato, Kataoka, Koyama and Yoshida, 2018, "Spectral normalization for generative
    adversarial networks".

    Args:
        layer: A layer with a `kernel` or `embeddings`.
        power_iterations: Iterations of the power method in each step, positive.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **base: Any):
        super().__init__(**base)
        if not isinstance(layer, Layer):
            raise ValueError(f"Expected `layer` to be a layer. Received: {layer=}")
        if power_iterations <= 0:
            raise ValueError(
                "Expected `power_iterations` to be positive. "
                f"Received: {power_iterations=}"
            )
        self.layer = layer
        self.power_iterations = power_iterations

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Returns a new layer with the arguments that `get_config` gave."""
        from fastnn.layers import deserialize

        return cls(**{**config, "layer": deserialize(config["layer"])})

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(input_shape)
        kernel = self._kernel()
        if kernel is None:
            raise ValueError(
                "Expected a layer with `kernel` or `embeddings`. "
                f"Received: layer={self.layer!r}"
            )
        self.vector_u = self.add_weight(
            (1, kernel.shape[-1]),
            TruncatedNormal(stddev=0.02),
            name="vector_u",
            trainable=False,
        )

    def _kernel(self) -> Any:
        return getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))

    def _own_weights(self):
        """The kernel counts as its own, and comes first."""
        kernel = self._kernel()
        return [*([] if kernel is None else [kernel]), *super()._own_weights()]

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def lower(self, builder, x):
        if builder.training:
            division = SpectralDivision(
                self._kernel(), self.vector_u, self.power_iterations
            )
            division.record(builder)
        return builder.apply(self.layer, x)
