"""The base of all losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real, standardize_dtype
from fastnn.losses import rows
from fastnn.losses.reduction import checked_reduction, reduce_weighted
from fastnn.naming import auto_name, to_snake_case
from fastnn.saving.config import Configurable

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.plan.row_losses import Reduced
    from fastnn.plan.tensor import Tensor

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
            index of a class for each row, "identities" if it holds any integer.
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

    def mask(self, y_true: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        """Returns which values count, in their shape; None for all. Those that do not
        have no part in a mean."""
        return None

    def values_shape(self, prediction_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Returns the shape of one sample's values within a model, each of which may
        have a weight: () for one value."""
        return ()

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
            sample_weight: Weights that can be broadcast to the values, as NumPy does;
                or of their first axes, such as (rows,).

        Raises:
            ValueError: If the shapes do not fit.
        """
        pred = as_real(y_pred, self.dtype, name="y_pred")
        true = np.asarray(y_true)
        if self.target == "values":
            true = as_real(y_true, self.dtype, name="y_true")
        values = self.call(true, pred)
        mask = self.mask(true, np.asarray(values))
        return reduce_weighted(values, sample_weight, self.reduction, self.dtype, mask)


class CompiledLoss(Loss):
    """A loss whose values and gradient a kernel computes.

    Attributes:
        kernel: The kernel that takes what the model predicts.
        logits_kernel: The kernel that takes logits instead and also applies sigmoid or
            softmax; None if there is none.
        scalars: The settings of `kernel`, after its arrays and scale.
        logits_scalars: Those of `logits_kernel`.
        axis: The axis that a value is taken along.
        batch_kernel: The kernel of values that are taken over rows; None if there is
            none.
        ignored: The label of rows that do not count; None if all do.
        default_name: The name of a loss that is given none.
    """

    kernel: str
    logits_kernel: str | None = None
    scalars: tuple[float, ...] = ()
    axis: Any = -1
    batch_kernel: str | None = None
    ignored: int | None = None
    default_name: str | None = None

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        name = name or self.default_name or to_snake_case(type(self).__name__)
        super().__init__(name, reduction, dtype)

    @property
    def compiled(self) -> bool:  # type: ignore[override]
        """Whether the kernel says what this loss is: no subclass overrides `call`."""
        return type(self).call is CompiledLoss.call

    @property
    def logits_scalars(self) -> tuple[float, ...]:
        return self.scalars

    @property
    def axes(self) -> tuple[int, ...] | None:
        """The axes that a value is taken over; None for all, and all rows."""
        return (self.axis,)

    def values_shape(self, prediction_shape):
        if self.axes is None or (self.batch_kernel and 0 in self.axes):
            return ()
        ndim = len(prediction_shape) + 1
        over = {axis % ndim for axis in self.axes}
        return tuple(n for i, n in enumerate(prediction_shape, 1) if i not in over)

    def labels_shape(self, prediction_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Returns a prediction's shape with the axis of the classes as its last."""
        ndim = len(prediction_shape) + 1
        classes = (None, *prediction_shape)[self.axis % ndim]
        return (*self.values_shape(prediction_shape), classes or 1)

    def lower(
        self,
        builder: Builder,
        seed: Tensor,
        target: Tensor,
        gradient: Tensor | None,
        out: Tensor | None,
        reduced: Reduced,
    ) -> tuple[Tensor, Reduced]:
        """Records the loss in a plan.

        Args:
            builder: What records.
            seed: Predictions; logits if `out` is given.
            target: What they are held against.
            gradient: Where the gradient goes; None if nobody needs it.
            out: The probabilities that the loss computes on its way, if they are
                something else's result.
            reduced: How values become one number.

        Returns:
            The value of each row, and how they become one number.
        """
        from fastnn.plan.row_losses import row_losses

        kernel, scalars = self.kernel, self.scalars
        if self.logits_kernel and (self.from_logits or out is not None):
            kernel, scalars = self.logits_kernel, self.logits_scalars
            if out is None:
                out = builder.tensor("probabilities", seed.shape)
        columns = self.columns(seed.width, builder.dtype)
        values = row_losses(
            builder, kernel, scalars, seed, target, gradient, out, reduced, columns
        )
        return values, reduced

    def columns(self, n: int, dtype: str) -> np.ndarray | None:
        """Settings of the kernel for each of `n` columns; None if it has none."""
        return None

    def call(self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> np.ndarray:
        pred, target, shape = self.as_rows(y_true, y_pred)
        values = self.of_rows(pred, target).reshape(shape).astype(pred.dtype)
        mask = self.mask(np.asarray(y_true), values)
        return values if mask is None else np.where(mask, values, 0)

    def as_rows(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike
    ) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
        """Returns predictions (rows, n), targets that fit them, and the shape of the
        values."""
        return rows.prepare(y_true, y_pred, self.target, self.axis, self.ignored)

    def of_rows(self, pred: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Returns the value of each row of a matrix, in float64."""
        from fastnn._core.doors import doors

        values = np.empty(len(pred), np.float64)
        columns = self.columns(pred.shape[1], pred.dtype.name)
        inputs = [pred, target, None, 1.0]
        last = [] if columns is None else [columns]
        if self.from_logits and self.logits_kernel:
            kernel = getattr(doors, self.logits_kernel)
            kernel(None, values, None, *inputs, *self.logits_scalars, *last)
        else:
            kernel = getattr(doors, self.kernel)
            kernel(None, values, *inputs, *self.scalars, *last)
        return values
