"""What an activation is: to a caller, to a plan, to a configuration."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.symbol import Symbol
from fastnn.saving import config as _config
from fastnn.saving.registry import registered_name

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder, Tensor

__all__ = [
    "Activation",
    "BoundActivation",
    "PythonActivation",
    "from_function",
    "on",
]


class _Recorder:
    """Stands in for the array while an activation is lowered into a plan."""

    def __init__(self, builder: Builder, x: Tensor):
        self.builder = builder
        self.x = x

    def elementwise(self, function: str, *scalars: float) -> Tensor:
        return self.builder.forward(
            "elementwise",
            self.x,
            shape=self.x.shape,
            scalars=scalars,
            function=function,
        )

    def along(self, kind: str, axis: int) -> Tensor:
        axes = sample_axes(axis, self.x.shape)
        return along(self.builder, self.x, axes, functools.partial(self._rows, kind))

    def _rows(self, kind: str, x: Tensor) -> Tensor:
        shape = (*x.shape[:-1], _width(kind, x.shape[-1]))
        return self.builder.forward(kind, x, shape=shape)


class _Calculator:
    """Computes an activation of an array at once."""

    def __init__(self, x: npt.ArrayLike):
        self.x = as_real(x)

    def elementwise(self, function: str, *scalars: float) -> np.ndarray:
        from fastnn._core.doors import doors

        out = np.empty_like(self.x)
        forward = getattr(doors, f"{function}_forward")
        forward(out.reshape(-1), self.x.reshape(-1), *scalars)
        return out[()]

    def along(self, kind: str, axis: int) -> np.ndarray:
        from fastnn._core.doors import doors

        ndim = self.x.ndim
        if not -ndim <= axis < ndim:
            raise ValueError(
                f"Expected `axis` to be an axis of the input. Received: {axis=}, shape="
                f"{self.x.shape}"
            )
        rows = np.ascontiguousarray(np.moveaxis(self.x, axis, -1))
        out = np.empty((*rows.shape[:-1], _width(kind, rows.shape[-1])), rows.dtype)
        flat = (r.reshape(math.prod(r.shape[:-1]), r.shape[-1]) for r in (out, rows))
        getattr(doors, f"{kind}_forward")(*flat)
        return np.moveaxis(out, -1, axis)


class _Shaper:
    """Runs an activation's own checks of its arguments, and finds the shape of its
    result."""

    def __init__(self, shape: Any):
        self.shape = shape

    def elementwise(self, function: str, *scalars: float) -> Any:
        return self.shape

    def along(self, kind: str, axis: int) -> Any:
        if self.shape is None:
            return None
        sample_axes(axis, self.shape[1:])
        sizes = list(self.shape)
        sizes[axis] = _width(kind, sizes[axis])
        return tuple(sizes)


def _width(kind: str, n: int) -> int:
    """The length of an activation's result along its axis."""
    if kind != "glu":
        return n
    if n % 2:
        raise ValueError(
            f"Expected glu of an axis of even length. Received: a length of {n}"
        )
    return n // 2


def on(x: Any) -> Any:
    """Returns what computes an activation of `x`, or records it in a plan."""
    return x if isinstance(x, _Recorder | _Shaper) else _Calculator(x)


class Activation:
    """An activation of this module: a function of arrays that a plan can hold."""

    __name__: str

    def __init__(self, function: Callable[..., Any]):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Symbol):
            x, *others = args
            return x.mapped(
                lambda builder, tensor: self(
                    _Recorder(builder, tensor), *others, **kwargs
                )
            )
        return self.function(*args, **kwargs)

    def lower(self, builder: Builder, x: Tensor) -> Tensor:
        """Records the activation of `x` in a plan."""
        return self(_Recorder(builder, x))

    def output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of its result for a batch of this shape."""
        return self(_Shaper(shape))

    def serialized(self) -> Any:
        return registered_name(self)

    def __reduce__(self) -> Any:
        return self.__name__

    def __repr__(self) -> str:
        return f"<activation {self.__name__}>"


class BoundActivation(Activation):
    """An activation with its arguments.

    Args:
        function: An activation of this module.
        arguments: Its keyword arguments, without `x`.

    Raises:
        TypeError: If the activation does not take such an argument.
        ValueError: If it does not take such a value.
    """

    def __init__(self, function: Activation, arguments: Mapping[str, Any]):
        super().__init__(function)
        self.arguments = dict(arguments)
        self(_Shaper(None))

    def __call__(self, x: Any) -> Any:
        return self.function(x, **self.arguments)

    def serialized(self) -> Any:
        arguments = _config.serialize(self.arguments)
        return {"class_name": self.__name__, "config": arguments}

    def __reduce__(self) -> Any:
        return type(self), (self.function, self.arguments)


class PythonActivation(Activation):
    """A user's own element-wise function.

    Args:
        function: f(x), for arrays of any shape.
        derivative: f'(x), for the same arrays.
    """

    def __init__(self, function: Callable[..., Any], derivative: Callable[..., Any]):
        super().__init__(function)
        self.derivative = derivative

    def __call__(self, x: npt.ArrayLike) -> Any:
        return self.function(as_real(x))

    def output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return shape

    def lower(self, builder: Builder, x: Tensor) -> Tensor:
        return builder.python_function(self.function, self.derivative, x)

    def serialized(self) -> Any:
        return _config.serialize(self.function)

    def __reduce__(self) -> Any:
        if getattr(self.function, "derivative", None) is self.derivative:
            return from_function, (self.function,)
        return type(self), (self.function, self.derivative)


def from_function(function: Callable[..., Any]) -> PythonActivation:
    """Returns the activation of a function that has an attribute `derivative`.

    Raises:
        ValueError: If it has none.
    """
    derivative = getattr(function, "derivative", None)
    if not callable(derivative):
        raise ValueError(
            "Expected an activation function with a derivative; give it one with "
            f"`fastnn.activations.with_derivative`. Received: {function!r}"
        )
    return PythonActivation(function, derivative)
