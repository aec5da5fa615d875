"""The weights of a model as a list, and as a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastnn.caller import warn

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["load_weights", "save_weights", "set_weights"]

_ENDING = ".weights.npz"


def set_weights(model: Model, weights: Sequence[npt.ArrayLike]) -> None:
    """Sets all weights of a model, or none if one of them does not fit."""
    model._require_built("its weights are set")
    variables = model.weights
    if len(weights) != len(variables):
        raise ValueError(
            f"Expected {len(variables)} weights for the model {model.name!r}. "
            f"Received: {len(weights)}"
        )
    pairs = zip(_names(model), variables, weights, strict=True)
    values = [_checked(name, variable, value) for name, variable, value in pairs]
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def save_weights(model: Model, filepath: Any, *, overwrite: bool = True) -> None:
    """Writes all weights to a file; unless `overwrite`, to one that is not there."""
    from fastnn.saving.weights_file import save_arrays

    model._require_built("its weights are saved")
    path = _path(filepath)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            f"Expected a path where no file is, or overwrite=True. Received: {path!r}"
        )
    arrays = [variable.numpy() for variable in model.weights]
    save_arrays(path, list(zip(_names(model), arrays, strict=True)))


def load_weights(model: Model, filepath: Any, *, skip_mismatch: bool = False) -> None:
    """Sets all weights from a file; matched by their order, as names of layers count up
    within a process. With `skip_mismatch`, sets those of the layers that they fit."""
    from fastnn.saving.weights_file import load_arrays

    model._require_built("its weights are loaded")
    arrays = load_arrays(_path(filepath))
    if skip_mismatch:
        _set_what_fits(model, arrays)
    else:
        set_weights(model, [array for _, array in arrays])


def _set_what_fits(model: Model, arrays: list[tuple[str, np.ndarray]]) -> None:
    """Sets the weights of each layer whose counterpart in the file has the same shapes,
    and warns of the others."""
    own = _by_layer(zip(_names(model), model.weights, strict=True))
    kept = list(_by_layer(arrays).values())
    kept += [[]] * (len(own) - len(kept))
    skipped = []
    for (layer, variables), values in zip(own.items(), kept, strict=False):
        if [v.shape for v in variables] != [value.shape for value in values]:
            skipped.append(layer)
            continue
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
    if skipped:
        warn(f"The file's weights do not fit these layers, which stay: {skipped}")


def _by_layer(named: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    layers: dict[str, list[Any]] = {}
    for name, item in named:
        layers.setdefault(name.rpartition("/")[0], []).append(item)
    return layers


def _checked(name: str, variable: Any, value: npt.ArrayLike) -> np.ndarray:
    try:
        return np.array(variable.checked(value))
    except ValueError as error:
        raise ValueError(f"Weight {name!r}: {error}") from None


def _names(model: Model) -> list[str]:
    parts = {
        id(weight): f"{layer.name}/{weight.name}"
        for layer in model._flatten_layers()
        for weight in layer._own_weights()
    }
    return [parts[id(weight)] for weight in model.weights]


def _path(filepath: Any) -> str:
    path = os.fspath(filepath)
    if not str(path).endswith(_ENDING):
        raise ValueError(
            f"Expected a path that ends in {_ENDING!r}. Received: {filepath!r}"
        )
    return path
