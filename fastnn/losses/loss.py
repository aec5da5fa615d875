"""The base of all losses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real, standardize_dtype
from fastnn.losses import rows
from fastnn.losses.reduction import checked_reduction, reduce_weighted
from fastnn.naming import auto_name, to_snake_case
from fastnn.saving.config import Configurable

__all__ = ["CompiledLoss", "Loss"]


class Loss(Configurable):
    """A loss: one value for each row, reduced to one number.

    To write your own, override `call`; and `gradient(y_true, y_pred)`, if you can: it
    returns the derivative of each row's value with respect to that row of `y_pred`, in
    the shape of `y_pred`. Without it training takes the derivative numerically.

    Args:
        name: Name of the loss; by default the class's name.
        reduction: "sum_over_batch_size" (or "mean": sum of the weighted values over
            their number), "mean_with_sample_weight" (over the sum of the weights),
            "sum", or "none" (or None).
        dtype: "float32" (the default) or "float64".

    Attributes:
        target: "values" if `y_true` has the shape of `y_pred`, "labels" if it holds the
            index of a class for each row.
        from_logits: Whether `y_pred` is to be passed through sigmoid or softmax first.
        compiled: Whether a kernel says what the loss is, rather than Python.

    Raises:
        ValueError: If `reduction` or `dtype` is not known.

    Example:
        >>> class Cube(fastnn.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)
    """

    target: str = "values"
    from_logits: bool = False
    compiled: bool = False

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: npt.DTypeLike | None = None,
    ):
        self.name = name or auto_name(type(self).__name__)
        self.reduction = checked_reduction(reduction)
        self.dtype = standardize_dtype(dtype)

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Returns the loss of each row, shape (rows,)."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `call(y_true, y_pred)`"
        )

    def __call__(
        self,
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> float | np.ndarray:
        """Returns the reduced loss; for the reduction "none" one value for each row.

        Args:
            y_true: Targets, of the shape of `y_pred`; or labels, one axis less.
            y_pred: Predictions, shape (rows, ..., n).
            sample_weight: Weights, shape (rows,) or that of the values.

        Raises:
            ValueError: If the shapes do not fit.
        """
        pred = as_real(y_pred, self.dtype, name="y_pred")
        true = np.asarray(y_true)
        if self.target == "values":
            true = as_real(y_true, self.dtype, name="y_true")
        values = self.call(true, pred)
        return reduce_weighted(values, sample_weight, self.reduction, self.dtype)


class CompiledLoss(Loss):
    """A loss whose values and gradient a kernel computes.

    Attributes:
        kernel: The kernel that takes what the model predicts.
        logits_kernel: The kernel that takes logits instead and also applies sigmoid or
            softmax; None if there is none.
        scalars: The kernel's settings, after its arrays and scale.
    """

    kernel: str
    logits_kernel: str | None = None
    scalars: tuple[float, ...] = ()

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        name = name or to_snake_case(type(self).__name__)
        super().__init__(name, reduction, dtype)

    @property
    def compiled(self) -> bool:  # type: ignore[override]
        """Whether the kernel says what this loss is: no subclass overrides `call`."""
        return type(self).call is CompiledLoss.call

    def call(self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
        from fastnn._core import kernels

        pred, target, shape = rows.prepare(y_true, y_pred, self.target)
        values = np.empty(len(pred), np.float64)
        inputs = (pred, target, None, 1.0, *self.scalars)
        if self.from_logits and self.logits_kernel:
            getattr(kernels, self.logits_kernel)(None, values, None, *inputs)
        else:
            getattr(kernels, self.kernel)(None, values, *inputs)
        return values.reshape(shape).astype(pred.dtype)
