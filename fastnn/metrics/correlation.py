"""How alike targets and predictions are.

Sources: Pearson, 1895, "Note on regression and inheritance in the case of two parents";
Lin, 1989, "A concordance correlation coefficient to evaluate reproducibility".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.rows import RowMetric

__all__ = [
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "PearsonCorrelation",
    "concordance_correlation",
    "cosine_similarity",
    "pearson_correlation",
]


def cosine_similarity(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1
) -> np.ndarray:
    """Returns sum(y_true / |y_true| * y_pred / |y_pred|) along an axis; 0 for zeros.

    Args:
        y_true: Any shape.
        y_pred: The same shape.
        axis: The axis of the sums.

    Raises:
        ValueError: If the shapes differ.
    """
    true, pred, dtype = _wide(y_true, y_pred)
    norms = [np.sqrt(np.sum(a * a, axis=axis)) for a in (true, pred)]
    least = epsilon()
    dot = np.sum(true * pred, axis=axis)
    return (dot / np.maximum(norms[0], least) / np.maximum(norms[1], least)).astype(
        dtype
    )


def pearson_correlation(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1
) -> np.ndarray:
    """Returns covariance / (standard deviations) along an axis; NaN where one is zero.

    Args:
        y_true: Any shape.
        y_pred: The same shape.
        axis: The axis whose entries are correlated.

    Raises:
        ValueError: If the shapes differ.
    """
    true, pred, dtype = _wide(y_true, y_pred)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = true.std(axis=axis) * pred.std(axis=axis)
        return np.asarray(_covariance(true, pred, axis) / spread, dtype)[()]


def concordance_correlation(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1
) -> np.ndarray:
    """Returns 2 covariance / (variances + (difference of the means)^2) along an axis.

    Args:
        y_true: Any shape.
        y_pred: The same shape.
        axis: The axis whose entries are correlated.

    Raises:
        ValueError: If the shapes differ.
    """
    true, pred, dtype = _wide(y_true, y_pred)
    apart = (true.mean(axis=axis) - pred.mean(axis=axis)) ** 2
    spread = true.var(axis=axis) + pred.var(axis=axis) + apart + epsilon()
    return np.asarray(2 * _covariance(true, pred, axis) / spread, dtype)[()]


class _Similarity(RowMetric):
    """A mean whose rows lie along an axis; compiled along the last one."""

    _direction = "up"

    def __init__(self, fn, name, dtype, axis):
        super().__init__(fn, name, dtype, axis=axis)
        self.axis = axis

    @property
    def scalars(self):
        return (epsilon(),)

    def fits(self, prediction, target):
        last = self.axis in (-1, len(prediction.shape))
        return last and super().fits(prediction, target)


class CosineSimilarity(_Similarity):
    """mean(sum(y_true / |y_true| * y_pred / |y_pred|)) along an axis

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
        axis: The axis of the sums.
    """

    kernel = "cosine"

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: npt.DTypeLike | None = None,
        axis: int = -1,
    ):
        super().__init__(cosine_similarity, name, dtype, axis)


class PearsonCorrelation(_Similarity):
    """The mean correlation of the entries of y_true and y_pred along an axis

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
        axis: The axis whose entries are correlated; 0 for the rows of a batch.
    """

    kernel = "pearson_correlation"

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: npt.DTypeLike | None = None,
        axis: int = -1,
    ):
        super().__init__(pearson_correlation, name, dtype, axis)


class ConcordanceCorrelation(_Similarity):
    """The mean concordance of the entries of y_true and y_pred along an axis: their
    correlation, less where their means or variances differ

    Args:
        name: Name of the metric.
        dtype: "float32" (the default) or "float64".
        axis: The axis whose entries are correlated; 0 for the rows of a batch.
    """

    kernel = "concordance_correlation"

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: npt.DTypeLike | None = None,
        axis: int = -1,
    ):
        super().__init__(concordance_correlation, name, dtype, axis)


def _wide(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.dtype]:
    """Both in float64, and the type of the predictions."""
    pred = as_real(y_pred, name="y_pred")
    true, pred = match_ranks(as_real(y_true, name="y_true"), pred)
    if true.shape != pred.shape or not pred.ndim:
        raise ValueError(
            "Expected y_true and y_pred to have the same shape of at least one axis. "
            f"Received: y_true.shape={true.shape}, y_pred.shape={pred.shape}"
        )
    return true.astype(np.float64), pred.astype(np.float64), pred.dtype


def _covariance(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    centred = [x - x.mean(axis=axis, keepdims=True) for x in (a, b)]
    return np.mean(centred[0] * centred[1], axis=axis)
