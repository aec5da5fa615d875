"""Normalization by the mean and the variance of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.data.convert import as_numbers
from fastnn.layers.layer import Layer
from fastnn.layers.preprocessing.batches import batches_of
from fastnn.plan.rules.affine import normalization_settings
from fastnn.plan.tensor import Held
from fastnn.variable import padded_zeros

__all__ = ["Normalization"]

_LEAST_DEVIATION = 1e-7


class Normalization(Layer):
    """outputs = (inputs - mean) / max(sqrt(variance), 1e-7)

    Mean and variance are given, or found by `adapt`; before that they are 0 and 1.

    Args:
        axis: The axis, or axes, along which every position has a mean of its own: -1
            for each feature; None for one mean of everything.
        mean: The mean, a number or an array that broadcasts to those positions.
        variance: The variance, of the same shape; given together with `mean`.
        invert: Whether to undo a normalization: inputs * sqrt(variance) + mean.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If only one of `mean` and `variance` is given, their shapes differ,
            or an axis does not exist.

    Example:
        >>> layer = fastnn.layers.Normalization()
        >>> layer.adapt(x_train)
        >>> model = fastnn.Sequential([layer, fastnn.layers.Dense(1)])
    """

    _fixed = frozenset({"axis"})

    supports_masking = True

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: npt.ArrayLike | None = None,
        variance: npt.ArrayLike | None = None,
        invert: bool = False,
        **base: Any,
    ):
        super().__init__(**base)
        self.axis = _axes(axis)
        self.input_mean, self.input_variance = _given(mean, variance, len(self.axis))
        self.invert = bool(invert)
        self._moments: Any = None

    def get_config(self):
        given = {"mean": self.input_mean, "variance": self.input_variance}
        arrays = {k: v if v is None else v.tolist() for k, v in given.items()}
        return {**super().get_config(), **arrays}

    def build(self, input_shape):
        self._kept = _kept_axes(self.axis, input_shape)
        shape = tuple(input_shape[axis] for axis in self._kept)
        if self.input_mean is not None:
            arrays = (self.input_mean, self.input_variance)
            self._moments = tuple(self._held(array, shape) for array in arrays)
            return
        moments = [
            self.add_weight(shape, initializer, name=name, trainable=False)
            for name, initializer in (("mean", "zeros"), ("variance", "ones"))
        ]
        self._moments = moments[0], moments[1]
        # Keras keeps it for its older files; it makes lists of weights alike.
        self.add_weight((), "zeros", name="count", trainable=False)

    def _held(self, array: np.ndarray, shape: tuple[int, ...]) -> Held:
        block = padded_zeros(shape, self.dtype)
        try:
            block[...] = array
        except ValueError:
            raise ValueError(
                f"Expected mean and variance of the layer {self.name!r} to broadcast "
                f"to shape {shape}. Received: shape {array.shape}"
            ) from None
        return Held("moments", block)

    @property
    def mean(self) -> np.ndarray | None:
        """The mean, in a shape that broadcasts to a batch; None before `build`."""
        return self._broadcast(0)

    @property
    def variance(self) -> np.ndarray | None:
        """The variance, in a shape that broadcasts to a batch; None before `build`."""
        return self._broadcast(1)

    def _broadcast(self, which: int) -> np.ndarray | None:
        if self._moments is None or self.built_for is None:
            return None
        moment = self._moments[which]
        array = np.array(moment.array if isinstance(moment, Held) else moment.value)
        ndim = len(self.built_for)
        sizes = dict(zip(self._kept, array.shape, strict=True))
        return array.reshape([sizes.get(axis, 1) for axis in range(ndim)])

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        ndim = len(x.shape) + 1
        shape = [(None, *x.shape)[a] if a in self._kept else 1 for a in range(1, ndim)]
        place = np.arange(int(np.prod(shape))).reshape(shape)
        settings = normalization_settings(
            builder, x, *self._moments, place, epsilon=_LEAST_DEVIATION,
            invert=self.invert,
        )  # fmt: skip
        return builder.forward("affine", x, *settings, shape=x.shape)

    def adapt(self, data: npt.ArrayLike | Iterable[Any]) -> None:
        """Finds mean and variance; what was found before is forgotten.

        Args:
            data: An array of shape (rows, ...), or an iterable of batches: arrays, or
                tuples that begin with one.

        Raises:
            TypeError: If it holds no numbers.
            ValueError: If mean and variance were given to the constructor, there are
                no rows, or the shapes of batches differ from what the layer is built
                for.
        """
        if self.input_mean is not None:
            raise ValueError(
                f"Expected the layer {self.name!r} to be made without mean and "
                "variance to adapt it. Received: both, in its constructor"
            )
        moments = _Moments()
        for batch in batches_of(data):
            batch = as_numbers(batch, "data")
            if not self.built:
                self.build((None, *batch.shape[1:]))
            self._check(batch)
            reduced = [a for a in range(batch.ndim) if a not in self._kept]
            moments.add(batch, tuple(reduced))
        if not moments.count:
            raise ValueError("Expected data with at least one row. Received: none")
        self._moments[0].assign(moments.mean)
        self._moments[1].assign(moments.squares / moments.count)

    def _check(self, batch: np.ndarray) -> None:
        expected = self.built_for or ()
        if batch.ndim != len(expected) or any(
            batch.shape[axis] != expected[axis] for axis in self._kept
        ):
            raise ValueError(
                f"Expected data of shape {expected} for the layer {self.name!r}. "
                f"Received: shape {batch.shape}"
            )


class _Moments:
    """Mean and sum of squared deviations, batch by batch.

    Chan, Golub and LeVeque, 1983, "Algorithms for computing the sample variance".
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean: Any = 0.0
        self.squares: Any = 0.0

    def add(self, batch: np.ndarray, axes: tuple[int, ...]) -> None:
        values = batch.astype(np.float64)
        count = int(np.prod([values.shape[axis] for axis in axes], dtype=int))
        if not values.size:
            return
        mean = values.mean(axis=axes)
        squares = values.var(axis=axes) * count
        total = self.count + count
        delta = mean - self.mean
        self.squares = self.squares + squares + delta**2 * self.count * count / total
        self.mean = self.mean + delta * count / total
        self.count = total


def _axes(axis: int | Sequence[int] | None) -> tuple[int, ...]:
    if axis is None:
        return ()
    return (axis,) if isinstance(axis, int) else tuple(axis)


def _given(mean: Any, variance: Any, axes: int) -> tuple[Any, Any]:
    if (mean is None) != (variance is None):
        raise ValueError(
            "Expected `mean` and `variance` together. "
            f"Received: mean={mean}, variance={variance}"
        )
    if mean is None:
        return None, None
    mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
    if mean.shape != variance.shape or mean.ndim > axes:
        raise ValueError(
            "Expected `mean` and `variance` of one shape, with at most as many axes as "
            f"`axis` names, {axes}. Received: shapes {mean.shape} and {variance.shape}"
        )
    return mean, variance


def _kept_axes(axes: tuple[int, ...], shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """The axes counted from 0, in ascending order."""
    ndim = len(shape)
    if any(not -ndim <= axis < ndim for axis in axes):
        raise ValueError(
            f"Expected axes from {-ndim} to {ndim - 1} for inputs of shape {shape}. "
            f"Received: axis={axes}"
        )
    kept = tuple(sorted(axis % ndim for axis in axes))
    if any(shape[axis] is None for axis in kept):
        raise ValueError(
            f"Expected axes of known length in inputs of shape {shape}. "
            f"Received: axis={axes}"
        )
    return kept
