"""The base of the layers that are random in training."""

from __future__ import annotations

from typing import Any

from fastnn.layers.layer import Layer
from fastnn.random import Seed, checked_seed, key_of

__all__ = ["NoiseLayer", "checked_rate"]


class NoiseLayer(Layer):
    """Adds noise in training; otherwise the outputs are the inputs.

    The noise of an element depends on the seed, the step and its place in the batch,
    and on nothing else.

    Args:
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Attributes:
        amount: The name of the setting that says how much noise; none if it is 0.
    """

    supports_masking = True
    amount = "rate"

    def __init__(self, seed: Seed = None, **base: Any):
        super().__init__(**base)
        self.seed = checked_seed(seed)
        self.key = key_of(self.seed)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        if not builder.training or getattr(self, self.amount) == 0:
            return x
        return self.lower_noise(builder, x)

    def lower_noise(self, builder, x):
        """Records the noise."""
        raise NotImplementedError


def checked_rate(rate: float, *, below_one: bool = False) -> float:
    """Returns a rate of dropout as a float.

    Raises:
        ValueError: If it is not from 0 to 1; or 1 itself, unless that is possible.
    """
    if not 0 <= rate <= 1 or (below_one and rate == 1):
        limit = "below 1" if below_one else "1"
        raise ValueError(f"Expected `rate` to be from 0 to {limit}. Received: {rate=}")
    return float(rate)
