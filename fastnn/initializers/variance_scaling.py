"""Initializers whose variance follows from the shape of the weight."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fastnn.initializers.distributions import affine
from fastnn.initializers.initializer import RandomInitializer
from fastnn.random import Seed
from fastnn.random.values import standard_truncated_normal

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "VarianceScaling",
]

# Standard deviation of a standard normal variable cut off at plus and minus two.
_STDDEV_OF_TRUNCATED_NORMAL = 0.87962566103423978

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


class VarianceScaling(RandomInitializer):
    """Draws values whose variance is scale / n.

    n is the number of inputs of the weight (`fan_in`), of its outputs (`fan_out`) or
    the mean of both (`fan_avg`). A uniform distribution spans plus and minus
    sqrt(3 scale / n).

    Args:
        scale: Factor of the variance, positive.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal"), "untruncated_normal" or
            "uniform".
        seed: An integer, a `SeedGenerator` or None.
        input_axes: The axes of the weight that are inputs; None for the usual ones.
        output_axes: The axes of the weight that are outputs; None for the usual ones.

    Raises:
        ValueError: If `scale`, `mode` or `distribution` is not one of these.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(seed)
        if not scale > 0:
            raise ValueError(f"Expected `scale` to be positive. Received: {scale=}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        self.scale = scale
        self.mode = _one_of(_MODES, mode, "mode")
        self.distribution = _one_of(_DISTRIBUTIONS, distribution, "distribution")
        self.input_axes = input_axes
        self.output_axes = output_axes

    def draw(self, generator, shape, dtype):
        stddev = math.sqrt(self.scale / max(1.0, self._fan(shape)))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev
            return affine(generator.random(shape, dtype), 2 * limit, -limit)
        if self.distribution == "untruncated_normal":
            return affine(generator.standard_normal(shape, dtype), stddev, 0.0)
        values = standard_truncated_normal(generator, shape, dtype)
        return affine(values, stddev / _STDDEV_OF_TRUNCATED_NORMAL, 0.0)

    def _fan(self, shape: tuple[int, ...]) -> float:
        fan_in, fan_out = _fans(shape, self.input_axes, self.output_axes)
        mean = (fan_in + fan_out) / 2
        return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": mean}[self.mode]


class _NamedScaling(VarianceScaling):
    """A variance scaling whose scale, mode and distribution have a name."""

    settings: tuple[float, str, str]

    def __init__(
        self,
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(*self.settings, seed, input_axes, output_axes)


class GlorotUniform(_NamedScaling):
    """Uniform within plus and minus sqrt(6 / (fan_in + fan_out)).

    Also called Xavier uniform: Glorot and Bengio, 2010, "Understanding the difficulty
    of training deep feedforward neural networks".

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (1.0, "fan_avg", "uniform")


class GlorotNormal(_NamedScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out).

    Also called Xavier normal: Glorot and Bengio, 2010.

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_NamedScaling):
    """Uniform within plus and minus sqrt(6 / fan_in).

    He et al., 2015, "Delving deep into rectifiers".

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (2.0, "fan_in", "uniform")


class HeNormal(_NamedScaling):
    """Truncated normal of variance 2 / fan_in (He et al., 2015).

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_NamedScaling):
    """Uniform within plus and minus sqrt(3 / fan_in).

    LeCun et al., 1998, "Efficient BackProp".

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (1.0, "fan_in", "uniform")


class LecunNormal(_NamedScaling):
    """Truncated normal of variance 1 / fan_in (LeCun et al., 1998).

    Args:
        seed: An integer, a `SeedGenerator` or None.
        input_axes, output_axes: As in `VarianceScaling`.
    """

    settings = (1.0, "fan_in", "truncated_normal")


def _fans(
    shape: tuple[int, ...],
    input_axes: Sequence[int] | None,
    output_axes: Sequence[int] | None,
) -> tuple[int, int]:
    """Returns the number of inputs and of outputs that a weight connects."""
    if input_axes is not None and output_axes is not None:
        return (
            math.prod(shape[axis] for axis in input_axes),
            math.prod(shape[axis] for axis in output_axes),
        )
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    *receptive_field, fan_in, fan_out = shape
    size = math.prod(receptive_field)
    return fan_in * size, fan_out * size


def _one_of(allowed: tuple[str, ...], value: str, name: str) -> str:
    if value not in allowed:
        raise ValueError(
            f"Expected `{name}` to be one of {allowed}. Received: {name}={value!r}"
        )
    return value
