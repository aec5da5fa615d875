"""Losses for classes: the cross entropies.

Probabilities are kept within [epsilon, 1 - epsilon], with `fastnn.config.epsilon()`;
logits need no bound and are exact.
Source: Cover and Thomas, 2006, "Elements of information theory", chapter 2; label
smoothing: Szegedy et al., 2016, "Rethinking the Inception architecture".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.rows import labels_of
from fastnn.losses.settings import number, one_axis, share

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_generalized_cross_entropy",
    "sparse_categorical_crossentropy",
]


class _SmoothedCrossentropy(CompiledLoss):
    """A cross entropy against probabilities, which may be smoothed.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: How far targets are moved towards uniform ones, from 0 to 1.
        axis: The axis that a value is taken along.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.from_logits = bool(from_logits)
        self.label_smoothing = share("label_smoothing", label_smoothing)
        self.axis = one_axis(axis)

    @property
    def scalars(self):
        return self.label_smoothing, epsilon()

    @property
    def logits_scalars(self):
        return (self.label_smoothing,)


class BinaryCrossentropy(_SmoothedCrossentropy):
    """values = -mean(t log(p) + (1 - t) log(1 - p)) along an axis

    For outputs that are each a yes or a no. Smoothing turns t into
    t (1 - s) + s / 2.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: The axis that a value is taken along.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "binary_crossentropy"
    logits_kernel = "sigmoid_binary_crossentropy"


class CategoricalCrossentropy(_SmoothedCrossentropy):
    """values = -sum(t log(p)) along an axis, p divided by its sum first

    For one-hot targets. Smoothing turns t into t (1 - s) + s / n for n classes.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: The axis that a value is taken along.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "categorical_crossentropy"
    logits_kernel = "softmax_categorical_crossentropy"


class SparseCategoricalCrossentropy(CompiledLoss):
    """values = -log(p[label]), p divided by its sum along an axis first

    For targets that are the index of a class.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        ignore_class: A label of rows that are left out: their value is 0, and a mean
            is that of the others. None if there is none.
        reduction: See `Loss`.
        axis: The axis that a value is taken along.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "sparse_categorical_crossentropy"
    logits_kernel = "softmax_sparse_categorical_crossentropy"
    target = "labels"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.from_logits = bool(from_logits)
        self.ignore_class = _label(ignore_class)
        self.axis = one_axis(axis)

    @property
    def scalars(self):
        return (epsilon(),)

    @property
    def logits_scalars(self):
        return ()

    @property
    def ignored(self) -> int | None:  # type: ignore[override]
        return self.ignore_class

    def mask(self, y_true, values):
        if self.ignore_class is None:
            return None
        labels = labels_of(y_true, values[..., np.newaxis], self.axis)
        return labels != self.ignore_class


class CategoricalGeneralizedCrossEntropy(CompiledLoss):
    """values = (1 - p[label]^q) / q over the last axis

    Less hurt by wrong labels than the cross entropy, which it nears for q to 0; for q
    to 1 it nears the mean absolute error. For targets that are the index of a class.
    Source: Zhang and Sabuncu, 2018, "Generalized cross entropy loss for training deep
    neural networks with noisy labels".

    Args:
        q: Between 0 and 1, both excluded.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "categorical_generalized_cross_entropy"
    target = "labels"

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.q = number("q", q)
        if not 0 < self.q < 1:
            raise ValueError(f"Expected `q` to lie between 0 and 1. Received: {q=}")

    @property
    def scalars(self):
        return (self.q,)


def binary_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Returns the values of `BinaryCrossentropy`.

    Args:
        y_true: Targets from 0 to 1, shape (..., n).
        y_pred: Predictions, shape (..., n).
        from_logits: See the class, also for the further arguments.
    """
    loss = BinaryCrossentropy(from_logits, label_smoothing, axis)
    return loss.call(y_true, y_pred)


def categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Returns the values of `CategoricalCrossentropy`.

    Args:
        y_true: One-hot targets or probabilities, shape (..., n).
        y_pred: Predictions, shape (..., n).
        from_logits: See the class, also for the further arguments.
    """
    loss = CategoricalCrossentropy(from_logits, label_smoothing, axis)
    return loss.call(y_true, y_pred)


def sparse_categorical_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> np.ndarray:
    """Returns the values of `SparseCategoricalCrossentropy`.

    Args:
        y_true: Labels, shape (...) or (..., 1).
        y_pred: Predictions, shape (..., n).
        from_logits: See the class, also for the further arguments.
    """
    loss = SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
    return loss.call(y_true, y_pred)


def categorical_generalized_cross_entropy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, q: float
) -> np.ndarray:
    """Returns the values of `CategoricalGeneralizedCrossEntropy`.

    Args:
        y_true: Labels, shape (...) or (..., 1).
        y_pred: Probabilities, shape (..., n).
        q: Between 0 and 1, both excluded.
    """
    return CategoricalGeneralizedCrossEntropy(q).call(y_true, y_pred)


def _label(ignore_class: int | None) -> int | None:
    if ignore_class is None:
        return None
    whole = number("ignore_class", ignore_class)
    if whole != int(whole):
        raise ValueError(
            f"Expected `ignore_class` to be a whole number. Received: {ignore_class=}"
        )
    return int(whole)
