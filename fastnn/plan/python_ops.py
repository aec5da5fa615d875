"""What the operation that takes the GIL calls for a user's own loss or metric."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fastnn.losses import Loss
    from fastnn.metrics import Metric

__all__ = ["python_loss", "python_metric"]


def python_loss(loss: Loss, reduction: int, scale: float = 1.0) -> Callable[..., None]:
    """A function (values, gradient | None, pred, target, weight | None) that writes the
    loss of each row and the gradient of their reduction times `scale`."""

    def call(values, gradient, pred, target, weight):
        of_rows = loss.values(target, pred)
        factors = scale * _row_factors(reduction, len(pred), weight)
        if of_rows.ndim == 0:  # one of all rows, which counts once if it has no weights
            share = 1 / len(pred) if reduction == 0 and weight is None else 1.0
            of_rows = share * of_rows
            factors = np.full(len(pred), share * factors.sum())
        values[:, 0] = of_rows
        if gradient is None:
            return
        factors = factors.reshape(-1, *[1] * (pred.ndim - 1))
        gradient[...] = loss.gradient(target, pred) * factors

    return call


def _row_factors(reduction: int, rows: int, weight: np.ndarray | None) -> np.ndarray:
    """What the reduction multiplies the loss of each row with."""
    weights = np.ones(rows) if weight is None else weight[:, 0].astype(np.float64)
    total = (1.0, float(rows), weights.sum())[reduction]
    return weights / total if total else np.zeros(rows)


def python_metric(metric: Metric, *, weighted: bool) -> Callable[..., None]:
    """A function (pred, target, weight | None) that updates the metric."""

    def call(pred, target, weight):
        # copies: a metric may keep what it is given
        arguments = np.array(target), np.array(pred)
        if weighted:
            own = weight[:, 0] if weight.shape[1] == 1 else weight
            metric.update_state(*arguments, sample_weight=np.array(own))
        else:
            metric.update_state(*arguments)

    return call
