"""Quantiles of more values than are kept."""

from __future__ import annotations

import numpy as np

__all__ = ["Quantiles"]


class Quantiles:
    """A summary of values, batch by batch: some of them, and how many each stands for.

    Args:
        epsilon: The share of all values that one of the summary may stand for.
    """

    def __init__(self, epsilon: float):
        self.epsilon = epsilon
        self.values = np.empty(0, np.float32)
        self.weights = np.empty(0, np.float32)

    def add(self, batch: np.ndarray) -> None:
        """Takes in a batch of any shape."""
        values = np.sort(batch, axis=None)
        stands_for = max(values.size * self.epsilon, 1)
        chosen = values[int(stands_for - 1) :: int(stands_for)]
        weights = np.full(chosen.shape, stands_for, np.float32)
        values = np.concatenate([chosen, self.values])
        order = np.argsort(values, kind="stable")
        weights = np.concatenate([weights, self.weights])[order]
        self.values, self.weights = _compressed(values[order], weights, self.epsilon)

    def boundaries(self, bins: int) -> list[float]:
        """Returns what divides the values into bins of about equal numbers.

        Raises:
            ValueError: If there are no values.
        """
        if not self.values.size:
            raise ValueError("Expected data with at least one value. Received: none")
        return _compressed(self.values, self.weights, 1 / bins)[0][:-1].tolist()


def _compressed(
    values: np.ndarray, weights: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """The values at equal steps of the cumulative weight, interpolated."""
    if values.size * epsilon < 1:
        return values, weights
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    total = weights.cumsum()
    at = np.interp(shares, total / total[-1], values)
    upto = np.interp(shares, total / total[-1], total)
    return at.astype(np.float32), np.diff(upto, prepend=0).astype(np.float32)
