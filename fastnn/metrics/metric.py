"""The base of all metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn import initializers
from fastnn.dtypes import standardize_dtype
from fastnn.naming import auto_name
from fastnn.saving.config import Configurable
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.plan.tensor import Tensor

__all__ = ["Metric"]


class Metric(Configurable):
    """A number that is accumulated over batches.

    To write your own, make its state in the constructor by `add_variable`, and override
    `update_state` and `result`.

    Args:
        dtype: "float32" (the default) or "float64".
        name: Name of the metric; by default the class's name.

    Attributes:
        compiled: Whether a plan can update it without Python.

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

    _direction: str | None = None

    def __init__(self, dtype: npt.DTypeLike | None = None, name: str | None = None):
        self.name = name or auto_name(type(self).__name__)
        self.dtype = self._checked_dtype(dtype)
        self._variables: list[Variable] = []
        self._planes: list[tuple[int, Variable]] = []

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Takes in a batch: usually y_true, y_pred and sample_weight=None."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override "
            "`update_state(y_true, y_pred, sample_weight=None)`"
        )

    def result(self) -> Any:
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

        Raises:
            RuntimeError: If the constructor has not called the one of `Metric`.
        """
        self._require_constructed()
        initialize = initializers.get(initializer or "zeros")
        variable = Variable(
            np.asarray(initialize(shape, dtype=dtype or self.dtype)),
            name=name or f"variable_{len(self._variables)}",
            trainable=False,
        )
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = None,
        dtype: npt.DTypeLike | None = None,
        name: str | None = None,
    ) -> Variable:
        """Does what `add_variable` does."""
        return self.add_variable(shape, initializer, dtype, name)

    @property
    def variables(self) -> list[Variable]:
        """The metric's state, and that of metrics that are its attributes."""
        return [*self._variables, *(v for m in self._parts() for v in m.variables)]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Takes in a batch and returns the result so far."""
        self._require_constructed()
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    # ---- within a plan

    @property
    def compiled(self) -> bool:
        """Whether `lower` says what this metric is: no subclass changes the update."""
        for owner in type(self).__mro__:
            if "lower" in vars(owner):
                return True
            if "update_state" in vars(owner):
                return False
        return False

    def fits(self, prediction: Tensor, target: Tensor) -> bool:
        """Whether `lower` can record updates from tensors of these shapes and types."""
        return target.dtype != "int32" and target.shape == prediction.shape

    lower: Callable[[Builder, Tensor, Tensor, Tensor | None], None]
    """Records an update: (builder, prediction, target, weight | None). A metric without
    it is updated in Python."""

    # ---- inside

    def _checked_dtype(self, dtype: npt.DTypeLike | None) -> str:
        return standardize_dtype(dtype)

    def _add_planes(
        self, count: int, shape: tuple[int, ...], names: Mapping[int, str]
    ) -> np.ndarray:
        """Makes a state of several arrays of one shape that a kernel adds to at once.

        Args:
            count: Number of the arrays.
            shape: Of each.
            names: Those that are variables, and attributes, of this metric.

        Returns:
            The arrays in one, (count, *shape), in float64.
        """
        self._sums = np.zeros((count, *shape))
        for index, name in names.items():
            variable = Variable(np.zeros(shape), name=name, trainable=False)
            self._variables.append(variable)
            self._planes.append((index, variable))
            setattr(self, name, variable)
        self._connect()
        return self._sums

    def _connect(self) -> None:
        for index, variable in self._planes:
            variable.move_to(self._sums[index, ...])

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._connect()

    def _parts(self) -> Iterator[Metric]:
        for value in vars(self).values():
            values = value if isinstance(value, list | tuple) else (value,)
            yield from (part for part in values if isinstance(part, Metric))

    def _require_constructed(self) -> None:
        if "_variables" not in vars(self):
            raise RuntimeError(
                f"Expected the constructor of {type(self).__name__} to call "
                "`super().__init__()` first. Received: a metric without a state"
            )
