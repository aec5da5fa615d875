"""The part of a model that predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn._core import engine
from fastnn.models.trainer import Trainer, closing
from fastnn.training import inputs
from fastnn.training.inputs import checked_count
from fastnn.training.predict import (
    predict_rows,
    predict_sample,
    predict_with_callbacks,
)

__all__ = ["Predicting"]


class Predicting(Trainer):
    """What a model does with data that have no targets."""

    def predict(
        self,
        x: npt.ArrayLike,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Computes the outputs for data; safe to call from many threads at once.

        The result for a row does not depend on the rows beside it, bit for bit.

        Args:
            x: Features, (rows, ...).
            batch_size: Rows of a batch as callbacks see it, 32 by default.
            verbose: As in `fit`, but "auto" shows nothing.
            steps: Number of batches; by default all.
            callbacks: List of callbacks.
            out: Where to write the outputs, so that no memory is allocated:
                C-contiguous, of the shape and dtype of the result, apart from `x`.
                Each thread that calls needs one of its own.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.

        Raises:
            TypeError, ValueError: If `x` or `out` does not fit.
        """
        if callbacks is None and steps is None and verbose in ("auto", 0):
            if batch_size is not None:
                checked_count("batch_size", batch_size)
            return self.predict_on_batch(x, out)
        batch_size = inputs.DEFAULT_BATCH_SIZE if batch_size is None else batch_size
        batch_size = checked_count("batch_size", batch_size)
        limit = None if steps is None else checked_count("steps", steps)
        engine.check_apart(x, out)
        x = inputs.features(self._model, x, allow_empty=True)
        total = -(-len(x) // batch_size)
        watchers = self._callbacks(
            callbacks, 0 if verbose == "auto" else verbose, epochs=1,
            steps=min(total, limit or total),
        )  # fmt: skip
        with closing(watchers):
            return predict_with_callbacks(
                self._model, x, batch_size, watchers, limit, out
            )

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
        x: npt.ArrayLike,
        training: bool = False,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Computes the outputs for one batch.

        Args:
            x: Features, (rows, ...).
            training: Whether layers such as dropout behave as in training.
            out: As in `predict`.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.
        """
        if training:
            return predict_rows(self._model, x, out, training=True)
        return self.predict_on_batch(x, out)
