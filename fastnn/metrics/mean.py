"""Metrics that are a weighted mean, or sum, over all rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.metric import Metric
from fastnn.saving import config as _config
from fastnn.variable import Variable

__all__ = ["Mean", "MeanMetricWrapper", "Sum"]


class Mean(Metric):
    """sum(weight * value) / sum(weight) over all values; 0 if there are none

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sums are in float64.

    Attributes:
        total: Sum of the weighted values.
        count: Sum of the weights.

    Example:
        >>> mean = fastnn.metrics.Mean()
        >>> mean.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        >>> mean.result()
        2.0
    """

    total: Variable
    count: Variable

    def __init__(self, name: str | None = "mean", dtype: npt.DTypeLike | None = None):
        super().__init__(dtype, name)
        self._add_planes(2, (), {0: "total", 1: "count"})

    def update_state(
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        """Takes in values.

        Args:
            values: Any shape; more than one axis is averaged over all but the first.
            sample_weight: Weights of the leading axes of `values`.

        Raises:
            ValueError: If the weights do not fit the values.
        """
        values, weight = _weighted(values, sample_weight)
        means = values.mean(axis=tuple(range(weight.ndim, values.ndim)))
        weight = _as_large_as(weight, means.shape, values.shape)
        size = math.prod(weight.shape[1:])
        self._sums += np.sum(means * weight) / size, np.sum(weight) / size

    def result(self) -> float:
        total, count = self._sums
        return float(total / count) if count else 0.0


class Sum(Metric):
    """sum(weight * value) over all values

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sum is in float64.

    Attributes:
        total: The sum.

    Example:
        >>> total = fastnn.metrics.Sum()
        >>> total([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        4.0
    """

    total: Variable

    def __init__(self, name: str | None = "sum", dtype: npt.DTypeLike | None = None):
        super().__init__(dtype, name)
        self._add_planes(1, (), {0: "total"})

    def update_state(
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        """Takes in values; arguments and errors are those of `Mean`."""
        values, weight = _weighted(values, sample_weight)
        sums = values.sum(axis=tuple(range(weight.ndim, values.ndim)))
        self._sums += np.sum(sums * _as_large_as(weight, sums.shape, values.shape))

    def result(self) -> float:
        return float(self._sums[0])


class MeanMetricWrapper(Mean):
    """The mean of a function's values.

    Args:
        fn: f(y_true, y_pred, **kwargs), which returns a value for each row, or more
            axes.
        name: Name of the metric; within a model by default that of the function.
        dtype: "float32" (the default) or "float64".
        **kwargs: Further arguments of `fn`.

    Raises:
        ValueError: If `fn` is not a function, or not the name of a metric's function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        **kwargs: Any,
    ):
        from fastnn.metrics import function

        super().__init__(name, dtype)
        self.fn = function(fn)
        self.kwargs = kwargs

    def _values(self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> npt.ArrayLike:
        """What the mean is of: a value for each row, or more axes."""
        return self.fn(np.asarray(y_true), np.asarray(y_pred), **self.kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = self._values(y_true, y_pred)
        if sample_weight is not None:
            sample_weight = self._weights(y_true, values, sample_weight)
        super().update_state(values, sample_weight)

    def _weights(self, y_true: Any, values: Any, sample_weight: Any) -> Any:
        """The weights that count."""
        return sample_weight

    def get_config(self):
        return {**super().get_config(), **_config.serialize(self.kwargs)}


def _weighted(
    values: npt.ArrayLike, sample_weight: npt.ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Returns values and weights in float64, with matching ranks."""
    values = as_real(values, np.float64, name="values")
    if sample_weight is None:
        return values, np.ones(values.shape[:1])
    return match_ranks(values, as_real(sample_weight, np.float64, name="sample_weight"))


def _as_large_as(
    weight: np.ndarray, shape: tuple[int, ...], values: tuple[int, ...]
) -> np.ndarray:
    try:
        return np.broadcast_to(weight, shape)
    except ValueError:
        raise ValueError(
            f"Expected sample_weight to fit values of shape {values}. "
            f"Received: sample_weight.shape={weight.shape}"
        ) from None
