"""What a network is to answer: values, or the indices of classes."""

import math

import numpy as np

from fastnn.data.convert import as_numbers

__all__ = ["as_targets"]


def as_targets(
    y,
    rows: int,
    output_shape: tuple,
    target: str = "values",
    classes: int | None = None,
    *,
    ignored: int | None = None,
    name: str = "y",
    layer: str | None = None,
) -> np.ndarray:
    """Checks targets against the rows of x and the last layer.

    Args:
        y: Array-like. Values: (rows, *output_shape), or (rows,) for one output. Labels:
            (rows, *output_shape[:-1]), a further last axis of 1 is dropped.
        rows: Number of rows of x.
        output_shape: Shape of one row of the network's output.
        target: "values"; "labels" for class indices; "identities" for any integers,
            in the shape of labels.
        classes: Number of classes for labels; `output_shape[-1]` when `None`.
        ignored: A label that need be no class.
        name: What the user calls it, for messages.
        layer: The last layer's name, for messages.

    Returns:
        Values: C-contiguous (rows, *output_shape), one of the `KEPT_DTYPES`. Labels:
        int32 (rows, *output_shape[:-1]), a copy.

    Raises:
        TypeError: If `y` does not hold real numbers.
        ValueError: If its rows, shape or range do not fit; the message says which loss
            would take it.
    """
    array = as_numbers(y, name)
    if array.ndim == 0 or len(array) != rows:
        have = "a single value" if array.ndim == 0 else f"{len(array)} rows"
        raise ValueError(
            f"x and `{name}` are expected to have the same number of rows. "
            f"Received: x with {rows} rows, `{name}` with {have}"
        )
    output_shape = tuple(output_shape)
    if target == "values":
        return _as_values(array, rows, output_shape, name, layer)
    if target in ("labels", "identities"):
        classes = output_shape[-1] if classes is None else classes
        array = _in_shape_of_labels(array, rows, output_shape, classes, name, layer)
        if array.dtype == np.int32:
            # kernels use labels as indices: what is checked must be what they read,
            # even if a callback or a thread writes into the user's own array
            array = array.copy()
        if target == "labels":
            classed = array if ignored is None else np.where(array == ignored, 0, array)
            _check_range(classed, classes, name, layer)
        return _whole(array, classes, name, layer)
    raise ValueError(
        "`target` is expected to be 'values', 'labels' or 'identities'. "
        f"Received: {target!r}"
    )


def _as_values(array, rows, output_shape, name, layer) -> np.ndarray:
    expected = (rows, *output_shape)
    if array.shape == expected:
        return array
    if array.shape == expected[:-1] and output_shape[-1:] == (1,):
        return array.reshape(expected)
    hint = ""
    if array.shape in (expected[:-1], (*expected[:-1], 1)):
        hint = (
            ". For class indices use loss='sparse_categorical_crossentropy', or "
            f"one-hot rows from fastnn.utils.to_categorical({name}, {output_shape[-1]})"
        )
    raise ValueError(
        f"{_owner(layer)}`{name}` is expected to have shape {expected}. "
        f"Received: shape {array.shape}{hint}"
    )


def _in_shape_of_labels(array, rows, output_shape, classes, name, layer) -> np.ndarray:
    expected = (rows, *output_shape[:-1])
    if array.shape == (*expected, 1):
        array = array.reshape(expected)
    if array.shape != expected:
        hint = ""
        if array.shape == (*expected, classes):
            hint = (
                ". One-hot rows go with loss='categorical_crossentropy'; for class "
                f"indices pass `{name}.argmax(axis=-1)`"
            )
        raise ValueError(
            f"{_owner(layer)}`{name}` is expected to hold class indices in shape "
            f"{expected}. Received: shape {array.shape}{hint}"
        )
    return array


def _whole(array, classes, name, layer) -> np.ndarray:
    labels = array.astype(np.int32, copy=False)
    narrower = array.dtype.kind == "f" or array.itemsize > labels.itemsize
    if narrower and not np.array_equal(labels, array):
        row = int(np.argmax((labels != array).reshape(len(array), -1).any(axis=1)))
        raise ValueError(
            f"{_owner(layer)}`{name}` is expected to hold class indices, whole numbers "
            f"from 0 to {classes - 1}, or others that fit 32 bits if the loss takes "
            f"them. Received: {array[row]} in row {row}"
        )
    return labels


def _check_range(array, classes, name, layer) -> None:
    if not array.size:
        return
    low, high = array.min(), array.max()
    if low >= 0 and high < classes:
        return
    # NaN fails both comparisons and so arrives here too.
    outside = ~((array >= 0) & (array < classes))
    row = int(np.argmax(outside.reshape(len(array), -1).any(axis=1)))
    if math.isnan(low):
        received = f"NaN in row {row}"
    else:
        received = f"{name} from {low} to {high}, the first outside in row {row}"
    raise ValueError(
        f"{_owner(layer)}`{name}` is expected to hold class indices from 0 to "
        f"{classes - 1}. Received: {received}"
    )


def _owner(layer: str | None) -> str:
    return f"Layer {layer!r}: " if layer else ""
