"""Targets and predictions of any shape as the rows that a kernel takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real

__all__ = ["labels_of", "match_ranks", "prepare"]


def match_ranks(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Drops or adds a last axis of length one where the ranks differ by one."""
    if a.ndim == b.ndim + 1 and a.shape[-1] == 1:
        return (a, b[..., np.newaxis]) if b.ndim == 1 else (a[..., 0], b)
    if b.ndim == a.ndim + 1:
        b, a = match_ranks(b, a)
    return a, b


def prepare(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    target: str,
    axis: int = -1,
    ignored: int | None = None,
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Returns predictions, targets and the shape of the values.

    Args:
        y_true: Values of the shape of `y_pred`, or labels of one axis less.
        y_pred: Predictions, shape (..., n).
        target: "values"; "labels", indices of classes; or "identities", any integers.
        axis: The one that a value is taken along.
        ignored: A label that is no class, which 0 takes the place of.

    Returns:
        Predictions (rows, n); targets (rows, n) in the same type, or labels (rows,) in
        int32; and the shape of `y_pred` without that axis.

    Raises:
        ValueError: If the shapes do not fit or a label is out of range.
        TypeError: If labels are not whole numbers.
    """
    pred = as_real(y_pred, name="y_pred")
    if target == "values":
        true, pred = match_ranks(as_real(y_true, pred.dtype, name="y_true"), pred)
        _check_same_shape(true, pred)
        true = _with_last(true, axis)
        true = true.reshape(-1, true.shape[-1])
        pred = _with_last(pred, axis)
    else:
        pred = _with_last(pred, axis)
        labels = labels_of(y_true, pred, axis)
        if pred.ndim == 0 or labels.shape != pred.shape[:-1]:
            raise ValueError(
                "Expected y_true to hold the index of a class for each row of y_pred. "
                f"Received: y_true.shape={labels.shape}, "
                f"y_pred.shape={np.shape(y_pred)}, axis={axis}"
            )
        true = _labels(labels, pred.shape[-1], target, ignored)
    return np.ascontiguousarray(pred.reshape(-1, pred.shape[-1])), true, pred.shape[:-1]


def _check_same_shape(true: np.ndarray, pred: np.ndarray) -> None:
    if true.shape != pred.shape or pred.ndim == 0:
        raise ValueError(
            "Expected y_true and y_pred to have the same shape of at least one "
            f"axis. Received: y_true.shape={true.shape}, y_pred.shape={pred.shape}"
        )


def _with_last(array: np.ndarray, axis: int) -> np.ndarray:
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(
            f"Expected `axis` to be one of the {array.ndim} axes of y_pred. "
            f"Received: axis={axis}"
        )
    return np.ascontiguousarray(np.moveaxis(array, axis, -1))


def labels_of(y_true: npt.ArrayLike, pred: np.ndarray, axis: int) -> np.ndarray:
    """Returns labels without the axis of length one that stands for the classes'.

    Args:
        y_true: Labels.
        pred: Predictions, the axis of the classes last.
        axis: Where that axis was.
    """
    labels = np.asarray(y_true)
    if labels.ndim == pred.ndim and labels.shape[axis] == 1:
        return np.squeeze(labels, axis)
    return labels


def _labels(
    labels: np.ndarray, classes: int, target: str, ignored: int | None
) -> np.ndarray:
    whole = labels.astype(np.int32, casting="unsafe") if _real(labels) else None
    if whole is None or not np.array_equal(whole, labels):
        raise TypeError(
            "Expected y_true to hold whole numbers, the indices of classes. "
            f"Received: y_true={labels!r}"
        )
    if ignored is not None:
        whole = np.where(whole == ignored, 0, whole).astype(np.int32)
    low, high = (whole.min(), whole.max()) if whole.size else (0, 0)
    if target == "labels" and whole.size and not 0 <= low <= high < classes:
        raise ValueError(
            f"Expected labels from 0 to {classes - 1}. "
            f"Received: labels from {low} to {high}"
        )
    return whole.reshape(-1)


def _real(array: np.ndarray) -> bool:
    return array.dtype.kind in "iuf" and bool(np.isfinite(array).all())
