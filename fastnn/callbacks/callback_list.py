"""Several callbacks behind the face of one."""

from fastnn.callbacks.callback import Callback
from fastnn.callbacks.history import History
from fastnn.callbacks.progress import ProgbarLogger

__all__ = ["CallbackList"]


class CallbackList(Callback):
    """Calls each hook on all of its callbacks, in their order.

    Args:
        callbacks: A callback, or a list of callbacks that may hold lists.
        add_history: Whether to append a `History` when there is none.
        add_progbar: Whether to append a `ProgbarLogger` when there is none.
        model: The model in training.
        **params: Handed to `set_params` of each callback.

    Attributes:
        callbacks: The flat list.
        history: The `History` among them, or None.

    Raises:
        TypeError: If something else than a callback is in the list.
        ValueError: If a hook `on_..._end` is called without its `on_..._begin`.
    """

    def __init__(
        self,
        callbacks=None,
        add_history=False,
        add_progbar=False,
        model=None,
        **params,
    ):
        self.callbacks = list(_flatten(callbacks))
        self.history = _first(self.callbacks, History)
        self._progbar = _first(self.callbacks, ProgbarLogger)
        if self.history is None and add_history:
            self.history = History()
            self.callbacks.append(self.history)
        if self._progbar is None and add_progbar:
            self._progbar = ProgbarLogger()
            self.callbacks.append(self._progbar)
        self._open = 0  # begun and not ended: fit, and a validation within it
        self.set_model(model)
        self.set_params(params)

    def append(self, callback: Callback) -> None:
        """Adds a callback at the end."""
        added = list(_flatten(callback))
        self.callbacks.extend(added)
        self.history = self.history or _first(added, History)
        self._progbar = self._progbar or _first(added, ProgbarLogger)

    def set_params(self, params):
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model):
        if model is None:
            return
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def watches_batches(self, mode="train"):
        return any(callback.watches_batches(mode) for callback in self.callbacks)

    @property
    def shows_progress(self) -> bool:
        """Whether somebody looks at the logs within an epoch."""
        return self._progbar is not None and self._progbar.verbose == 1

    def on_chunk_end(self, steps_done: int, logs=None) -> None:
        """Shows progress within an epoch.

        Args:
            steps_done: Steps done of the epoch, or of `evaluate` or `predict`.
            logs: The logs so far.
        """
        if self._progbar is not None:
            self._progbar.on_chunk_end(steps_done, logs)

    def close(self) -> None:
        """Closes the progress bar, for a training that ends by an exception."""
        if self._progbar is not None:
            self._progbar.close()

    def _end(self) -> None:
        if not self._open:
            raise ValueError(
                "Expected a hook that ends something to follow the one that begins it. "
                "Received: an end without a begin"
            )
        self._open -= 1

    def on_train_begin(self, logs=None):
        self._open += 1
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs=None):
        self._end()
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_epoch_begin(self, epoch, logs=None):
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch, logs=None):
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch, logs=None):
        self.on_train_batch_end(batch, logs)

    def on_test_begin(self, logs=None):
        self._open += 1
        for callback in self.callbacks:
            callback.on_test_begin(logs)

    def on_test_end(self, logs=None):
        self._end()
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_test_batch_begin(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs=logs)

    def on_test_batch_end(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs=logs)

    def on_predict_begin(self, logs=None):
        self._open += 1
        for callback in self.callbacks:
            callback.on_predict_begin(logs)

    def on_predict_end(self, logs=None):
        self._end()
        for callback in self.callbacks:
            callback.on_predict_end(logs)

    def on_predict_batch_begin(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, logs=logs)

    def on_predict_batch_end(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs=logs)

    def on_nonfinite_loss(self, report, logs=None):
        for callback in self.callbacks:
            callback.on_nonfinite_loss(report, logs)


def _flatten(callbacks):
    if callbacks is None:
        return
    if isinstance(callbacks, CallbackList):
        yield from callbacks.callbacks
    elif isinstance(callbacks, Callback):
        yield callbacks
    elif isinstance(callbacks, (list, tuple)):
        for callback in callbacks:
            yield from _flatten(callback)
    else:
        raise TypeError(
            "`callbacks` is expected to hold instances of fastnn.callbacks.Callback. "
            f"Received: {callbacks!r}"
        )


def _first(callbacks, kind):
    return next(
        (callback for callback in callbacks if isinstance(callback, kind)), None
    )
