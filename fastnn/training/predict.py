"""The prediction loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn._core import engine
from fastnn.callbacks import CallbackList
from fastnn.data import ArrayBatches, Arrays, Stream
from fastnn.training.evaluate import warn_of_end
from fastnn.training.inputs import features, sample
from fastnn.utils import pack_x_y_sample_weight

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = [
    "array_batches",
    "predict_batches",
    "predict_in_chunks",
    "predict_rows",
    "predict_sample",
]


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


def predict_in_chunks(
    model: Model,
    x: np.ndarray,
    batch_size: int,
    callbacks: CallbackList,
    steps: int | None,
    out: Any = None,
) -> np.ndarray:
    """The same for checked features, with the callbacks' hooks called."""
    model.stop_predicting = False
    if steps is not None and steps * batch_size >= len(x) + batch_size:
        warn_of_end("prediction", -(-len(x) // batch_size), steps)
    x = x if steps is None else x[: steps * batch_size]
    watched = callbacks.watches_batches("predict")
    predictor = model.plans.predictor(model)
    size = -(-predictor.chunk // batch_size) * batch_size
    size = batch_size * model.steps_per_execution if watched else size
    out = predictor.result(x, out)
    callbacks.on_predict_begin()
    end = 0
    for begin in range(0, len(x), size):
        end = min(begin + size, len(x))
        if watched:
            callbacks.on_predict_batch_begin(begin // batch_size)
        predictor.run(x[begin:end], out[begin:end])
        if watched:
            logs = {"outputs": out[begin:end]}
            callbacks.on_predict_batch_end((end - 1) // batch_size, logs)
        callbacks.on_chunk_end(-(-end // batch_size))
        if model.stop_predicting:
            break
    callbacks.on_predict_end()
    return out if end == len(out) else out[:end]


def predict_batches(
    model: Model, stream: Stream, callbacks: CallbackList, steps: int | None
) -> np.ndarray:
    """The predictions for the batches of a stream, one after the other."""
    model.stop_predicting = False
    limit = steps or stream.num_batches
    outputs: list[np.ndarray] = []
    callbacks.on_predict_begin()
    stream.begin_epoch()
    try:
        while limit is None or len(outputs) < limit:
            if stream.peek() is None:
                break
            first = len(outputs)
            callbacks.on_predict_batch_begin(first)
            outputs += _at_once(model, stream, limit and limit - first)
            logs = {"outputs": np.concatenate(outputs[first:])}
            callbacks.on_predict_batch_end(len(outputs) - 1, logs)
            callbacks.on_chunk_end(len(outputs))
            if model.stop_predicting:
                break
    finally:
        stream.end_epoch()
    if steps and len(outputs) < steps and not model.stop_predicting:
        warn_of_end("prediction", len(outputs), steps)
    callbacks.on_predict_end()
    if not outputs:
        return np.empty((0, *model.prediction_shape), model.dtype)
    return np.concatenate(outputs)


def _at_once(model: Model, stream: Stream, left: int | None) -> list[np.ndarray]:
    """The predictions for the batches between two calls of the hooks."""
    wanted = model.steps_per_execution if left is None else left
    outputs: list[np.ndarray] = []
    while len(outputs) < min(wanted, model.steps_per_execution):
        if stream.peek() is None:
            break
        outputs.append(_predicted(model, stream.take()))
    return outputs


def _predicted(model: Model, batch: Any) -> np.ndarray:
    x, y, sample_weight = batch
    x = features(model, x, raw=True)
    x = x.astype(model.dtype, copy=False) if x.dtype.kind == "f" else x
    data = pack_x_y_sample_weight(x, y, sample_weight)
    return np.asarray(model.predict_step(data))


def array_batches(model: Model, x: np.ndarray, batch_size: int) -> Stream:
    """Checked features as a stream, for `predict_step`."""
    return ArrayBatches(Arrays(x, None, None, len(x)), batch_size, False, model.dtype)
