"""Gaussian noise, added and multiplied."""

from __future__ import annotations

import math
from typing import Any

from fastnn.layers.noise import NoiseLayer, checked_rate
from fastnn.random import Seed

__all__ = ["GaussianDropout", "GaussianNoise"]


class GaussianNoise(NoiseLayer):
    """outputs = inputs + stddev * normal, in training

    Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".

    Args:
        stddev: Standard deviation of the noise, from 0 to 1.
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    amount = "stddev"

    def __init__(self, stddev: float, seed: Seed = None, **base: Any):
        super().__init__(seed=seed, **base)
        if not 0 <= stddev <= 1:
            raise ValueError(
                f"Expected `stddev` to be from 0 to 1. Received: {stddev=}"
            )
        self.stddev = float(stddev)

    def lower_noise(self, builder, x):
        return builder.forward(
            "gaussian_noise", x, shape=x.shape, scalars=(self.stddev,), key=self.key
        )


class GaussianDropout(NoiseLayer):
    """outputs = inputs * (1 + sqrt(rate / (1 - rate)) * normal), in training

    Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting", section 10.

    Args:
        rate: The rate of the `Dropout` with noise of the same variance, from 0 to
            below 1.
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(self, rate: float, seed: Seed = None, **base: Any):
        super().__init__(seed=seed, **base)
        self.rate = checked_rate(rate, below_one=True)

    def lower_noise(self, builder, x):
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return builder.forward(
            "gaussian_dropout", x, shape=x.shape, scalars=(stddev,), key=self.key
        )
