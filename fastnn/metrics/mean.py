"""Metrics that are a weighted mean over all rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.rows import match_ranks, prepare
from fastnn.metrics.metric import Metric
from fastnn.naming import to_snake_case
from fastnn.saving import config as _config
from fastnn.variable import Variable

__all__ = ["CompiledMetric", "LossMetric", "Mean", "MeanMetricWrapper"]


class Mean(Metric):
    """sum(weight * value) / sum(weight) over all values; 0 if there are none

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sums are in float64.

    Attributes:
        total: The two sums, shape (2,), float64.

    Example:
        >>> mean = fastnn.metrics.Mean()
        >>> mean.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
        >>> mean.result()
        2.0
    """

    def __init__(self, name: str | None = "mean", dtype: npt.DTypeLike | None = None):
        super().__init__(dtype, name)
        self.total = np.zeros(2, np.float64)

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
        values = as_real(values, np.float64, name="values")
        weight = np.ones(values.shape[:1])
        if sample_weight is not None:
            weight = as_real(sample_weight, np.float64, name="sample_weight")
            values, weight = match_ranks(values, weight)
        self.total += _weighted_sums(values, weight)

    def result(self) -> float:
        total, count = self.total
        return float(total / count) if count else 0.0

    @property
    def variables(self) -> list[Variable]:
        """The sums as variables, followed by those of a subclass."""
        sums = [_view_of(self.total, i, name) for i, name in enumerate(_SUMS)]
        return sums + super().variables


class MeanMetricWrapper(Mean):
    """The mean of a function's values.

    Args:
        fn: f(y_true, y_pred, **kwargs), which returns a value for each row, or more
            axes.
        name: Name of the metric; by default that of the function.
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

        self.fn = function(fn)
        name = name or getattr(self.fn, "__name__", None)
        super().__init__(name, dtype)
        self.kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = self.fn(np.asarray(y_true), np.asarray(y_pred), **self.kwargs)
        super().update_state(values, sample_weight)

    def get_config(self):
        return {**super().get_config(), **_config.serialize(self.kwargs)}


class CompiledMetric(Mean):
    """A mean whose values a kernel computes.

    Args:
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64".

    Attributes:
        kernel: The kernel of the values.
        scalars: The kernel's settings, after its arrays.
        target: "values" if `y_true` has the shape of `y_pred`, "labels" if it holds the
            index of a class for each row.
        from_logits: Whether `y_pred` is to be passed through sigmoid or softmax first.
    """

    kernel: str
    scalars: tuple[float, ...] = ()
    from_logits = False

    def __init__(self, name: str | None = None, dtype: npt.DTypeLike | None = None):
        super().__init__(name or to_snake_case(type(self).__name__), dtype)

    @property
    def compiled(self) -> bool:  # type: ignore[override]
        """Whether the kernel says what this metric is: no subclass changes it."""
        cls = type(self)
        return cls.result is Mean.result and cls.update_state in (
            CompiledMetric.update_state,
            LossMetric.update_state,
        )

    def values(self, y_true: npt.ArrayLike, y_pred: np.ndarray) -> np.ndarray:
        """Returns the metric of each row, in the shape of `y_pred` less its last axis.

        Raises:
            ValueError: If the shapes do not fit or a label is out of range.
        """
        from fastnn._core import kernels

        pred, true, shape = prepare(y_true, y_pred, self.target)
        values = np.empty(len(pred), np.float64)
        getattr(kernels, self.kernel)(values, pred, true, *self.scalars)
        return values.reshape(shape)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = as_real(y_pred, self.dtype, name="y_pred")
        super().update_state(self.values(y_true, y_pred), sample_weight)


class LossMetric(CompiledMetric):
    """The mean of a loss's values.

    Args:
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64".
        **arguments: The loss's own.
    """

    loss_class: ClassVar[type[CompiledLoss]]

    def __init__(
        self,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        **arguments: Any,
    ):
        super().__init__(name, dtype)
        self._loss = self.loss_class(dtype=self.dtype, **arguments)
        vars(self).update({key: getattr(self._loss, key) for key in arguments})
        self.target = self._loss.target

    @property
    def kernel(self) -> str:  # type: ignore[override]
        return self._loss.kernel

    @property
    def logits_kernel(self) -> str | None:
        return self._loss.logits_kernel

    @property
    def scalars(self) -> tuple[float, ...]:  # type: ignore[override]
        return self._loss.scalars

    def values(self, y_true, y_pred):
        return self._loss.call(y_true, y_pred)


_SUMS = ("total", "count")


def _view_of(total: np.ndarray, index: int, name: str) -> Variable:
    variable = Variable(total[index], name=name, trainable=False)
    variable.value = total[index : index + 1].reshape(())
    return variable


def _weighted_sums(values: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Returns the sums of weighted values and of weights, with one value for a row."""
    means = values.mean(axis=tuple(range(weight.ndim, values.ndim)))
    try:
        weight = np.broadcast_to(weight, means.shape)
    except ValueError:
        raise ValueError(
            f"Expected sample_weight to fit values of shape {values.shape}. "
            f"Received: sample_weight.shape={weight.shape}"
        ) from None
    size = math.prod(weight.shape[1:])
    return np.sum(means * weight) / size, np.sum(weight) / size
