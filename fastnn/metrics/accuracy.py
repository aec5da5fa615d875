"""Accuracies: how often predictions are right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.mean import MeanMetricWrapper
from fastnn.metrics.rows import RowMetric

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns 1 where y_true == y_pred, else 0.

    Args:
        y_true: Any shape.
        y_pred: The same shape, give or take a last axis of length one.

    Raises:
        ValueError: If the shapes do not fit.
    """
    pred = as_real(y_pred, name="y_pred")
    return _equal(*match_ranks(as_real(y_true, pred.dtype, name="y_true"), pred))


def binary_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, threshold: float = 0.5
) -> np.ndarray:
    """Returns 1 where y_true == (y_pred > threshold), else 0.

    Args:
        y_true: Zeros and ones, any shape.
        y_pred: The same shape, give or take a last axis of length one.
        threshold: Above it a prediction counts as 1.

    Raises:
        ValueError: If the shapes do not fit.
    """
    pred = as_real(y_pred, name="y_pred")
    above = (pred > pred.dtype.type(threshold)).astype(pred.dtype)
    return _equal(*match_ranks(as_real(y_true, pred.dtype, name="y_true"), above))


def categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns 1 where the largest entries of y_true and y_pred agree, else 0.

    Args:
        y_true: One-hot targets, shape (..., n).
        y_pred: Predictions, shape (..., n).

    Raises:
        ValueError: If the shapes do not fit.
    """
    return sparse_categorical_accuracy(_largest(y_true, "y_true"), y_pred)


def sparse_categorical_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike
) -> np.ndarray:
    """Returns 1 where the largest entry of y_pred is the one y_true names, else 0.

    Args:
        y_true: Labels, shape (...) or (..., 1).
        y_pred: Predictions, shape (..., n).

    Raises:
        ValueError: If the shapes do not fit.
    """
    pred = as_real(y_pred, name="y_pred")
    labels = _labels(as_real(y_true, pred.dtype, name="y_true"), pred)
    return _equal(labels, _largest(pred, "y_pred").astype(pred.dtype))


def top_k_categorical_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, k: int = 5
) -> np.ndarray:
    """Returns 1 where the entry of y_pred at the largest of y_true is among its k
    largest, else 0.

    Args:
        y_true: One-hot targets, shape (..., n).
        y_pred: Predictions, shape (..., n). Of equal ones all count.
        k: How many entries are good enough.

    Raises:
        ValueError: If the shapes do not fit.
    """
    return sparse_top_k_categorical_accuracy(_largest(y_true, "y_true"), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    k: int = 5,
    from_sorted_ids: bool = False,
) -> np.ndarray:
    """Returns 1 where the entry of y_pred that y_true names is among its k largest,
    else 0.

    Args:
        y_true: Labels, shape (...) or (..., 1).
        y_pred: Predictions, shape (..., n). Of equal ones all count.
        k: How many entries are good enough.
        from_sorted_ids: Whether y_pred holds labels instead, the likeliest first.

    Raises:
        ValueError: If the shapes do not fit.
    """
    pred = as_real(y_pred, name="y_pred")
    labels = _labels(np.asarray(y_true), pred)[..., np.newaxis]
    if from_sorted_ids:
        right = (pred[..., :k] == labels).any(axis=-1)
    else:
        right = _rank(pred, labels.astype(np.int64)) < k
    return right.astype(pred.dtype)


class Accuracy(MeanMetricWrapper):
    """mean(y_true == y_pred)

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
    """

    _direction = "up"

    def __init__(
        self, name: str | None = "accuracy", dtype: npt.DTypeLike | None = None
    ):
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(RowMetric):
    """mean(y_true == (y_pred > threshold))

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
        threshold: Above it a prediction counts as 1.
    """

    kernel = "binary_accuracy"
    _direction = "up"

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: npt.DTypeLike | None = None,
        threshold: float = 0.5,
    ):
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = float(threshold)
        self.scalars = (self.threshold,)


class CategoricalAccuracy(RowMetric):
    """mean(argmax(y_true) == argmax(y_pred)) over the last axis

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "categorical_accuracy"
    _direction = "up"

    def __init__(
        self,
        name: str | None = "categorical_accuracy",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(RowMetric):
    """mean(y_true == argmax(y_pred)) over the last axis

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "sparse_categorical_accuracy"
    target = "labels"
    _direction = "up"

    def __init__(
        self,
        name: str | None = "sparse_categorical_accuracy",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(RowMetric):
    """The share of rows whose class is among the k with the largest predictions

    Args:
        k: How many classes are good enough.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "top_k_categorical_accuracy"
    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = int(k)
        self.scalars = (self.k,)


class SparseTopKCategoricalAccuracy(RowMetric):
    """The share of rows whose label is among the k with the largest predictions

    Args:
        k: How many classes are good enough.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
        from_sorted_ids: Whether predictions are labels, the likeliest first.
    """

    kernel = "sparse_top_k_categorical_accuracy"
    target = "labels"
    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: npt.DTypeLike | None = None,
        from_sorted_ids: bool = False,
    ):
        fn, settings = sparse_top_k_categorical_accuracy, {"k": k}
        super().__init__(fn, name, dtype, **settings, from_sorted_ids=from_sorted_ids)
        self.k = int(k)
        self.from_sorted_ids = bool(from_sorted_ids)
        self.scalars = (self.k,)

    def fits(self, prediction, target):
        return super().fits(prediction, target) and not self.from_sorted_ids


def _equal(true: np.ndarray, pred: np.ndarray) -> np.ndarray:
    require_alike(true, pred, true.shape == pred.shape)
    return (true == pred).astype(pred.dtype)


def _largest(array: npt.ArrayLike, name: str) -> np.ndarray:
    """The position of the largest entry along the last axis."""
    real = as_real(array, name=name)
    if not real.ndim or not real.shape[-1]:
        raise ValueError(
            f"Expected {name} to have a last axis of classes. Received: {real.shape}"
        )
    return np.argmax(real, axis=-1)


def _labels(true: np.ndarray, pred: np.ndarray) -> np.ndarray:
    """The labels, one for each row of `pred`."""
    if true.ndim == pred.ndim and true.shape[-1:] == (1,):
        true = true[..., 0]
    require_alike(true, pred, pred.ndim > 0 and true.shape == pred.shape[:-1])
    return true


def _rank(pred: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How many entries of a row are larger than that of the label: all of them for a
    label that is none; NaN is the smallest."""
    classes = pred.shape[-1]
    known = (labels >= 0) & (labels < classes)
    chosen = np.take_along_axis(pred, np.where(known, labels, 0), axis=-1)
    larger = (pred > np.where(np.isnan(chosen), -np.inf, chosen)).sum(axis=-1)
    return np.where(known[..., 0], larger, classes)


def require_alike(true: np.ndarray, pred: np.ndarray, alike: bool) -> None:
    if not alike:
        raise ValueError(
            "Expected y_true and y_pred to have shapes that fit. "
            f"Received: y_true.shape={true.shape}, y_pred.shape={pred.shape}"
        )
