"""What a user passes in -> checked arrays that fit the model and its loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.data import (
    Arrays,
    as_features,
    as_sample_weight,
    as_targets,
    as_values,
    class_weights_to_rows,
)
from fastnn.data.convert import as_numbers

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = [
    "checked_batch_size",
    "checked_count",
    "class_weighted",
    "features",
    "labelled",
    "optional_count",
    "sample",
    "unchecked",
]

DEFAULT_BATCH_SIZE = 32


def features(
    model: Model, x: Any, *, allow_empty: bool = False, raw: bool = False
) -> np.ndarray:
    """Checks features, and builds the model from them if it is not built yet; `raw`
    leaves what the first layer reads, such as strings, as it is."""
    x = single(x, "x")
    shape = model.sample_shape if model.built else None
    first = _name_of(model, 0)
    if model.reads:
        array = as_values(x, shape=shape, layer=first, allow_empty=allow_empty)
    elif model.built:
        return as_features(x, shape=shape, layer=first, allow_empty=allow_empty)
    else:
        array = as_features(x, allow_empty=allow_empty)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if not model.built:
        model.build((None, *array.shape[1:]))
    if model.reads and not raw:
        return np.ascontiguousarray(model.read(array), np.int32)
    return array


def sample(model: Model, x: Any) -> np.ndarray:
    """Checks the features of one sample, (*input_shape,); builds the model as
    `features` does.

    Raises:
        TypeError: If it does not hold numbers.
        ValueError: If it has another shape.
    """
    array = np.asarray(x) if model.reads else as_numbers(x, "x")
    if model.built and array.shape != model.sample_shape:
        if model.sample_shape == (1,) and array.ndim == 0:
            return array.reshape(1)
        raise ValueError(
            f"Layer {_name_of(model, 0)!r}: `x` is expected to be one sample of "
            f"shape {model.sample_shape}. Received: shape {array.shape}; `predict` "
            "takes rows of samples"
        )
    return features(model, array[np.newaxis])[0]


def unchecked(model: Model, x: Any, y: Any, sample_weight: Any) -> Arrays:
    """The arrays of a step that the user wrote: of one length, else as they are.

    Raises:
        TypeError: If something does not hold numbers.
        ValueError: If x does not fit the model, or the numbers of rows differ.
    """
    x = features(model, x, raw=True)
    rows = len(x)
    weight = _beside(sample_weight, rows, "sample_weight")
    return Arrays(x, _beside(y, rows, "y"), weight, rows)


def _beside(value: Any, rows: int, name: str) -> np.ndarray | None:
    if value is None:
        return None
    array = as_numbers(single(value, name), name)
    if array.shape[:1] != (rows,):
        raise ValueError(
            f"Expected `{name}` to have {rows} rows, as `x` does. "
            f"Received: shape {array.shape}"
        )
    return array


def single(value: Any, name: str) -> Any:
    """Returns the one entry of a dict, or the one array in a list or tuple; anything
    else as it is.

    Raises:
        ValueError: If a dict, or a list of matrices, has more entries.
    """
    if isinstance(value, Mapping):
        entries = list(value.values())
    elif isinstance(value, list | tuple) and any(
        getattr(v, "ndim", 0) > 1 for v in value
    ):
        entries = list(value)
    else:
        return value
    if len(entries) != 1:
        raise ValueError(
            f"Expected one array as `{name}`: the model has one input and one output. "
            f"Received: a {type(value).__name__} of {len(entries)}"
        )
    return entries[0]


def labelled(
    model: Model,
    x: Any,
    y: Any,
    sample_weight: Any = None,
    class_weight: Any = None,
    name: str = "y",
) -> Arrays:
    """Checks features, targets and weights against the model and its loss.

    Raises:
        TypeError: If something does not hold numbers.
        ValueError: If something does not fit; the message says what and where. The
            model is then as it was.
    """
    if model.built:
        return _labelled(model, x, y, sample_weight, class_weight, name)
    with model._unbuilt_on_failure():
        return _labelled(model, x, y, sample_weight, class_weight, name)


def _labelled(model, x, y, sample_weight, class_weight, name) -> Arrays:
    x = features(model, x)
    rows = len(x)
    if y is None:
        raise ValueError(
            f"Expected targets `{name}` for the loss. Received: {name}=None"
        )
    y, sample_weight = single(y, name), single(sample_weight, "sample_weight")
    compilation = model.compilation
    loss = compilation.required_loss
    y = _targets(model, loss, y, rows, name)
    compilation.resolve(model.prediction_shape, y.shape[1:])
    weight = None
    if sample_weight is not None:
        values = loss.values_shape(model.prediction_shape)
        weight = as_sample_weight(sample_weight, rows, model.dtype, values=values)
    return class_weighted(model, Arrays(x, y, weight, rows), class_weight)


def class_weighted(model: Model, arrays: Arrays, class_weight: Any) -> Arrays:
    """The arrays with the weight of each row's class; None leaves them as they are.

    Raises:
        ValueError: If the rows have weights already, or no class.
    """
    if class_weight is None:
        return arrays
    if arrays.weight is not None:
        raise ValueError(
            "Expected `class_weight` or `sample_weight`, not both; multiply the "
            "weights of the classes into `sample_weight`. Received: both"
        )
    if arrays.y is None:
        raise ValueError("Expected targets beside `class_weight`. Received: y=None")
    units = model.output_shape[-1] or 1
    classes = units if units > 1 else 2
    weight = class_weights_to_rows(class_weight, arrays.y, classes, model.dtype)
    return dataclasses.replace(arrays, weight=weight)


def _targets(model: Model, loss: Any, y: Any, rows: int, name: str) -> np.ndarray:
    shape, last = model.prediction_shape, _name_of(model, -1)
    if loss.compiled and loss.target == "values":
        return as_targets(y, rows, shape, name=name, layer=last)
    if loss.compiled:
        shape = loss.labels_shape(shape)
        return as_targets(
            y, rows, shape, loss.target, ignored=loss.ignored, name=name, layer=last
        )
    # a user's own loss decides itself what shape it takes
    array = as_numbers(y, name)
    own = array.shape[1:] if array.shape[:1] == (rows,) else shape
    if own == () and shape == (1,):
        own = shape
    return as_targets(array, rows, own, name=name, layer=last)


def _name_of(model: Model, index: int) -> str:
    """What the layer at a place is called in errors."""
    layers = model.layers
    return layers[index].name if layers else model.name


def target_shape(model: Model, arrays: Arrays) -> tuple[int, ...]:
    """The shape of one sample's targets as the plan knows it."""
    loss = model.compilation.loss
    if arrays.y is None or loss is None or loss.target != "values":
        return model.prediction_shape
    return arrays.y.shape[1:]


def weight_shape(arrays: Arrays) -> tuple[int, ...] | None:
    """The shape of one sample's weights; None if there are none."""
    return None if arrays.weight is None else arrays.weight.shape[1:]


def checked_batch_size(batch_size: Any, rows: int, steps: int | None = None) -> int:
    """Returns the batch size, at most the number of rows.

    By default it is 32, or if the number of `steps` is given, what makes so many of
    one pass.

    Raises:
        TypeError: If it is not an integer.
        ValueError: If it is not positive.
    """
    if batch_size is None:
        batch_size = -(-rows // steps) if steps else DEFAULT_BATCH_SIZE
    return max(1, min(checked_count("batch_size", batch_size), rows))


def optional_count(name: str, value: Any) -> int | None:
    """Returns `value` as a positive integer, or None as it is, or raises."""
    return None if value is None else checked_count(name, value)


def checked_count(name: str, value: Any, least: int = 1) -> int:
    """Returns `value` as an integer of at least `least`, or raises."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"Expected `{name}` to be an integer. Received: {value!r}")
    if value < least:
        raise ValueError(
            f"Expected `{name}` to be at least {least}. Received: {name}={value}"
        )
    return int(value)
