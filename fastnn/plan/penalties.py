"""The penalties on weights: their values, added to the loss, and their gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.plan.tensor import Held
from fastnn.regularizers import ElasticNet
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.plan.rules import Gradients

__all__ = [
    "gradient_of_penalty",
    "record_penalties",
    "record_penalty_gradients",
    "value_of_penalty",
]

# Of central differences in float64: the cube root of its precision, as usual.
_STEP = 6e-6


def record_penalties(
    builder: Builder, variables: Iterable[Variable], log: np.ndarray
) -> None:
    """Records the penalties on those variables that have one; they go into `log[1]`."""
    held = Held("log", log)
    for variable in _penalized(variables):
        with builder.belonging_to(variable.path.rpartition("/")[0]):
            if isinstance(variable.regularizer, ElasticNet):
                _emit(builder, "l1_l2_value", held, variable)
            else:
                call = _python_value(variable)
                builder.emit("python", (held,), (variable,), call=call)


def record_penalty_gradients(
    builder: Builder, variables: Iterable[Variable], gradient_of: Gradients
) -> None:
    """Records what adds the penalties' gradients to those of the loss."""
    for variable in _penalized(variables):
        gradient = gradient_of(variable)
        with builder.belonging_to(variable.path.rpartition("/")[0]):
            if isinstance(variable.regularizer, ElasticNet):
                _emit(builder, "l1_l2_backward", gradient, variable)
            else:
                call = _python_gradient(variable)
                builder.emit("python", (gradient,), (variable,), call=call)


def _penalized(variables: Iterable[Variable]) -> Iterator[Variable]:
    return (v for v in variables if v.regularizer is not None)


def _emit(builder: Builder, kind: str, out: Any, variable: Variable) -> None:
    slot = next(s for s in variable.arena.slots if s.variable is variable)
    penalty: Any = variable.regularizer
    scalars = float(penalty.l1), float(penalty.l2)
    builder.emit(kind, (out,), (variable,), sizes=(slot.size,), scalars=scalars)


def _python_value(variable: Variable) -> Callable[..., None]:
    penalty: Any = variable.regularizer

    def call(log: np.ndarray, weight: np.ndarray) -> None:
        log[1] += value_of_penalty(penalty, weight)

    return call


def _python_gradient(variable: Variable) -> Callable[..., None]:
    penalty: Any = variable.regularizer

    def call(gradient: np.ndarray, weight: np.ndarray) -> None:
        gradient += gradient_of_penalty(penalty, weight)

    return call


def value_of_penalty(penalty: Any, weight: np.ndarray) -> float:
    """The penalty as a number; it is handed a copy, which it may keep."""
    return _number(penalty(weight.copy()), penalty)


def gradient_of_penalty(penalty: Any, weight: np.ndarray) -> np.ndarray:
    """The penalty's own gradient; else taken numerically, by two evaluations for each
    element."""
    if not hasattr(penalty, "gradient"):
        return _central_differences(penalty, weight.astype(np.float64))
    gradient = np.asarray(penalty.gradient(weight.copy()), weight.dtype)
    if gradient.shape != weight.shape:
        raise ValueError(
            f"Expected the gradient of the regularizer {penalty!r} to have the shape "
            f"of the weight, {weight.shape}. Received: shape={gradient.shape}"
        )
    return gradient


def _central_differences(penalty: Any, point: np.ndarray) -> np.ndarray:
    gradient = np.empty_like(point)
    for place in np.ndindex(point.shape):
        middle = point[place]
        step = _STEP * max(1.0, abs(middle))
        values = []
        for moved in (middle + step, middle - step):
            point[place] = moved
            values.append(_number(penalty(point.copy()), penalty))
        gradient[place] = (values[0] - values[1]) / (2 * step)
        point[place] = middle
    return gradient


def _number(value: Any, penalty: Any) -> float:
    if np.size(value) != 1:
        raise ValueError(
            f"Expected the regularizer {penalty!r} to return a number. "
            f"Received: shape={np.shape(value)}"
        )
    return float(np.asarray(value).reshape(()))
