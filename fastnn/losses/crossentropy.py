"""Losses for classes: the cross entropies.

Probabilities are kept within [1e-7, 1 - 1e-7]; logits need no bound and are exact.
Source: Cover and Thomas, 2006, "Elements of information theory", chapter 2; label
smoothing: Szegedy et al., 2016, "Rethinking the Inception architecture".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.losses.loss import CompiledLoss

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]


class _SmoothedCrossentropy(CompiledLoss):
    """A cross entropy against probabilities, which may be smoothed.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: How far targets are moved towards uniform ones, from 0 to 1.
        axis: Only -1, the last axis, is supported.
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
        if not 0 <= label_smoothing <= 1:
            raise ValueError(
                f"Expected `label_smoothing` to be from 0 to 1. "
                f"Received: {label_smoothing=}"
            )
        self.from_logits = bool(from_logits)
        self.label_smoothing = float(label_smoothing)
        self.axis = _last_axis(axis)

    @property
    def scalars(self):
        return (self.label_smoothing,)


class BinaryCrossentropy(_SmoothedCrossentropy):
    """values = -mean(t log(p) + (1 - t) log(1 - p)) over the last axis

    For outputs that are each a yes or a no. Smoothing turns t into
    t (1 - s) + s / 2.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: Only -1, the last axis, is supported.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "binary_crossentropy"
    logits_kernel = "sigmoid_binary_crossentropy"


class CategoricalCrossentropy(_SmoothedCrossentropy):
    """values = -sum(t log(p)) over the last axis, p divided by its sum first

    For one-hot targets. Smoothing turns t into t (1 - s) + s / n for n classes.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: Only -1, the last axis, is supported.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "categorical_crossentropy"
    logits_kernel = "softmax_categorical_crossentropy"


class SparseCategoricalCrossentropy(CompiledLoss):
    """values = -log(p[label]), p divided by its sum over the last axis first

    For targets that are the index of a class.

    Args:
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        ignore_class: Only None is supported.
        reduction: See `Loss`.
        axis: Only -1, the last axis, is supported.
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
        ignore_class: None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        if ignore_class is not None:
            raise ValueError(f"Expected ignore_class=None. Received: {ignore_class=}")
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class
        self.axis = _last_axis(axis)


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
    ignore_class: None = None,
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


def _last_axis(axis: int) -> int:
    if isinstance(axis, bool) or axis != -1:
        raise ValueError(f"Expected axis=-1, the last one. Received: {axis=}")
    return axis
