"""The record of a training."""

from fastnn.callbacks.callback import Callback

__all__ = ["History"]


class History(Callback):
    """Records the logs of each epoch; `fit` returns one.

    Attributes:
        history: Dict from name to a list with one value per epoch.
        epoch: List of the epochs, from 0.
        epochs_of: Dict from name to the epoch, from 0, of each of its values: not every
            epoch has a validation.
        params: Dict with `verbose`, `epochs` and `steps`.

    Example:
        >>> history = model.fit(x, y, epochs=2, verbose=0)
        >>> history.history["loss"]
        [0.61, 0.42]
    """

    def __init__(self):
        self.history: dict[str, list] = {}
        self.epoch: list[int] = []
        self.epochs_of: dict[str, list[int]] = {}

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self.epochs_of.setdefault(name, []).append(epoch)
        if self.model is not None:
            self.model.history = self
