"""Dropout."""

from __future__ import annotations

from typing import Any

from fastnn.layers.layer import Layer
from fastnn.random import Seed, checked_seed, key_of

__all__ = ["Dropout"]


class Dropout(Layer):
    """outputs = inputs * kept / (1 - rate), where kept is 0 or 1 at random

    Each input is kept with probability 1 - rate, independently. Outside training the
    outputs are the inputs.

    Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting".

    Args:
        rate: Fraction of the inputs to drop, from 0 to 1.
        noise_shape: Only None is supported: each input has a draw of its own.
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: None = None,
        seed: Seed = None,
        **base: Any,
    ):
        super().__init__(**base)
        if not 0 <= rate <= 1:
            raise ValueError(f"Expected `rate` to be from 0 to 1. Received: {rate=}")
        if noise_shape is not None:
            raise ValueError(f"Expected noise_shape=None. Received: {noise_shape=}")
        self.rate = float(rate)
        self.noise_shape = noise_shape
        self.seed = checked_seed(seed)
        self.key = key_of(self.seed)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        if not builder.training or self.rate == 0:
            return x
        return builder.forward(
            "dropout", x, shape=x.shape, scalars=(self.rate,), key=self.key
        )
