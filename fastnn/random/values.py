"""Arrays of random values, under Keras's names.

`seed` is an integer (the same values at each call), a `SeedGenerator` (new ones), or
None (the next seed of `set_random_seed`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real, standardize_dtype
from fastnn.random.seed_generator import Seed, generator_of

__all__ = [
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "standard_truncated_normal",
    "truncated_normal",
    "uniform",
]

_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws from the normal distribution N(mean, stddev^2).

    Args:
        shape: Shape of the result.
        mean: Mean of the values.
        stddev: Standard deviation of the values.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    dtype = np.dtype(standardize_dtype(dtype))
    values = generator_of(seed).standard_normal(tuple(shape), dtype)
    return _affine(values, stddev, mean)


def truncated_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws from N(mean, stddev^2), again where a value is beyond two deviations.

    Args:
        shape: Shape of the result.
        mean: Mean of the values.
        stddev: Standard deviation before truncation.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    dtype = np.dtype(standardize_dtype(dtype))
    values = standard_truncated_normal(generator_of(seed), tuple(shape), dtype)
    return _affine(values, stddev, mean)


def uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws from the uniform distribution over [minval, maxval).

    Args:
        shape: Shape of the result.
        minval: Lower bound, inclusive.
        maxval: Upper bound, exclusive.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    dtype = np.dtype(standardize_dtype(dtype))
    values = generator_of(seed).random(tuple(shape), dtype)
    return _affine(values, maxval - minval, minval)


def randint(
    shape: Sequence[int],
    minval: int,
    maxval: int,
    dtype: npt.DTypeLike = "int32",
    seed: Seed = None,
) -> np.ndarray:
    """Draws integers, each one of [minval, maxval) as likely as the others.

    Args:
        shape: Shape of the result.
        minval: Lower bound, inclusive.
        maxval: Upper bound, exclusive.
        dtype: An integer type.
        seed: An integer, a `SeedGenerator` or None.

    Raises:
        ValueError: If `dtype` is not an integer type.
    """
    return generator_of(seed).integers(
        minval, maxval, tuple(shape), dtype=_integer_type(dtype)
    )


def categorical(
    logits: npt.ArrayLike,
    num_samples: int,
    dtype: npt.DTypeLike = "int32",
    seed: Seed = None,
) -> np.ndarray:
    """Draws classes with probabilities softmax(logits), by the largest of logits plus
    Gumbel noise.

    Args:
        logits: Logarithms of the classes' weights, (rows, classes).
        num_samples: Draws for each row.
        dtype: An integer type.
        seed: An integer, a `SeedGenerator` or None.

    Returns:
        Class indices, (rows, num_samples).

    Raises:
        ValueError: If `logits` is not a matrix or `dtype` not an integer type.
    """
    logits = as_real(logits, "float64", name="logits")
    if logits.ndim != 2:
        raise ValueError(
            "Expected `logits` to have shape (rows, classes). "
            f"Received: logits.shape={logits.shape}"
        )
    rows, classes = logits.shape
    noise = generator_of(seed).gumbel(size=(rows, num_samples, classes))
    return (logits[:, np.newaxis] + noise).argmax(axis=-1).astype(_integer_type(dtype))


def shuffle(x: npt.ArrayLike, axis: int = 0, seed: Seed = None) -> np.ndarray:
    """Returns a copy of `x` with its parts along an axis in a random order.

    Args:
        x: Any array.
        axis: The axis.
        seed: An integer, a `SeedGenerator` or None.
    """
    return generator_of(seed).permutation(np.asarray(x), axis=axis)


def dropout(
    inputs: npt.ArrayLike,
    rate: float,
    noise_shape: Sequence[int | None] | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Sets a share of the inputs to zero and scales the others by 1 / (1 - rate).

    Args:
        inputs: Array of any shape.
        rate: Share to drop, from 0 to below 1.
        noise_shape: Shape of the draws, which spread over the inputs; None in it stands
            for the size of the inputs there.
        seed: An integer, a `SeedGenerator` or None.

    Raises:
        ValueError: If `rate` is not from 0 to below 1.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"Expected `rate` to be in [0, 1). Received: {rate=}")
    inputs = as_real(inputs, name="inputs")
    sizes = tuple(
        inputs.shape[axis - len(noise_shape or ())] if size is None else size
        for axis, size in enumerate(noise_shape or inputs.shape)
    )
    kept = generator_of(seed).random(sizes) >= rate
    return inputs * (kept / (1 - rate)).astype(inputs.dtype)


def gamma(
    shape: Sequence[int],
    alpha: npt.ArrayLike,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws from the gamma distribution of shape `alpha` and scale 1.

    Args:
        shape: Shape of the result.
        alpha: Parameter of the distribution, a number or an array that spreads.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    values = generator_of(seed).standard_gamma(np.asarray(alpha), tuple(shape))
    return values.astype(standardize_dtype(dtype))


def beta(
    shape: Sequence[int],
    alpha: npt.ArrayLike,
    beta: npt.ArrayLike,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws from the beta distribution.

    Args:
        shape: Shape of the result.
        alpha, beta: Parameters of the distribution, numbers or arrays that spread.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    drawn = generator_of(seed).beta(np.asarray(alpha), np.asarray(beta), tuple(shape))
    return drawn.astype(standardize_dtype(dtype))


def binomial(
    shape: Sequence[int],
    counts: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    dtype: npt.DTypeLike | None = None,
    seed: Seed = None,
) -> np.ndarray:
    """Draws how many of `counts` trials succeed.

    Args:
        shape: Shape of the result.
        counts: Numbers of trials, a number or an array that spreads.
        probabilities: Of success, likewise.
        dtype: float32 or float64; by default `fastnn.config.floatx()`.
        seed: An integer, a `SeedGenerator` or None.
    """
    trials = np.asarray(counts).astype(np.int64)
    drawn = generator_of(seed).binomial(trials, np.asarray(probabilities), tuple(shape))
    return drawn.astype(standardize_dtype(dtype))


def standard_truncated_normal(generator, shape, dtype) -> np.ndarray:
    """Returns values from N(0, 1), none beyond plus or minus two."""
    values = generator.standard_normal(math.prod(shape), dtype)
    while (outside := np.flatnonzero(np.abs(values) > 2)).size:
        values[outside] = generator.standard_normal(outside.size, dtype)
    return values.reshape(shape)


def _affine(values: np.ndarray, factor: float, offset: float) -> np.ndarray:
    """Returns values * factor + offset, in place and in the type of `values`."""
    values *= factor
    values += offset
    return values


def _integer_type(dtype: npt.DTypeLike) -> np.dtype:
    name = np.dtype(dtype).name
    if name not in _INTEGERS:
        raise ValueError(f"Expected `dtype` to be an integer type. Received: {dtype=}")
    return np.dtype(name)
