"""The prediction loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.callbacks import CallbackList
from fastnn.training.inputs import features

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["predict_rows", "predict_with_callbacks"]

# Rows between two looks for Ctrl-C and two moves of the progress bar.
_CHUNK_ROWS = 1 << 15


def predict_rows(model: Model, x: Any, *, training: bool = False) -> np.ndarray:
    """The predictions for `x`, (rows, *output_shape)."""
    x = features(model, x, allow_empty=True)
    predictor = model.plans.predictor(model, training=training)
    if 0 < len(x) <= _CHUNK_ROWS:
        return predictor(x)
    out = np.empty((len(x), *model.prediction_shape), model.dtype)
    for begin in range(0, len(x), _CHUNK_ROWS):
        out[begin : begin + _CHUNK_ROWS] = predictor(x[begin : begin + _CHUNK_ROWS])
    return out


def predict_with_callbacks(
    model: Model,
    x: np.ndarray,
    batch_size: int,
    callbacks: CallbackList,
    steps: int | None,
) -> np.ndarray:
    """The same for checked features, with the callbacks' hooks called."""
    batch_size = max(1, min(batch_size, len(x)))
    x = x if steps is None else x[: steps * batch_size]
    watched = callbacks.watches_batches("predict")
    size = batch_size if watched else -(-_CHUNK_ROWS // batch_size) * batch_size
    predictor = model.plans.predictor(model)
    out = np.empty((len(x), *model.prediction_shape), model.dtype)
    callbacks.on_predict_begin()
    for begin in range(0, len(x), size):
        if watched:
            callbacks.on_predict_batch_begin(begin // size)
        out[begin : begin + size] = predictor(x[begin : begin + size])
        if watched:
            logs = {"outputs": out[begin : begin + size]}
            callbacks.on_predict_batch_end(begin // size, logs)
        callbacks.on_chunk_end(min(begin + size, len(x)) // batch_size)
    callbacks.on_predict_end()
    return out
