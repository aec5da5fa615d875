"""The base of all callbacks."""

import weakref

__all__ = ["Callback", "overrides_batch_hooks"]

_BATCH_HOOKS = {
    "train": (
        "on_train_batch_begin",
        "on_train_batch_end",
        "on_batch_begin",
        "on_batch_end",
    ),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Base class of callbacks: override the hooks that you need.

    `logs` is a dict of numbers by name, such as `{"accuracy": 0.9, "loss": 0.3}`, with
    `val_` before the names of validation. Setting `self.model.stop_training = True`
    ends `fit` after the batch or epoch that is under way.

    A callback that overrides a batch hook makes the engine come back to Python after
    each step, which costs a few microseconds per step; the others cost nothing.

    Attributes:
        params: Dict with `verbose`, `epochs` and `steps` of the call under way.
        model: The model in training. Held weakly, so that a callback that is kept does
            not keep the model.

    Example:
        >>> class PrintLoss(fastnn.callbacks.Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, logs["loss"])
        >>> model.fit(x, y, callbacks=[PrintLoss()])
    """

    # Class-wide, so that a subclass need not call super().__init__().
    params: dict | None = None
    _model_reference = None

    @property
    def model(self):
        """The model in training; None before `set_model` and once it is deleted."""
        return None if self._model_reference is None else self._model_reference()

    def set_params(self, params: dict) -> None:
        """Takes what `fit`, `evaluate` or `predict` was called with."""
        self.params = params

    def set_model(self, model) -> None:
        """Takes the model in training."""
        self._model_reference = None if model is None else weakref.ref(model)

    def __getstate__(self):
        state = self.__dict__.copy()
        state.pop("_model_reference", None)  # a weak reference cannot be pickled
        return state

    def watches_batches(self, mode: str = "train") -> bool:
        """Whether a batch hook of `mode` (train, test or predict) is overridden."""
        return any(_is_overridden(self, hook) for hook in _BATCH_HOOKS[mode])

    def on_train_begin(self, logs=None):
        """Called when `fit` begins."""

    def on_train_end(self, logs=None):
        """Called when `fit` ends, with the logs of the last epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before an epoch; `epoch` counts from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after an epoch and its validation, with the logs of both."""

    def on_train_batch_begin(self, batch, logs=None):
        """Called before a training step; `batch` counts from 0 in each epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after a training step, with the logs of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch, logs=None):
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Another name of `on_train_batch_end`."""

    def on_test_begin(self, logs=None):
        """Called when `evaluate`, or the validation of an epoch, begins."""

    def on_test_end(self, logs=None):
        """Called when `evaluate`, or the validation of an epoch, ends."""

    def on_test_batch_begin(self, batch, logs=None):
        """Called before a batch of `evaluate` or validation."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after a batch of `evaluate` or validation."""

    def on_predict_begin(self, logs=None):
        """Called when `predict` begins."""

    def on_predict_end(self, logs=None):
        """Called when `predict` ends."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before a batch of `predict`."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after a batch of `predict`."""

    def on_nonfinite_loss(self, report, logs=None):
        """Called when a training step's loss is NaN or infinite, before its update.

        Args:
            report: What was found; `str(report)` says epoch, batch and layer.
            logs: The logs of the epoch so far.
        """


def overrides_batch_hooks(callback: Callback, mode: str = "train") -> bool:
    """Whether the engine has to come back after each step for this callback.

    Args:
        callback: A callback or a `CallbackList`.
        mode: "train", "test" or "predict".
    """
    return callback.watches_batches(mode)


def _is_overridden(callback: Callback, hook: str) -> bool:
    method = getattr(callback, hook)
    return getattr(method, "__func__", method) is not getattr(Callback, hook)
