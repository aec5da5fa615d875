"""Reductions: from weighted values to one number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks

__all__ = ["REDUCTIONS", "checked_reduction", "divisor", "reduce_weighted"]

REDUCTIONS = (
    "sum_over_batch_size",
    "sum",
    "mean",
    "mean_with_sample_weight",
    "none",
    None,
)


def checked_reduction(reduction: str | None) -> str | None:
    """Returns `reduction`, or raises ValueError if it is not one of `REDUCTIONS`."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"Expected `reduction` to be one of {REDUCTIONS}. Received: {reduction=}"
        )
    return reduction


def divisor(reduction: str | None, size: float, weight: float) -> float:
    """Returns what a sum of weighted values is divided by.

    Args:
        reduction: One of `REDUCTIONS`, other than "none".
        size: Number of values.
        weight: Sum of the sample weights; `size` if there are none.

    Raises:
        ValueError: If there is no single number to reduce to.
    """
    if reduction in ("none", None):
        raise ValueError(
            "Expected a loss that reduces to one number, since a model trains on it. "
            f"Received: {reduction=}"
        )
    if reduction == "sum":
        return 1.0
    return weight if reduction == "mean_with_sample_weight" else size


def reduce_weighted(
    values: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
    reduction: str | None,
    dtype: str,
    mask: npt.ArrayLike | None = None,
) -> float | np.ndarray:
    """Returns the reduction of weighted values, summed in float64; 0 for none.

    Args:
        values: One value for each row, or for each element of a row.
        sample_weight: Weights that can be broadcast to `values`, or of their first
            axes; None for ones.
        reduction: One of `REDUCTIONS`.
        dtype: Type of the result where it stays an array.
        mask: Which values count, in their shape; None for all.

    Raises:
        ValueError: If the shapes do not fit.
    """
    weighted = as_real(values, np.float64, name="values")
    size, total_weight = None, None
    if mask is not None:
        counts = np.asarray(mask, np.float64)
        weighted = np.where(counts != 0, weighted, 0)
        size = total_weight = float(counts.sum())
    if sample_weight is not None:
        weight = as_real(sample_weight, np.float64, name="sample_weight")
        weighted, weight = match_ranks(weighted, weight)
        weight = _fitting(weight, weighted.shape)
        total_weight = float((weight if mask is None else weight * counts).sum())
        weighted = weighted * weight
    if reduction in ("none", None):
        return weighted.astype(dtype)[()]
    size = float(weighted.size) if size is None else size
    by = divisor(reduction, size, size if total_weight is None else total_weight)
    return float(weighted.sum() / by) if by else 0.0


def _fitting(weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the weights, with axes added at the end if only so they fit `shape`."""
    further = (1,) * (len(shape) - weight.ndim)
    for fitting in (weight, weight.reshape(weight.shape + further)):
        try:
            np.broadcast_shapes(fitting.shape, shape)
        except ValueError:
            continue
        return fitting
    raise ValueError(
        f"Expected sample_weight to fit values of shape {shape}. "
        f"Received: sample_weight.shape={weight.shape}"
    )
