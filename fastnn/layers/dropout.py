"""Dropout, and the one for self-normalizing networks."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from fastnn.layers.noise import NoiseLayer, checked_rate
from fastnn.plan.rules.dropout import shared_noise
from fastnn.random import Seed

__all__ = ["AlphaDropout", "Dropout"]

_ALPHA = 1.6732632423543772848170429916717
_SCALE = 1.0507009873554804934193349852946
_LIMIT = -_ALPHA * _SCALE  # of selu at minus infinity


class Dropout(NoiseLayer):
    """outputs = inputs * kept / (1 - rate), where kept is 0 or 1 at random

    Each input is kept with probability 1 - rate, independently. Outside training the
    outputs are the inputs.

    Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting".

    Args:
        rate: Fraction of the inputs to drop, from 0 to 1.
        noise_shape: Shape of a batch of draws, which broadcasts to that of the inputs;
            by default each input has a draw of its own. (None, 1, 8) drops the same of
            8 features at all steps of a row; 1 in front gives all rows the same draws.
            None along an axis, and any other number along that of the rows, stand for
            as many as there are.
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value, or `noise_shape` does not
            broadcast to the shape of the inputs.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: Seed = None,
        **base: Any,
    ):
        super().__init__(seed=seed, **base)
        self.rate = checked_rate(rate)
        self.noise_shape = _noise_shape(noise_shape)

    def lower_noise(self, builder, x):
        scale = 1 / (1 - self.rate) if self.rate < 1 else 0.0
        return _dropped(self, builder, x, (self.rate, scale, 0.0, 0.0))


class AlphaDropout(NoiseLayer):
    """outputs = a * (inputs where kept else -1.758) + b, in training

    Each input is kept with probability 1 - rate, or set to the limit of selu at minus
    infinity, -scale * alpha; a and b bring mean and variance back to where they were if
    they were 0 and 1:

        a = ((1 - rate) * (1 + rate * (scale * alpha)^2))^-0.5
        b = a * scale * alpha * rate

    Klambauer et al., 2017, "Self-normalizing neural networks".

    Args:
        rate: Fraction of the inputs to drop, from 0 to below 1.
        noise_shape: As in `Dropout`.
        seed: An integer, a `SeedGenerator`, or None to take the next seed of
            `set_random_seed`.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If an argument has a wrong value, or `noise_shape` does not
            broadcast to the shape of the inputs.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: Seed = None,
        **base: Any,
    ):
        super().__init__(seed=seed, **base)
        self.rate = checked_rate(rate, below_one=True)
        self.noise_shape = _noise_shape(noise_shape)

    def lower_noise(self, builder, x):
        a = ((1 - self.rate) * (1 + self.rate * _LIMIT**2)) ** -0.5
        b = -a * _LIMIT * self.rate
        return _dropped(self, builder, x, (self.rate, a, b, a * _LIMIT + b))


def _dropped(layer, builder, x, scalars):
    source, sizes = shared_noise(x, layer.noise_shape)
    return builder.forward(
        "dropout", x, source, shape=x.shape, sizes=sizes, scalars=scalars, key=layer.key
    )


def _noise_shape(shape: Any) -> tuple[int | None, ...] | None:
    if shape is None:
        return None
    try:
        sizes = tuple(None if n is None else operator.index(n) for n in shape)
    except TypeError:
        sizes = (0,)
    if any(size is not None and size < 1 for size in sizes):
        raise ValueError(
            "Expected `noise_shape` to be a sequence of positive integers and None. "
            f"Received: noise_shape={shape!r}"
        )
    return sizes
