"""Targets and predictions of any shape as the rows that a kernel takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real

__all__ = ["match_ranks", "prepare"]


def match_ranks(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Drops or adds a last axis of length one where the ranks differ by one."""
    if a.ndim == b.ndim + 1 and a.shape[-1] == 1:
        return (a, b[..., np.newaxis]) if b.ndim == 1 else (a[..., 0], b)
    if b.ndim == a.ndim + 1:
        b, a = match_ranks(b, a)
    return a, b


def prepare(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, target: str
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Returns predictions, targets and the shape of the values.

    Args:
        y_true: Values of the shape of `y_pred`, or labels of one axis less.
        y_pred: Predictions, shape (..., n).
        target: "values" or "labels".

    Returns:
        Predictions (rows, n); targets (rows, n) in the same type, or labels (rows,) in
        int32; and the shape of `y_pred` without its last axis.

    Raises:
        ValueError: If the shapes do not fit or a label is out of range.
        TypeError: If labels are not whole numbers.
    """
    pred = as_real(y_pred, name="y_pred")
    if target == "labels":
        true = _labels(np.asarray(y_true), pred)
    else:
        true, pred = match_ranks(as_real(y_true, pred.dtype, name="y_true"), pred)
        if true.shape != pred.shape or pred.ndim == 0:
            raise ValueError(
                "Expected y_true and y_pred to have the same shape of at least one "
                f"axis. Received: y_true.shape={true.shape}, y_pred.shape={pred.shape}"
            )
        true = true.reshape(-1, pred.shape[-1])
    return pred.reshape(-1, pred.shape[-1]), true, pred.shape[:-1]


def _labels(labels: np.ndarray, pred: np.ndarray) -> np.ndarray:
    if labels.ndim == pred.ndim and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if pred.ndim == 0 or labels.shape != pred.shape[:-1]:
        raise ValueError(
            "Expected y_true to hold the index of a class for each row of y_pred. "
            f"Received: y_true.shape={labels.shape}, y_pred.shape={pred.shape}"
        )
    whole = labels.astype(np.int32, casting="unsafe") if _real(labels) else None
    if whole is None or not np.array_equal(whole, labels):
        raise TypeError(
            "Expected y_true to hold whole numbers, the indices of classes. "
            f"Received: y_true={labels!r}"
        )
    classes = pred.shape[-1]
    if labels.size and not 0 <= whole.min() <= whole.max() < classes:
        raise ValueError(
            f"Expected labels from 0 to {classes - 1}. "
            f"Received: labels from {whole.min()} to {whole.max()}"
        )
    return whole.reshape(-1)


def _real(array: np.ndarray) -> bool:
    return array.dtype.kind in "iuf" and bool(np.isfinite(array).all())
