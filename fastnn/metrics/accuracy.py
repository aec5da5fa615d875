"""Accuracies: how often predictions are right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.mean import CompiledMetric, MeanMetricWrapper

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
]


def accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns 1 where y_true == y_pred, else 0.

    Args:
        y_true: Any shape.
        y_pred: The same shape, give or take a last axis of length one.
    """
    true, pred = match_ranks(np.asarray(y_true), as_real(y_pred, name="y_pred"))
    return (true == pred).astype(pred.dtype)


def binary_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, threshold: float = 0.5
) -> np.ndarray:
    """Returns 1 where y_true == (y_pred > threshold), else 0.

    Args:
        y_true: Zeros and ones, any shape.
        y_pred: The same shape, give or take a last axis of length one.
        threshold: Above it a prediction counts as 1.
    """
    return accuracy(y_true, as_real(y_pred, name="y_pred") > threshold)


def categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns 1 where the largest entries of y_true and y_pred agree, else 0.

    Args:
        y_true: One-hot targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    pred = as_real(y_pred, name="y_pred")
    return CategoricalAccuracy().values(y_true, pred).astype(pred.dtype)


def sparse_categorical_accuracy(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike
) -> np.ndarray:
    """Returns 1 where the largest entry of y_pred is the one y_true names, else 0.

    Args:
        y_true: Labels, shape (...) or (..., 1).
        y_pred: Predictions, shape (..., n).
    """
    pred = as_real(y_pred, name="y_pred")
    return SparseCategoricalAccuracy().values(y_true, pred).astype(pred.dtype)


class Accuracy(MeanMetricWrapper):
    """mean(y_true == y_pred)

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
    """

    def __init__(
        self, name: str | None = "accuracy", dtype: npt.DTypeLike | None = None
    ):
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(CompiledMetric):
    """mean(y_true == (y_pred > threshold))

    Args:
        name: Name of the metric; by default "binary_accuracy".
        dtype: "float32" (the default) or "float64".
        threshold: Above it a prediction counts as 1.
    """

    kernel = "binary_accuracy"

    def __init__(
        self,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        threshold: float = 0.5,
    ):
        super().__init__(name, dtype)
        self.threshold = float(threshold)

    @property
    def scalars(self):
        return (self.threshold,)


class CategoricalAccuracy(CompiledMetric):
    """mean(argmax(y_true) == argmax(y_pred)) over the last axis

    Args:
        name: Name of the metric; by default "categorical_accuracy".
        dtype: "float32" (the default) or "float64".
    """

    kernel = "categorical_accuracy"


class SparseCategoricalAccuracy(CompiledMetric):
    """mean(y_true == argmax(y_pred)) over the last axis

    Args:
        name: Name of the metric; by default "sparse_categorical_accuracy".
        dtype: "float32" (the default) or "float64".
    """

    kernel = "sparse_categorical_accuracy"
    target = "labels"
