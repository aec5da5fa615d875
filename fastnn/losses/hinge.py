"""Losses for classes with a margin.

Targets are -1 or 1; where all are 0 or 1 they are taken as 2 y_true - 1. Source:
Vapnik, 1998, "Statistical learning theory"; for several classes: Weston and Watkins,
1999, "Support vector machines for multi-class pattern recognition".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.losses.loss import CompiledLoss

__all__ = [
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
]


class Hinge(CompiledLoss):
    """values = mean(max(1 - y_true y_pred, 0)) over the last axis

    Targets are -1 or 1. If all of a batch are 0 or 1, then 0 stands for -1.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "hinge"


class SquaredHinge(CompiledLoss):
    """values = mean(max(1 - y_true y_pred, 0)^2) over the last axis

    Targets are -1 or 1. If all of a batch are 0 or 1, then 0 stands for -1.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "squared_hinge"


class CategoricalHinge(CompiledLoss):
    """values = max(1 + wrong - right, 0) over the last axis

    right = sum(y_true y_pred), wrong = max((1 - y_true) y_pred), for one-hot targets.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".
    """

    kernel = "categorical_hinge"


def hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean(max(1 - y_true y_pred, 0)) over the last axis.

    Args:
        y_true: Targets, -1 or 1, or all of them 0 or 1; shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return Hinge().call(y_true, y_pred)


def squared_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns mean(max(1 - y_true y_pred, 0)^2) over the last axis.

    Args:
        y_true: Targets, -1 or 1, or all of them 0 or 1; shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return SquaredHinge().call(y_true, y_pred)


def categorical_hinge(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
    """Returns the values of `CategoricalHinge`.

    Args:
        y_true: One-hot targets, shape (..., n).
        y_pred: Predictions, shape (..., n).
    """
    return CategoricalHinge().call(y_true, y_pred)
