"""One weight per row, from the user's own or from a table of class weights."""

import operator
from collections.abc import Mapping

import numpy as np

from fastnn.data.convert import as_numbers

__all__ = ["as_sample_weight", "class_weights_to_rows"]


def as_sample_weight(
    sample_weight,
    rows: int,
    dtype="float32",
    name: str = "sample_weight",
    values: tuple[int, ...] = (),
) -> np.ndarray:
    """Checks one weight per row, or per value of the loss.

    Args:
        sample_weight: Array-like of shape (rows,), (rows, 1), (rows, *values) or
            (rows, *values, 1); may be negative.
        rows: Number of rows of x.
        dtype: The network's dtype.
        name: What the user calls it, for messages.
        values: Shape of the values of one sample.

    Returns:
        C-contiguous array of shape (rows,) or (rows, *values) in `dtype`.

    Raises:
        TypeError: If it does not hold real numbers.
        ValueError: If its shape is another one or a weight is NaN or infinite.
    """
    weight = as_numbers(sample_weight, name)
    for shape in ((rows,), (rows, *values)):
        if weight.shape == (*shape, 1):
            weight = weight.reshape(shape)
        if weight.shape == shape:
            break
    else:
        each = f", or per value, shape {(rows, *values)}" if values else ""
        raise ValueError(
            f"`{name}` is expected to have one weight per row, shape ({rows},){each}. "
            f"Received: shape {weight.shape}"
        )
    if not np.isfinite(weight).all():
        row = int(np.argmin(np.isfinite(weight).reshape(rows, -1).all(axis=1)))
        raise ValueError(
            f"`{name}` is expected to be finite. Received: {weight[row]} in row {row}"
        )
    return weight.astype(dtype, copy=False)


def class_weights_to_rows(
    class_weight, y: np.ndarray, classes: int | None = None, dtype="float32"
) -> np.ndarray:
    """Looks up the weight of each row's class.

    Args:
        class_weight: Mapping from class index to weight; a class that it lacks has 1.
        y: Targets as `as_targets` returns them: class indices or 0/1 values of shape
            (rows,) or (rows, 1), or one-hot rows of shape (rows, classes).
        classes: Number of classes, to refuse an unknown one; `None` takes any.
        dtype: The network's dtype.

    Returns:
        Array of shape (rows,) in `dtype`.

    Raises:
        TypeError: If `class_weight` is not a mapping of integers to numbers.
        ValueError: If a class or weight is impossible, or `y` does not have one class
            per row.
    """
    table = _checked_table(class_weight, classes)
    labels = _one_class_per_row(y)
    weight = np.ones(len(labels), dtype)
    for index, value in table.items():
        weight[labels == index] = value
    return weight


def _checked_table(class_weight, classes: int | None) -> dict[int, float]:
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            "`class_weight` is expected to be a dict of class index to weight. "
            f"Received: {class_weight!r}"
        )
    table = {}
    for index, value in class_weight.items():
        try:
            table[operator.index(index)] = float(value)
        except (TypeError, ValueError):
            raise TypeError(
                "`class_weight` is expected to map integers to numbers. "
                f"Received: {{{index!r}: {value!r}}}"
            ) from None
    for index, value in table.items():
        if not np.isfinite(value):
            raise ValueError(
                "`class_weight` is expected to hold finite weights. "
                f"Received: {value} for class {index}"
            )
        if index < 0 or (classes is not None and index >= classes):
            known = "0 or more" if classes is None else f"in [0, {classes})"
            raise ValueError(
                f"`class_weight` is expected to have classes {known}. "
                f"Received: class {index}"
            )
    return table


def _one_class_per_row(y: np.ndarray) -> np.ndarray:
    if y.ndim == 2 and y.shape[1] > 1:
        if np.abs(y.sum(axis=1, dtype=np.float64) - 1).max(initial=0) > 1e-3:
            raise ValueError(
                "`class_weight` is expected with one class per row. Received: y of "
                f"shape {y.shape} whose rows do not sum to 1; use `sample_weight`"
            )
        return y.argmax(axis=1)
    if y.ndim > 2 or (y.ndim == 2 and y.shape[1] != 1):
        raise ValueError(
            "`class_weight` is expected with one class per row. "
            f"Received: y of shape {y.shape}; use `sample_weight`"
        )
    labels = y.reshape(len(y))
    if labels.dtype.kind == "f" and not np.array_equal(labels, np.round(labels)):
        raise ValueError(
            "`class_weight` is expected with class labels, whole numbers. "
            "Received: y with fractions or NaN; use `sample_weight`"
        )
    return labels
