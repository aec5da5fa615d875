"""A layer outside a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.layers.masking import GivenMask
from fastnn.training.plans import make_predictor

if TYPE_CHECKING:
    from fastnn.layers import Layer

__all__ = ["evaluate_layer"]


def evaluate_layer(
    layer: Layer, x: np.ndarray, *, training: bool, mask: Any = None
) -> np.ndarray:
    """The outputs of a built layer for a batch.

    Args:
        layer: The layer.
        x: Batch of shape (rows, ...), C-contiguous.
        training: Whether it behaves as in training.
        mask: Booleans in the shape of `x` without the last axis; None for all.

    Raises:
        ValueError: If the mask has another shape.
    """
    before = [] if mask is None else [GivenMask(mask, x.shape[:-1], layer.dtype)]
    predictor = make_predictor(
        [*before, layer], [], x.shape[1:], layer.dtype, training, whole=bool(before)
    )
    return predictor.run(x)
