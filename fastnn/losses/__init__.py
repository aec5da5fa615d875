"""Losses, what training makes small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastnn.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from fastnn.losses.loss import CompiledLoss, Loss
from fastnn.losses.python_loss import PythonLoss
from fastnn.losses.regression import (
    MeanAbsoluteError,
    MeanSquaredError,
    mean_absolute_error,
    mean_squared_error,
)
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]

_CLASS_OF_FUNCTION = {
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    mean_absolute_error: MeanAbsoluteError,
    mean_squared_error: MeanSquaredError,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}

# A name in snake case stands for the function, as in Keras: it is entered last.
_ROOM = Room(
    "loss",
    [*_CLASS_OF_FUNCTION.values(), *_CLASS_OF_FUNCTION],
    aliases={
        "BCE": binary_crossentropy,
        "MAE": mean_absolute_error,
        "MSE": mean_squared_error,
        "bce": binary_crossentropy,
        "mae": mean_absolute_error,
        "mse": mean_squared_error,
    },
)


def get(identifier: Any) -> Callable[..., Any] | None:
    """Returns the loss that `identifier` stands for.

    Args:
        identifier: A name ("mse" and "mean_squared_error" give the function,
            "MeanSquaredError" a `Loss`), a configuration, a loss, its class, any
            function of (y_true, y_pred), or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not callable(found):
        raise ValueError(
            "Expected the name or the configuration of a loss, or a function of "
            f"(y_true, y_pred). Received: {identifier!r}"
        )
    return found


def resolve(identifier: Any) -> CompiledLoss | PythonLoss:
    """Returns what a plan trains on: `get`, always as a `Loss`.

    Raises:
        ValueError: If `identifier` is None or is not known.
    """
    found = get(identifier)
    if found is None:
        raise ValueError(f"Expected a loss. Received: {identifier!r}")
    if isinstance(found, PythonLoss):
        return found
    if isinstance(found, CompiledLoss) and found.compiled:
        return found
    if not isinstance(found, Loss) and found in _CLASS_OF_FUNCTION:
        return _CLASS_OF_FUNCTION[found]()
    return PythonLoss(found)


def serialize(loss: Callable[..., Any]) -> Any:
    """Returns the loss's name, or its configuration as plain data."""
    return _config.serialize(loss)


def deserialize(
    name: Any, custom_objects: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """Returns the loss that `serialize` described."""
    return _ROOM.deserialize(name, custom_objects)
