"""Renormalization of a batch: by averages, as far as they are from the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.plan.tensor import Tensor

__all__ = ["Renorm"]


class Renorm:
    """Corrects gamma and beta of a batch normalization towards its averages.

    What it computes is a few numbers for each column; it does so in Python.

    Args:
        layer: The layer, which has the averages and the limits.
    """

    def __init__(self, layer: Any):
        self._limits = layer.renorm_clipping
        self._epsilon = layer.epsilon
        self._momentum = layer.momentum
        self._renorm_momentum = layer.renorm_momentum
        self._averages = layer.renorm_mean, layer.renorm_stddev
        self._moving = layer.moving_stddev, layer.moving_variance

    def record(self, builder: Builder, mean: Tensor, variance: Tensor) -> Tensor:
        """Records r and d, the rows of the result, and what is kept of the batch."""
        correction = builder.tensor("correction", (2, mean.width), per_sample=False)
        builder.emit(
            "python",
            (correction,),
            (mean, variance, *self._averages),
            call=self._correct,
        )
        builder.at_the_end(
            "python",
            (*self._averages, *self._moving),
            (mean, variance),
            call=self._keep,
        )
        return correction

    def _correct(self, correction, mean, variance, average, average_deviation) -> None:
        least = np.sqrt(np.asarray(self._epsilon, mean.dtype))
        divisor = np.maximum(average_deviation, least)
        r = np.sqrt(variance[0, 0] + self._epsilon) / divisor
        d = (mean[0, 0] - average) / divisor
        limit = self._limits.get("dmax", np.inf)
        low, high = self._limits.get("rmin", -np.inf), self._limits.get("rmax", np.inf)
        correction[0, 0] = np.minimum(np.maximum(r, low), high)
        correction[0, 1] = np.clip(d, -limit, limit)

    def _keep(self, average, average_deviation, moving_deviation, moving_variance,
              mean, variance) -> None:  # fmt: skip
        deviation = np.sqrt(variance[0, 0] + self._epsilon)
        for kept, value, momentum in (
            (average, mean[0, 0], self._renorm_momentum),
            (average_deviation, deviation, self._renorm_momentum),
            (moving_deviation, deviation, self._momentum),
        ):
            kept[...] = kept * momentum + value * (1 - momentum)
        squares = moving_deviation * moving_deviation
        moving_variance[...] = np.maximum(squares - self._epsilon, 0)
