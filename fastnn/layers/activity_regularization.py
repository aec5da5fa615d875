"""A penalty on what passes through."""

from __future__ import annotations

from typing import Any

from fastnn import regularizers
from fastnn.layers.layer import Layer
from fastnn.regularizers import L1L2

__all__ = ["ActivityRegularization"]


class ActivityRegularization(Layer):
    """outputs = inputs; the loss grows by the mean over the rows of
    l1 * sum(|inputs|) + l2 * sum(inputs^2)

    Args:
        l1: Factor of the sum of absolute values, at least 0.
        l2: Factor of the sum of squares, at least 0.
        **base: Arguments of `Layer`; its `activity_regularizer` is this penalty.

    Raises:
        ValueError: If a factor is negative or not finite, or another penalty is given.
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **base: Any):
        penalty = L1L2(l1=l1, l2=l2)
        given = regularizers.get(base.pop("activity_regularizer", None))
        if given is not None and given.get_config() != penalty.get_config():
            raise ValueError(
                "Expected `l1` and `l2` to say what the penalty is. "
                f"Received: activity_regularizer={given!r}"
            )
        super().__init__(activity_regularizer=penalty, **base)
        self.l1, self.l2 = penalty.l1, penalty.l2

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        return x
