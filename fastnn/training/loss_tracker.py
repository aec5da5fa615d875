"""The running loss of a model, as one of its metrics."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn.metrics import Metric

__all__ = ["LossTracker"]


class LossTracker(Metric):
    """The mean of the loss over all rows since the last reset.

    Its state is the log that the compiled steps add to, so that steps in Python and
    compiled ones count alike.

    Args:
        log: [loss of the last batch, 0, sum of loss * rows, sum of rows], float64.
    """

    _direction = "down"

    def __init__(self, log: np.ndarray):
        super().__init__(name="loss")
        self._log = log

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Takes in the loss of a batch, or of several.

        Args:
            values: A loss, or losses.
            sample_weight: Rows of each batch; by default all batches count alike.
        """
        values = np.asarray(values, np.float64)
        weight = np.asarray(1.0 if sample_weight is None else sample_weight)
        self._log[2] += np.sum(values * weight)
        self._log[3] += np.sum(np.broadcast_to(weight, values.shape))

    def result(self) -> float:
        total, rows = self._log[2:4]
        return float(total / rows) if rows else 0.0

    def reset_state(self) -> None:
        self._log[:] = 0
