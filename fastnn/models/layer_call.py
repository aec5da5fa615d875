"""A layer outside a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fastnn.training.plans import make_predictor

if TYPE_CHECKING:
    from fastnn.layers import Layer

__all__ = ["evaluate_layer"]


def evaluate_layer(layer: Layer, x: np.ndarray, *, training: bool) -> np.ndarray:
    """The outputs of a built layer for a batch.

    Args:
        layer: The layer.
        x: Batch of shape (rows, ...), C-contiguous.
        training: Whether it behaves as in training.
    """
    predictor = make_predictor([layer], [], x.shape[1:], layer.dtype, training)
    return predictor.run(x)
