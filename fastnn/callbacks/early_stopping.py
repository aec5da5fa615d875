"""Train until convergence."""

from fastnn.callbacks.monitor import MonitorCallback
from fastnn.console import say

__all__ = ["EarlyStopping"]


class EarlyStopping(MonitorCallback):
    """Stops training when a quantity has stopped improving.

    Args:
        monitor: Name in the logs, such as "val_loss".
        min_delta: A change of less than this is no improvement.
        patience: Number of epochs without improvement after which training stops.
        verbose: 1 says when it stops and which weights it restores, 0 does not.
        mode: "min", "max", or "auto" to tell by the name.
        baseline: A value that has to be beaten too, or training stops after `patience`.
        restore_best_weights: Whether the model gets the weights of the best epoch back
            when training ends, however it ends; otherwise it keeps the last ones.
        start_from_epoch: Epochs, counted from 0, before this one are not looked at.

    Attributes:
        stopped_epoch: The epoch, from 0, after which training was stopped; 0 if it
            was not.
        best: The best value seen.
        best_epoch: The epoch, from 0, that it was seen in.

    Raises:
        ValueError: If patience is negative or mode unknown.

    Example:
        >>> stop = EarlyStopping(patience=5, restore_best_weights=True)
        >>> model.fit(x, y, epochs=500, validation_split=0.2, callbacks=[stop])
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if patience < 0:
            raise ValueError(
                f"EarlyStopping expects patience >= 0. Received: patience={patience}"
            )
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self._reset()

    def on_epoch_end(self, epoch, logs=None):
        current = self.monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._remember(epoch)  # something to restore even if no value ever improves
        self.wait += 1
        if self.is_improvement(current, self.best):
            self.best = current
            self._remember(epoch)
            if self.baseline is None or self.is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        if self.verbose and self.stopped_epoch:
            say(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is None:
            return
        if self.verbose:
            say(f"Weights restored from epoch {self.best_epoch + 1}")
        self.model.set_weights(self.best_weights)
