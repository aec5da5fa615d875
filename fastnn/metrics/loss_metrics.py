"""Losses as metrics."""

from __future__ import annotations

import math

import numpy.typing as npt

from fastnn import losses
from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.accuracy import require_alike
from fastnn.metrics.rows import LossMetric

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
]


class MeanSquaredError(LossMetric):
    """mean((y_true - y_pred)^2)

    Args:
        name: Name of the metric; by default "mean_squared_error".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.MeanSquaredError


class RootMeanSquaredError(LossMetric):
    """sqrt(mean((y_true - y_pred)^2))

    Args:
        name: Name of the metric; by default "root_mean_squared_error".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.MeanSquaredError

    def _values(self, y_true, y_pred):
        # one value for each element, which may have a weight of its own
        pred = as_real(y_pred, self.dtype, name="y_pred")
        true, pred = match_ranks(as_real(y_true, self.dtype, name="y_true"), pred)
        require_alike(true, pred, true.shape == pred.shape)
        return (pred - true) ** 2

    def result(self) -> float:
        return math.sqrt(super().result())


class MeanAbsoluteError(LossMetric):
    """mean(|y_true - y_pred|)

    Args:
        name: Name of the metric; by default "mean_absolute_error".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.MeanAbsoluteError


class MeanAbsolutePercentageError(LossMetric):
    """100 mean(|y_true - y_pred| / max(|y_true|, epsilon))

    Args:
        name: Name of the metric; by default "mean_absolute_percentage_error".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.MeanAbsolutePercentageError


class MeanSquaredLogarithmicError(LossMetric):
    """mean((log(1 + y_true) - log(1 + y_pred))^2), both at least epsilon

    Args:
        name: Name of the metric; by default "mean_squared_logarithmic_error".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.MeanSquaredLogarithmicError


class LogCoshError(LossMetric):
    """mean(log(cosh(y_pred - y_true)))

    Args:
        name: Name of the metric; by default "logcosh".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.LogCosh
    usual_name = "logcosh"


class Hinge(LossMetric):
    """mean(max(1 - y_true y_pred, 0))

    Targets are -1 or 1. If all of a batch are 0 or 1, then 0 stands for -1.

    Args:
        name: Name of the metric; by default "hinge".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.Hinge


class SquaredHinge(LossMetric):
    """mean(max(1 - y_true y_pred, 0)^2)

    Targets are -1 or 1. If all of a batch are 0 or 1, then 0 stands for -1.

    Args:
        name: Name of the metric; by default "squared_hinge".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.SquaredHinge


class CategoricalHinge(LossMetric):
    """mean(max(1 + max((1 - y_true) y_pred) - sum(y_true y_pred), 0))

    Args:
        name: Name of the metric; by default "categorical_hinge".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.CategoricalHinge


class KLDivergence(LossMetric):
    """mean(sum(y_true log(y_true / y_pred)))

    Args:
        name: Name of the metric; by default "kl_divergence".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.KLDivergence


class Poisson(LossMetric):
    """mean(y_pred - y_true log(y_pred))

    Args:
        name: Name of the metric; by default "poisson".
        dtype: "float32" (the default) or "float64".
    """

    loss_class = losses.Poisson


class BinaryCrossentropy(LossMetric):
    """The mean of `fastnn.losses.BinaryCrossentropy`

    Args:
        name: Name of the metric; by default "binary_crossentropy".
        dtype: "float32" (the default) or "float64".
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: How far targets are moved towards 0.5, from 0 to 1.
    """

    loss_class = losses.BinaryCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ):
        self._wrap(
            name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )


class CategoricalCrossentropy(LossMetric):
    """The mean of `fastnn.losses.CategoricalCrossentropy`

    Args:
        name: Name of the metric; by default "categorical_crossentropy".
        dtype: "float32" (the default) or "float64".
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: How far targets are moved towards uniform ones, from 0 to 1.
        axis: The axis of the classes.
    """

    loss_class = losses.CategoricalCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ):
        self._wrap(
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(LossMetric):
    """The mean of `fastnn.losses.SparseCategoricalCrossentropy`

    Args:
        name: Name of the metric; by default "sparse_categorical_crossentropy".
        dtype: "float32" (the default) or "float64".
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        ignore_class: A label whose rows do not count; None for none.
        axis: The axis of the classes.
    """

    loss_class = losses.SparseCategoricalCrossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        self._wrap(
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
