"""The base of all metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn import initializers
from fastnn.dtypes import standardize_dtype
from fastnn.naming import auto_name
from fastnn.saving.config import Configurable
from fastnn.variable import Variable

__all__ = ["Metric"]


class Metric(Configurable):
    """A number that is accumulated over batches.

    To write your own, make its state in the constructor by `add_variable`, and override
    `update_state` and `result`.

    Args:
        dtype: "float32" (the default) or "float64".
        name: Name of the metric; by default the class's name.

    Raises:
        ValueError: If `dtype` is not known.

    Example:
        >>> class LargestError(fastnn.metrics.Metric):
        ...     def __init__(self, name="largest_error", **base):
        ...         super().__init__(name=name, **base)
        ...         self.largest = self.add_variable((), "zeros", name="largest")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         error = np.abs(y_true - y_pred).max()
        ...         self.largest.assign(max(self.largest.value, error))
        ...     def result(self):
        ...         return float(self.largest.value)
    """

    target: str = "values"
    compiled: bool = False

    def __init__(self, dtype: npt.DTypeLike | None = None, name: str | None = None):
        self.name = name or auto_name(type(self).__name__)
        self.dtype = standardize_dtype(dtype)
        self._variables: list[Variable] = []

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Takes in a batch: usually y_true, y_pred and sample_weight=None."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override "
            "`update_state(y_true, y_pred, sample_weight=None)`"
        )

    def result(self) -> float:
        """Returns the metric of all batches since the last reset."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `result()`"
        )

    def reset_state(self) -> None:
        """Forgets all batches: sets every variable to zero."""
        for variable in self.variables:
            variable.value[...] = 0

    def add_variable(
        self,
        shape: tuple[int, ...],
        initializer: Any = "zeros",
        dtype: npt.DTypeLike | None = None,
        name: str | None = None,
    ) -> Variable:
        """Makes a part of the metric's state.

        Args:
            shape: Its shape.
            initializer: Its first values.
            dtype: "float32" or "float64"; by default that of the metric.
            name: Its name.

        Returns:
            The variable; `.value` is its live array.
        """
        initialize = initializers.get(initializer or "zeros")
        variable = Variable(
            np.asarray(initialize(shape, dtype=dtype or self.dtype)),
            name=name or f"variable_{len(self._variables)}",
            trainable=False,
        )
        self._variables.append(variable)
        return variable

    add_weight = add_variable

    @property
    def variables(self) -> list[Variable]:
        """The metric's state."""
        return list(self._variables)

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        """Takes in a batch and returns the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
