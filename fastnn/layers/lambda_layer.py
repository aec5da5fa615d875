"""A function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from fastnn import activations
from fastnn.layers import python_layer
from fastnn.layers.layer import Layer
from fastnn.saving.registration import custom_object_scope, known_objects

__all__ = ["Lambda"]

_FUNCTIONS = ("function", "output_shape", "mask")
_ANONYMOUS = {"class_name": "__lambda__", "config": {"name": "<lambda>"}}


class Lambda(Layer):
    """outputs = function(inputs, **arguments), computed in Python on NumPy arrays

    There is no automatic differentiation: a model can be trained through the layer if
    the function is an activation of `fastnn.activations`, or is element-wise and has a
    derivative (`fastnn.activations.with_derivative`), or a subclass writes `backward`.
    In front of everything that is trained it needs none of these.

    A configuration holds the name of the function. To make a layer from it, the
    function must be known: see `fastnn.saving.custom_object_scope` and
    `fastnn.saving.register_serializable`. A `lambda` has no name, so that such a
    configuration is refused.

    Args:
        function: Maps a batch to a batch of as many rows. It may take `training` and
            `mask` besides.
        output_shape: Shape of a row of the outputs, or a function from the shape of a
            batch of inputs to that of the outputs; by default the function is tried out
            on a row of zeros.
        mask: The outputs' mask, as an array, or a function of the inputs and their
            mask; None for none.
        arguments: Further arguments of the function.
        **base: Arguments of `Layer`.

    Raises:
        TypeError: If `function` cannot be called.
        NotImplementedError: If the shape of the outputs cannot be found; or in
            training, if gradients have to pass and there is no derivative.

    Example:
        >>> def halves(x):
        ...     return x / 2
        >>> fastnn.layers.Lambda(halves)([[2.0, 4.0]])
        array([[1., 2.]], dtype=float32)
    """

    _attributes_of_arguments: ClassVar = {
        **Layer._attributes_of_arguments,
        "output_shape": "_output_shape",
    }

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Sequence[int] | Callable[..., Any] | None = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **base: Any,
    ):
        super().__init__(**base)
        if not callable(function):
            raise TypeError(f"Expected a function. Received: {function=}")
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self.supports_masking = mask is not None
        callable_or_none = output_shape is None or callable(output_shape)
        self._output_shape: Any = (
            output_shape if callable_or_none else tuple(output_shape)  # type: ignore[arg-type]
        )
        self._takes = _parameters(function)

    def compute_output_shape(self, input_shape):
        if self._output_shape is None:
            try:
                return python_layer.output_shape(self, input_shape)
            except Exception as error:
                raise NotImplementedError(
                    "Expected a function that can be tried out on a row of zeros, or "
                    f"`output_shape`, for the layer {self.name!r}. "
                    f"Received: {type(error).__name__}: {error}"
                ) from error
        if callable(self._output_shape):
            return tuple(self._output_shape(input_shape))
        return (input_shape[0], *self._output_shape)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        mask = self.mask
        return mask(inputs, previous_mask) if callable(mask) else mask

    @property
    def computes_mask(self) -> bool:
        return self.mask is not None

    def call(self, inputs, training=False, mask=None):
        further = {"training": training, "mask": mask}
        taken = {name: further[name] for name in further if name in self._takes}
        return self.function(inputs, **self.arguments, **taken)

    @property
    def differentiable(self) -> bool:
        own = type(self).backward is not Lambda.backward
        return own or callable(getattr(self.function, "derivative", None))

    def backward(self, inputs, outputs, gradients):
        if not self.differentiable:
            raise NotImplementedError(
                f"Expected the function of the layer {self.name!r} to have a derivative"
                ", as something before the layer is to be trained: give it one with "
                "`fastnn.activations.with_derivative`, or subclass Lambda and write "
                f"`backward(inputs, outputs, gradients)`. Received: {self.function!r}"
            )
        return gradients * self.function.derivative(inputs, **self.arguments)

    def lower(self, builder, x):
        if isinstance(self.function, activations.Activation) and not self.arguments:
            return self.function.lower(builder, x)
        return Layer.lower(self, builder, x)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; functions by their names."""
        config = super().get_config()
        for argument in _FUNCTIONS:
            value = getattr(self, self._attributes_of_arguments.get(argument, argument))
            if getattr(value, "__name__", None) == "<lambda>":
                config[argument] = _ANONYMOUS
        return config

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        custom_objects: Mapping[str, Any] | None = None,
    ) -> Lambda:
        """Returns a new layer with the arguments that `get_config` gave.

        Args:
            config: The configuration.
            custom_objects: Functions by name.

        Raises:
            ValueError: If a function is not known.
        """
        config = dict(config)
        with custom_object_scope(custom_objects):
            for argument in _FUNCTIONS:
                config[argument] = _found(config.get(argument))
        return cls(**config)


def _parameters(function: Any) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # some compiled functions do not say
        return frozenset()


def _found(value: Any) -> Any:
    """The function that a configuration names; anything else as it is."""
    if isinstance(value, list):
        array = np.asarray(value)
        return array if array.dtype == bool else tuple(value)
    name = value
    if isinstance(value, Mapping):
        if value.get("class_name") == "__lambda__":
            raise ValueError(
                "Expected a Lambda layer of a function with a name: code is never read "
                "from a configuration, as that could run anything. Received: the "
                "configuration of a layer of a `lambda`"
            )
        name = value.get("config")
    if not isinstance(name, str):
        return value
    known = known_objects()
    if name in known:
        return known[name]
    if isinstance(value, str):
        return activations.get(value)
    raise ValueError(
        f"Expected the function {name!r} of a Lambda layer to be known: give it in "
        f"`custom_objects`, or register it. Received: {value!r}"
    )
