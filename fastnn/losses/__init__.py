"""Losses, what training makes small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastnn.losses.circle import (
    Circle,
    circle,
)
from fastnn.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_generalized_cross_entropy,
    sparse_categorical_crossentropy,
)
from fastnn.losses.ctc import (
    CTC,
    ctc,
)
from fastnn.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from fastnn.losses.hinge import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from fastnn.losses.loss import (
    CompiledLoss,
    Loss,
)
from fastnn.losses.overlap import (
    Dice,
    Tversky,
    dice,
    tversky,
)
from fastnn.losses.probabilistic import (
    KLDivergence,
    Poisson,
    kl_divergence,
    poisson,
)
from fastnn.losses.python_loss import PythonLoss
from fastnn.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "CTC",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

_CLASS_OF_FUNCTION = {
    binary_crossentropy: BinaryCrossentropy,
    binary_focal_crossentropy: BinaryFocalCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_focal_crossentropy: CategoricalFocalCrossentropy,
    categorical_generalized_cross_entropy: CategoricalGeneralizedCrossEntropy,
    categorical_hinge: CategoricalHinge,
    circle: Circle,
    cosine_similarity: CosineSimilarity,
    dice: Dice,
    hinge: Hinge,
    huber: Huber,
    kl_divergence: KLDivergence,
    log_cosh: LogCosh,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    poisson: Poisson,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    squared_hinge: SquaredHinge,
    tversky: Tversky,
}

# A name in snake case stands for the function, as in Keras: it is entered last.
_ROOM = Room(
    "loss",
    [CTC, Loss, *_CLASS_OF_FUNCTION.values(), ctc, *_CLASS_OF_FUNCTION],
    aliases={
        name: function
        for short, function in {
            "bce": binary_crossentropy,
            "kld": kl_divergence,
            "mae": mean_absolute_error,
            "mape": mean_absolute_percentage_error,
            "mse": mean_squared_error,
            "msle": mean_squared_logarithmic_error,
        }.items()
        for name in (short, short.upper())
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
        return _CLASS_OF_FUNCTION[found](name=found.__name__)
    return PythonLoss(found)


def serialize(loss: Callable[..., Any]) -> Any:
    """Returns the loss's name, or its configuration as plain data."""
    return _config.serialize(loss)


def deserialize(
    name: Any, custom_objects: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """Returns the loss that `serialize` described."""
    return _ROOM.deserialize(name, custom_objects)
