"""Losses for distributions and rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.losses.loss import CompiledLoss

__all__ = ["KLDivergence", "Poisson", "kl_divergence", "poisson"]


class KLDivergence(CompiledLoss):
    """values = sum(y_true log(y_true / y_pred)) over the last axis

    Both are kept within [epsilon, 1] first, epsilon being `fastnn.config.epsilon()`.
    Source: Kullback and Leibler, 1951, "On information and sufficiency".

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "kl_divergence"

    @property
    def scalars(self):
        return (epsilon(),)


class Poisson(CompiledLoss):
    """values = mean(y_pred - y_true log(y_pred + epsilon)) over the last axis

    The negative logarithm of the likelihood of counts, without the term that does not
    depend on `y_pred`; epsilon is `fastnn.config.epsilon()`.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "poisson"

    @property
    def scalars(self):
        return (epsilon(),)


def kl_divergence(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns sum(y_true log(y_true / y_pred)) over the last axis.

    Args:
        y_true: Probabilities, shape (..., n).
        y_pred: Probabilities, shape (..., n).
    """
    return KLDivergence().call(y_true, y_pred)


def poisson(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean(y_pred - y_true log(y_pred)) over the last axis.

    Args:
        y_true: Counts, shape (..., n).
        y_pred: Rates above 0, shape (..., n).
    """
    return Poisson().call(y_true, y_pred)
