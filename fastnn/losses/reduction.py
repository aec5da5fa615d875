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
) -> float | np.ndarray:
    """Returns the reduction of weighted values, summed in float64; 0 for none.

    Args:
        values: One value for each row, or for each element of a row.
        sample_weight: Weights, shape (rows,) or that of `values`; None for ones.
        reduction: One of `REDUCTIONS`.
        dtype: Type of the result where it stays an array.

    Raises:
        ValueError: If the shapes do not fit.
    """
    weighted = as_real(values, np.float64, name="values")
    total_weight = float(weighted.size)
    if sample_weight is not None:
        weight = as_real(sample_weight, np.float64, name="sample_weight")
        weighted, weight = match_ranks(weighted, weight)
        total_weight = float(weight.sum())
        weighted = weighted * _broadcast(weight, weighted.shape)
    if reduction in ("none", None):
        return weighted.astype(dtype)[()]
    by = divisor(reduction, weighted.size, total_weight)
    return float(weighted.sum() / by) if by else 0.0


def _broadcast(weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the weights with axes added at the end until they fit `shape`."""
    expanded = weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim))
    try:
        return np.broadcast_to(expanded, shape)
    except ValueError:
        raise ValueError(
            f"Expected sample_weight to fit values of shape {shape}. "
            f"Received: sample_weight.shape={weight.shape}"
        ) from None
