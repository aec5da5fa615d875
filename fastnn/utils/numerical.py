"""Rows of one length, and class indices to one-hot rows."""

import operator

import numpy as np

__all__ = ["normalize", "to_categorical"]


def normalize(x, axis: int | None = -1, order: float = 2) -> np.ndarray:
    """Divides by the norm: out := x / norm(x); zeros stay zeros.

    Args:
        x: Array-like of numbers.
        axis: Along which the norm is taken; None for that of all elements.
        order: Of the norm, as for `numpy.linalg.norm`: 2, 1, `numpy.inf`, ...

    Returns:
        An array in the shape of `x`.

    Raises:
        TypeError: If `x` does not hold numbers.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]])
        array([[0.6, 0.8],
               [0. , 0. ]])
    """
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"`x` is expected to hold real numbers. Received: x of {array.dtype}"
        )
    if axis is None and array.ndim > 1:
        return normalize(array.reshape(-1), order=order).reshape(array.shape)
    norm = np.linalg.norm(array, order, axis, keepdims=True)
    return array / np.where(norm == 0, 1, norm)


def to_categorical(x, num_classes: int | None = None) -> np.ndarray:
    """Turns class indices into one-hot rows: out[..., j] := 1 where j == x[...] else 0.

    Args:
        x: Class indices from 0, any shape (...); whole-numbered floats are taken too. A
            last axis of size 1 is dropped.
        num_classes: Number of classes; `None` takes the largest index + 1.

    Returns:
        Array of shape (..., num_classes), float64 as in Keras.

    Raises:
        TypeError: If `x` does not hold numbers.
        ValueError: If an index is negative, not whole or not below `num_classes`.

    Example:
        >>> to_categorical([0, 2], num_classes=3)
        array([[1., 0., 0.],
               [0., 0., 1.]])
    """
    labels = _as_indices(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = _class_count(labels, num_classes)
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"Class indices are expected in [0, {classes}). "
            f"Received: x from {labels.min()} to {labels.max()}"
        )
    one_hot = np.zeros((*labels.shape, classes))
    np.put_along_axis(one_hot, labels[..., np.newaxis], 1.0, axis=-1)
    return one_hot


def _as_indices(x) -> np.ndarray:
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"Class indices are expected to be numbers. Received: x of {array.dtype}"
        )
    if array.dtype.kind == "f" and not np.all(np.isfinite(array) & (array % 1 == 0)):
        raise ValueError(
            "Class indices are expected to be whole numbers. Received: x with "
            "fractions, infinities or NaN"
        )
    if array.size and not -(2**62) < array.min() <= array.max() < 2**62:
        raise ValueError(
            "Class indices are expected to fit 63 bits. "
            f"Received: x from {array.min()} to {array.max()}"
        )
    return array.astype(np.int64)


def _class_count(labels: np.ndarray, num_classes: int | None) -> int:
    if num_classes is None:
        if not labels.size:
            raise ValueError("`num_classes` is expected when x is empty")
        return int(labels.max()) + 1
    classes = operator.index(num_classes)
    if classes <= 0:
        raise ValueError(
            f"`num_classes` is expected to be positive. Received: {num_classes}"
        )
    return classes
