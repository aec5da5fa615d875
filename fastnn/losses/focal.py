"""Focal losses: cross entropies that look at what is still wrong.

Source: Lin et al., 2017, "Focal loss for dense object detection".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.dtypes import as_real
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.settings import number, one_axis, share

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
]


class BinaryFocalCrossentropy(CompiledLoss):
    """values = mean(w f^gamma c) along an axis, c the binary cross entropy

    f = t (1 - p) + (1 - t) p is how far a prediction is off. w = t alpha + (1 - t)
    (1 - alpha) balances the classes, else it is 1. Smoothing turns t into
    t (1 - s) + s / 2.

    Args:
        apply_class_balancing: Whether `alpha` counts.
        alpha: Weight of the class 1; the class 0 has 1 - alpha.
        gamma: How much predictions count that are right already: 0 as much as others.
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: The axis that the mean is taken along.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        TypeError, ValueError: If an argument has a wrong value.
    """

    kernel = "binary_focal_crossentropy"
    logits_kernel = "sigmoid_binary_focal_crossentropy"

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = number("alpha", alpha)
        self.gamma = number("gamma", gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = share("label_smoothing", label_smoothing)
        self.axis = one_axis(axis)

    @property
    def scalars(self):
        balance = (self.alpha, 1 - self.alpha) if self.apply_class_balancing else (1, 1)
        return self.label_smoothing, self.gamma, *balance, epsilon()


class CategoricalFocalCrossentropy(CompiledLoss):
    """values = -sum(alpha t (1 - p)^gamma log(p)) along an axis

    p is divided by its sum first. Smoothing turns t into t (1 - s) + s / n for n
    classes.

    Args:
        alpha: Weight of all classes, or a list with that of each.
        gamma: How much predictions count that are right already: 0 as much as others.
        from_logits: Whether `y_pred` holds logits instead of probabilities.
        label_smoothing: s, from 0 to 1.
        axis: The axis of the classes.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Raises:
        TypeError, ValueError: If an argument has a wrong value.
    """

    kernel = "categorical_focal_crossentropy"
    logits_kernel = "softmax_categorical_focal_crossentropy"

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(reduction, name, dtype)
        self.alpha = as_real(alpha, np.float64, name="alpha").tolist()
        self.gamma = number("gamma", gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = share("label_smoothing", label_smoothing)
        self.axis = one_axis(axis)

    @property
    def scalars(self):
        return self.label_smoothing, self.gamma, epsilon()

    def columns(self, n, dtype):
        alpha = np.array(self.alpha, dtype)
        if alpha.size not in (1, n):
            raise ValueError(
                f"Expected `alpha` to be one weight, or one for each of {n} classes. "
                f"Received: alpha={self.alpha}"
            )
        return np.broadcast_to(alpha, (n,)).copy()


def binary_focal_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Returns the values of `BinaryFocalCrossentropy`.

    Args:
        y_true: Targets from 0 to 1, shape (..., n).
        y_pred: Predictions, shape (..., n).
        apply_class_balancing: See the class, also for the further arguments.
    """
    loss = BinaryFocalCrossentropy(
        apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis
    )
    return loss.call(y_true, y_pred)


def categorical_focal_crossentropy(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> np.ndarray:
    """Returns the values of `CategoricalFocalCrossentropy`.

    Args:
        y_true: One-hot targets or probabilities, shape (..., n).
        y_pred: Predictions, shape (..., n).
        alpha: See the class, also for the further arguments.
    """
    loss = CategoricalFocalCrossentropy(
        alpha, gamma, from_logits, label_smoothing, axis
    )
    return loss.call(y_true, y_pred)
