"""Losses of two sets that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.dtypes import as_real
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.settings import number
from fastnn.plan.row_losses import row_losses

__all__ = ["Dice", "Tversky", "dice", "tversky"]

Axes = int | Sequence[int] | None


class _Overlap(CompiledLoss):
    """A loss over some axes, or all; rows may belong together.

    Args:
        axis: The axes that a value is taken over; None for all of a batch.
        reduction: See `Loss`.
        name: Name of the loss.
        dtype: "float32" (the default) or "float64".

    Attributes:
        axes: `axis`, always as a tuple or None.
    """

    kernel = "tversky"
    batch_kernel = "tversky_of_batch"

    def __init__(self, axis: Axes, reduction, name, dtype):
        super().__init__(reduction, name, dtype)
        self.axis = axis if axis is None or isinstance(axis, int) else list(axis)

    @property
    def axes(self) -> tuple[int, ...] | None:
        if self.axis is None or isinstance(self.axis, int):
            return None if self.axis is None else (self.axis,)
        return tuple(self.axis)

    def lower(self, builder, seed, target, gradient, out, reduced):
        if reduced.of_batch and reduced.weight is not None and seed.height > 1:
            raise ValueError(
                "Expected no weights of rows beside a loss whose values are taken over "
                f"rows, other than one for all. Received: axis={self.axis}"
            )
        kernel = self.batch_kernel if reduced.of_batch else self.kernel
        values = row_losses(
            builder, kernel, self.scalars, seed, target, gradient, None, reduced
        )
        return values, reduced

    def as_rows(self, y_true, y_pred):
        pred = as_real(y_pred, name="y_pred")
        true = as_real(y_true, pred.dtype, name="y_true")
        if true.shape != pred.shape:
            raise ValueError(
                "Expected y_true and y_pred to have the same shape. Received: "
                f"y_true.shape={true.shape}, y_pred.shape={pred.shape}"
            )
        over = range(pred.ndim) if self.axes is None else self.axes
        if any(not -pred.ndim <= a < pred.ndim for a in over):
            raise ValueError(
                f"Expected `axis` to name some of the {pred.ndim} axes of y_pred. "
                f"Received: axis={self.axis}"
            )
        over = sorted({a % pred.ndim for a in over})
        kept = [a for a in range(pred.ndim) if a not in over]
        shape = tuple(pred.shape[a] for a in kept)
        columns = int(np.prod([pred.shape[a] for a in over]))
        true, pred = (
            np.ascontiguousarray(np.transpose(array, kept + over)).reshape(-1, columns)
            for array in (true, pred)
        )
        return pred, true, shape


class Dice(_Overlap):
    """value = 1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred) + epsilon)

    One value for all of a batch unless `axis` says over what the sums go. Source: Dice,
    1945, "Measures of the amount of ecologic association between species"; Milletari
    et al., 2016, "V-Net". epsilon is `fastnn.config.epsilon()`.

    Args:
        reduction: See `Loss`.
        name: Name of the loss.
        axis: The axes that the sums go over, of which 0 is that of the rows; None for
            all.
        dtype: "float32" (the default) or "float64".
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Axes = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(axis, reduction, name, dtype)

    @property
    def scalars(self):
        return 0.5, 0.5, epsilon() / 2


class Tversky(_Overlap):
    """value = 1 - I / (I + alpha (sum(y_true) - I) + beta (sum(y_pred) - I) + epsilon)

    I = sum(y_true y_pred). One value for all of a batch unless `axis` says over what
    the sums go. Source: Salehi et al., 2017, "Tversky loss function for image
    segmentation using 3D fully convolutional deep networks". epsilon is
    `fastnn.config.epsilon()`.

    Args:
        alpha: Weight of what the prediction lacks.
        beta: Weight of what the prediction has too much.
        reduction: See `Loss`.
        name: Name of the loss.
        axis: The axes that the sums go over, of which 0 is that of the rows; None for
            all.
        dtype: "float32" (the default) or "float64".

    Raises:
        TypeError: If `alpha` or `beta` is not a number.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Axes = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(axis, reduction, name, dtype)
        self.alpha = number("alpha", alpha)
        self.beta = number("beta", beta)

    @property
    def scalars(self):
        return self.alpha, self.beta, epsilon()


def dice(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: Axes = None) -> np.ndarray:
    """Returns the values of `Dice`.

    Args:
        y_true: Targets from 0 to 1, any shape.
        y_pred: Predictions, the same shape.
        axis: The axes that the sums go over; None for all.
    """
    return Dice(axis=axis).call(y_true, y_pred)


def tversky(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: Axes = None,
) -> np.ndarray:
    """Returns the values of `Tversky`.

    Args:
        y_true: Targets from 0 to 1, any shape.
        y_pred: Predictions, the same shape.
        alpha: Weight of what the prediction lacks.
        beta: Weight of what the prediction has too much.
        axis: The axes that the sums go over; None for all.
    """
    return Tversky(alpha, beta, axis=axis).call(y_true, y_pred)
