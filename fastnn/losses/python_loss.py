"""A loss that a user wrote in Python, as a plan runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastnn.dtypes import as_real
from fastnn.losses.loss import Loss

__all__ = ["PythonLoss"]

# The step of a central difference that balances truncation against rounding: the cube
# root of the spacing at 1 (Press et al., "Numerical recipes", section 5.7).
_STEP = np.finfo(np.float64).eps ** (1 / 3)


class PythonLoss(Loss):
    """Wraps a function f(y_true, y_pred), or a `Loss` with a `call` of its own.

    Args:
        function: The function or the loss. It returns a value for each row; values of
            more axes are averaged over all but the first. Or it returns one value of
            all rows, which then is the loss of each.
        name: Name of the loss; by default that of `function`.
        reduction: See `Loss`; by default that of `function`.
        dtype: "float32" or "float64"; by default that of `function`.
    """

    def __init__(
        self,
        function: Callable[..., Any] | Loss,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ):
        if isinstance(function, Loss):
            name = name or function.name
            reduction, dtype = function.reduction, function.dtype
            self.target = function.target
        name = name or getattr(function, "__name__", None)
        super().__init__(name, reduction, dtype)
        self.function = function
        self._values = function.call if isinstance(function, Loss) else function
        self._gradient = getattr(function, "gradient", None)

    def call(self, y_true, y_pred):
        return self._values(y_true, y_pred)

    def values(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Returns the loss of each row in float64, shape (rows,), or one of all, ().

        Raises:
            ValueError: If the function returns neither.
        """
        values = as_real(self._values(y_true, y_pred), np.float64, name="values")
        if values.ndim == 0:
            return values
        if values.shape[:1] != y_pred.shape[:1]:
            raise ValueError(
                f"Expected the loss {self.name!r} to return a value for each of "
                f"{len(y_pred)} rows, or one of all. "
                f"Received: values of shape {values.shape}"
            )
        return values.reshape(len(y_pred), -1).mean(axis=1) if len(y_pred) else values

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """Returns d values[i] / d y_pred[i], or of the one value, in the shape and type
        of `y_pred`.

        Taken numerically in float64 if the loss has no `gradient` of its own, by two
        evaluations for each element of a row; of a batch, if all rows have one value.

        Raises:
            ValueError: If the loss's own gradient has another shape.
        """
        if self._gradient is None:
            return self._central_differences(y_true, y_pred).astype(y_pred.dtype)
        gradient = as_real(
            self._gradient(y_true, y_pred), y_pred.dtype, name="gradient"
        )
        if gradient.shape != y_pred.shape:
            raise ValueError(
                f"Expected the gradient of the loss {self.name!r} to have the shape of "
                f"y_pred, {y_pred.shape}. Received: shape={gradient.shape}"
            )
        return gradient

    def _central_differences(self, y_true, y_pred) -> np.ndarray:
        if y_true.dtype.kind == "f":
            y_true = y_true.astype(np.float64)
        point = np.array(y_pred, np.float64, order="C")
        columns = point.reshape(len(point), -1)
        gradient = np.empty_like(columns)
        for j in range(columns.shape[1]):
            change, steps = self._change(y_true, point, columns[:, j])
            if change.ndim == 0:
                return self._by_element(y_true, point)
            gradient[:, j] = change / steps
        return gradient.reshape(point.shape)

    def _by_element(self, y_true, point) -> np.ndarray:
        """The central differences of one value of all rows."""
        gradient = np.empty_like(point)
        slopes, elements = gradient.reshape(-1), point.reshape(-1, 1)
        for i, element in enumerate(elements):
            change, (step,) = self._change(y_true, point, element)
            slopes[i] = change / step
        return gradient

    def _change(self, y_true, point, part) -> tuple[np.ndarray, np.ndarray]:
        """How the values change as a view of the point moves, and by how much."""
        middle = part.copy()
        step = _STEP * np.maximum(1.0, np.abs(middle))
        part[...] = middle + step
        above = self.values(y_true, point)
        part[...] = middle - step
        change = np.asarray(above - self.values(y_true, point))
        part[...] = middle
        return change, 2 * step
