"""The part of a model that predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn import config
from fastnn._core import engine
from fastnn.data import is_stream
from fastnn.models.trainer import Trainer, closing
from fastnn.plan.symbol import Symbol
from fastnn.training.inputs import checked_batch_size, features, optional_count
from fastnn.training.limits import limited_steps
from fastnn.training.predict import (
    array_batches,
    predict_batches,
    predict_in_chunks,
    predict_rows,
    predict_sample,
)
from fastnn.training.python_steps import in_python
from fastnn.training.sources import checked_stream

__all__ = ["Predicting"]


class Predicting(Trainer):
    """What a model does with data that have no targets.

    Attributes:
        stop_predicting: Set it to True within `predict`, from a callback, to end it.
    """

    stop_predicting = False

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Computes the outputs for data; safe to call from many threads at once.

        The result for a row does not depend on the rows beside it, bit for bit.

        Args:
            x: Features, (rows, ...), or what gives batches of them; see `fit`. Of
                (x, y) and (x, y, sample_weight) only x is looked at.
            batch_size: Rows of a batch as callbacks see it, 32 by default.
            verbose: As in `fit`, but "auto" shows nothing.
            steps: Number of batches; by default all. Without a `batch_size` it also
                says how large they are: so many make one pass.
            callbacks: List of callbacks.
            out: Where to write the outputs, so that no memory is allocated:
                C-contiguous, of the shape and dtype of the result, apart from `x`.
                Each thread that calls needs one of its own.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.

        Raises:
            TypeError, ValueError: If `x` or `out` does not fit.
        """
        streamed = type(x) is not np.ndarray and is_stream(x)
        plain = callbacks is None and steps is None and verbose in ("auto", 0)
        plain = plain and config.max_steps_per_epoch() is None
        if plain and not streamed and not in_python(self._model, "predict"):
            optional_count("batch_size", batch_size)
            return self.predict_on_batch(x, out)
        limit = limited_steps(optional_count("steps", steps))
        verbose = 0 if verbose == "auto" else verbose
        if streamed:
            return self._predict_stream(x, batch_size, verbose, limit, callbacks, out)
        return self._predict_array(x, batch_size, verbose, limit, callbacks, out)

    def _predict_stream(
        self, x: Any, batch_size: Any, verbose: Any, limit: int | None,
        callbacks: Any, out: Any,
    ) -> np.ndarray:  # fmt: skip
        if out is not None:
            raise ValueError(
                f"Expected no `out` for batches, whose rows nobody has counted. "
                f"Received: out and x={x!r}"
            )
        stream, _ = checked_stream(x, batch_size=batch_size)
        try:
            watchers = self._callbacks(
                callbacks, verbose, epochs=1, steps=limit or stream.num_batches
            )
            with closing(watchers):
                return predict_batches(self._model, stream, watchers, limit)
        finally:
            stream.close()

    def _predict_array(
        self, x: Any, batch_size: Any, verbose: Any, limit: int | None,
        callbacks: Any, out: Any,
    ) -> np.ndarray:  # fmt: skip
        model = self._model
        engine.check_apart(x, out)
        own = in_python(model, "predict")
        x = features(model, x, allow_empty=True, raw=own)
        size = checked_batch_size(batch_size, len(x), limit)
        total = -(-len(x) // size)
        watchers = self._callbacks(
            callbacks, verbose, epochs=1, steps=min(total, limit or total)
        )
        with closing(watchers):
            if not own:
                return predict_in_chunks(model, x, size, watchers, limit, out)
            stream = array_batches(model, x, size)
            result = predict_batches(model, stream, watchers, limit)
        return result if out is None else _copied(result, out)

    def predict_on_batch(
        self, x: npt.ArrayLike, out: np.ndarray | None = None
    ) -> np.ndarray:
        """Computes the outputs for one batch; the fastest way for a few rows, and safe
        to call from many threads at once.

        Args:
            x: Features, (rows, ...).
            out: As in `predict`.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.
        """
        # what `in_python` asks, without its calls: half a microsecond
        if self.run_eagerly or not hasattr(self.predict_step, "is_default"):
            result = np.asarray(self.predict_step(x))
            return result if out is None else _copied(result, out)
        return self._outputs(x, out)

    def _outputs(self, x: Any, out: np.ndarray | None = None) -> np.ndarray:
        predictor = self.plans.ready
        result = None if predictor is None else predictor.run(x, out)
        return predict_rows(self._model, x, out) if result is None else result

    def predict_one(
        self, x: npt.ArrayLike, out: np.ndarray | None = None
    ) -> np.ndarray:
        """Computes the outputs for one sample, without an axis of rows: the same bits
        as `predict_on_batch(x[np.newaxis])[0]`.

        Args:
            x: Features of one sample, (features,) or the input shape of the model.
            out: As in `predict`, in the shape of one output.

        Returns:
            (units,), or the output shape of the model; `out` if it is given.
        """
        predictor = self.plans.ready
        result = None if predictor is None else predictor.run_one(x, out)
        return predict_sample(self._model, x, out) if result is None else result

    def __call__(
        self,
        x: Any,
        training: bool | None = None,
        out: np.ndarray | None = None,
    ) -> Any:
        """Computes the outputs for one batch; or records the model as a layer, if `x`
        is the symbol that the `call` of a model around is given.

        Args:
            x: Features, (rows, ...).
            training: Whether layers such as dropout behave as in training.
            out: As in `predict`.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.
        """
        if type(x) is Symbol:
            return x.through(self._model, training)
        if training:
            return predict_rows(self._model, x, out, training=True)
        return self._outputs(x, out)


def _copied(result: np.ndarray, out: np.ndarray) -> np.ndarray:
    """`out`, once it holds what `predict_step` returned."""
    if not isinstance(out, np.ndarray) or out.shape != result.shape:
        raise ValueError(
            f"Expected `out` to be an array of shape {result.shape}. "
            f"Received: {type(out).__name__} of shape {np.shape(out)}"
        )
    out[...] = result
    return out
