"""The prediction loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn._core import engine
from fastnn.callbacks import CallbackList
from fastnn.training.inputs import features, sample

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["predict_rows", "predict_sample", "predict_with_callbacks"]


def predict_rows(
    model: Model, x: Any, out: Any = None, *, training: bool = False
) -> np.ndarray:
    """The predictions for `x`, (rows, *output_shape), in `out` if it is given."""
    engine.check_apart(x, out)
    x = features(model, x, allow_empty=True)
    return model.plans.predictor(model, training=training).run(x, out)


def predict_sample(model: Model, x: Any, out: Any = None) -> np.ndarray:
    """The prediction for one sample, (*output_shape,), in `out` if it is given."""
    engine.check_apart(x, out)
    x = sample(model, x)
    return model.plans.predictor(model).run_one(x, out)


def predict_with_callbacks(
    model: Model,
    x: np.ndarray,
    batch_size: int,
    callbacks: CallbackList,
    steps: int | None,
    out: Any = None,
) -> np.ndarray:
    """The same for checked features, with the callbacks' hooks called."""
    batch_size = max(1, min(batch_size, len(x)))
    x = x if steps is None else x[: steps * batch_size]
    watched = callbacks.watches_batches("predict")
    predictor = model.plans.predictor(model)
    size = batch_size if watched else -(-predictor.chunk // batch_size) * batch_size
    out = predictor.result(x, out)
    callbacks.on_predict_begin()
    for begin in range(0, len(x), size):
        if watched:
            callbacks.on_predict_batch_begin(begin // size)
        predictor.run(x[begin : begin + size], out[begin : begin + size])
        if watched:
            logs = {"outputs": out[begin : begin + size]}
            callbacks.on_predict_batch_end(begin // size, logs)
        callbacks.on_chunk_end(min(begin + size, len(x)) // batch_size)
    callbacks.on_predict_end()
    return out
