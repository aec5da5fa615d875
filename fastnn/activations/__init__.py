"""Activation functions: called on arrays, or lowered into a plan by a layer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from fastnn.activations.activation import (
    Activation,
    BoundActivation,
    PythonActivation,
    from_function,
)
from fastnn.activations.along_axis import (
    glu,
    log_softmax,
    softmax,
    sparsemax,
)
from fastnn.activations.rectifiers import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    relu,
    relu6,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
    threshold,
)
from fastnn.activations.smooth import (
    celu,
    elu,
    exponential,
    gelu,
    log_sigmoid,
    mish,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    squareplus,
    tanh,
    tanh_shrink,
)
from fastnn.saving.registry import Room

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
    "with_derivative",
]

swish = silu
hard_swish = hard_silu

_ROOM = Room(
    "activation",
    [
        celu,
        elu,
        exponential,
        gelu,
        glu,
        hard_shrink,
        hard_sigmoid,
        hard_silu,
        hard_tanh,
        leaky_relu,
        linear,
        log_sigmoid,
        log_softmax,
        mish,
        relu,
        relu6,
        selu,
        sigmoid,
        silu,
        soft_shrink,
        softmax,
        softplus,
        softsign,
        sparse_plus,
        sparse_sigmoid,
        sparsemax,
        squareplus,
        tanh,
        tanh_shrink,
        threshold,
    ],
    aliases={"hard_swish": hard_silu, "swish": silu},
)


def get(identifier: Any) -> Activation:
    """Returns the activation that `identifier` stands for.

    Args:
        identifier: A name ("relu"), a configuration, a function of this module, a
            `functools.partial` of one with keyword arguments, a function of your own
            that has a derivative (see `with_derivative`), or None for `linear`.

    Raises:
        ValueError: If it is none of these.
    """
    found = linear if identifier is None else _ROOM.lookup(identifier)
    if isinstance(found, Activation):
        return found
    if isinstance(found, functools.partial):
        return _from_partial(found)
    if callable(found):
        return from_function(found)
    raise ValueError(
        "Expected the name or the configuration of an activation, or a function. "
        f"Received: {identifier!r}"
    )


def serialize(activation: Any) -> Any:
    """Returns the activation's name, or its configuration as plain data."""
    return get(activation).serialized()


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Activation:
    """Returns the activation that `serialize` described."""
    return get(_ROOM.deserialize(config, custom_objects))


def with_derivative(
    derivative: Callable[..., Any],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes an element-wise function of your own usable as an activation.

    Args:
        derivative: A function of `x` that returns the derivative at each element.

    Returns:
        A decorator that sets the attribute `derivative` of a Python function, and wraps
        any other callable, such as `np.cos`, which belongs to somebody else.

    Example:
        >>> @fastnn.activations.with_derivative(lambda x: 2 * x)
        ... def square(x):
        ...     return x * x
        >>> layer = fastnn.layers.Dense(8, activation=square)
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if not inspect.isfunction(function):
            return PythonActivation(function, derivative)
        function.derivative = derivative  # type: ignore[attr-defined]
        return function

    return decorate


def _from_partial(partial: functools.partial) -> Activation:
    if partial.args:
        raise ValueError(
            f"Expected the arguments of an activation by keyword. Received: {partial!r}"
        )
    function = get(partial.func)
    if isinstance(function, PythonActivation):
        derivative = functools.partial(function.derivative, **partial.keywords)
        named = functools.update_wrapper(
            functools.partial(function.function, **partial.keywords), function.function
        )
        return PythonActivation(named, derivative)
    return BoundActivation(function, partial.keywords)
