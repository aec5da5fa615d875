"""Losses for numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.settings import number, one_axis

__all__ = [
    "CosineSimilarity",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "cosine_similarity",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
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


class MeanAbsolutePercentageError(CompiledLoss):
    """values = 100 mean(|y_true - y_pred| / max(|y_true|, epsilon)) over the last axis

    In per cent; epsilon is `fastnn.config.epsilon()`.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "mean_absolute_percentage_error"

    @property
    def scalars(self):
        return (epsilon(),)


class MeanSquaredLogarithmicError(CompiledLoss):
    """values = mean((log(1 + y_true) - log(1 + y_pred))^2) over the last axis

    Both are raised to at least `fastnn.config.epsilon()` first.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "mean_squared_logarithmic_error"

    @property
    def scalars(self):
        return (epsilon(),)


class CosineSimilarity(CompiledLoss):
    """values = -sum(y_true y_pred) / (|y_true| |y_pred|) along an axis

    From -1, the same direction, to 1, the opposite one. A norm is at least
    `fastnn.config.epsilon()`.

    Args:
        axis: The axis that the vectors lie along.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        ValueError: If `axis` is not an integer.
    """

    kernel = "cosine_similarity"

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.axis = one_axis(axis)

    @property
    def scalars(self):
        return (epsilon(),)


class Huber(CompiledLoss):
    """values = mean(e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2)

    Over the last axis, with e = y_true - y_pred: outliers weigh less than in a squared
    error. Source: Huber, 1964, "Robust estimation of a location parameter".

    Args:
        delta: From where on the loss grows in proportion to the error.
        reduction: See `Loss`.
        name: Name of the loss; by default "huber_loss".
        dtype: "float32" (the default) or "float64".

    Raises:
        TypeError: If `delta` is not a number.
    """

    kernel = "huber"
    default_name = "huber_loss"

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.delta = number("delta", delta)

    @property
    def scalars(self):
        return (self.delta,)


class LogCosh(CompiledLoss):
    """values = mean(log(cosh(y_pred - y_true))) over the last axis

    About e^2 / 2 for small errors e, about |e| - log(2) for large ones.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "log_cosh"


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


def mean_absolute_percentage_error(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike
) -> np.ndarray:
    """Returns 100 mean(|y_true - y_pred| / |y_true|) over the last axis.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return MeanAbsolutePercentageError().call(y_true, y_pred)


def mean_squared_logarithmic_error(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike
) -> np.ndarray:
    """Returns mean((log(1 + y_true) - log(1 + y_pred))^2) over the last axis.

    Args:
        y_true: Targets of at least 0, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return MeanSquaredLogarithmicError().call(y_true, y_pred)


def cosine_similarity(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1
) -> np.ndarray:
    """Returns minus the cosine of the angle between y_true and y_pred.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
        axis: The axis that the vectors lie along.
    """
    return CosineSimilarity(axis).call(y_true, y_pred)


def huber(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, delta: float = 1.0
) -> np.ndarray:
    """Returns the values of `Huber`.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
        delta: From where on the loss grows in proportion to the error.
    """
    return Huber(delta).call(y_true, y_pred)


def log_cosh(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean(log(cosh(y_pred - y_true))) over the last axis.

    Args:
        y_true: Targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return LogCosh().call(y_true, y_pred)
