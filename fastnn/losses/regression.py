"""Losses for numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.losses.loss import CompiledLoss

__all__ = [
    "MeanAbsoluteError",
    "MeanSquaredError",
    "mean_absolute_error",
    "mean_squared_error",
]


class MeanSquaredError(CompiledLoss):
    """values = mean((y_true - y_pred)^2) over the last axis

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "mean_squared_error"


class MeanAbsoluteError(CompiledLoss):
    """values = mean(|y_true - y_pred|) over the last axis

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "mean_absolute_error"


def mean_squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean((y_true - y_pred)^2) over the last axis.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return MeanSquaredError().call(y_true, y_pred)


def mean_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean(|y_true - y_pred|) over the last axis.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return MeanAbsoluteError().call(y_true, y_pred)
