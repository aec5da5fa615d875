"""Weights on disk during training."""

import operator
import os

from fastnn.callbacks.monitor import MonitorCallback
from fastnn.console import say

__all__ = ["ModelCheckpoint"]

_SUFFIX = ".weights.npz"


class ModelCheckpoint(MonitorCallback):
    """Saves the weights after epochs or after a number of batches.

    A file appears whole or not at all: it is written under another name, flushed to
    disk and renamed, so that a crash leaves the one before.

    Args:
        filepath: Path ending in ".weights.npz". May hold fields such as
            "{epoch:02d}-{val_loss:.2f}", filled with the epoch, counted from 1, the
            batch when saving by batches, and the logs.
        monitor: Name in the logs, for `save_best_only`.
        verbose: 1 says what is saved, 0 does not.
        save_best_only: Whether only an improvement of `monitor` is saved.
        save_weights_only: Has to be set to True: files of whole models are not there
            yet.
        mode: "min", "max", or "auto" to tell by the name.
        save_freq: "epoch", or a number of batches (training then comes back to Python
            after each step).
        initial_value_threshold: The value that the first saved one has to beat.

    Raises:
        ValueError: If `filepath`, `save_weights_only` or `save_freq` is something else.
        KeyError: From `fit`, if `filepath` has a field that the logs lack.

    Example:
        >>> keep = ModelCheckpoint(
        ...     "best.weights.npz", save_best_only=True, save_weights_only=True)
        >>> model.fit(x, y, validation_split=0.2, callbacks=[keep])
        >>> model.load_weights("best.weights.npz")
    """

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
    ):
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = _checked_frequency(save_freq)
        if not save_weights_only:
            raise ValueError(
                "ModelCheckpoint saves weights, in files that end in "
                f"{_SUFFIX!r}: expected save_weights_only=True. "
                f"Received: save_weights_only={save_weights_only!r}"
            )
        if not self.filepath.endswith(_SUFFIX):
            raise ValueError(
                f"ModelCheckpoint expects a filepath that ends in {_SUFFIX!r}. "
                f"Received: filepath={self.filepath!r}"
            )
        self._epoch = 0
        self._seen = 0  # the last batch of this epoch, counted from 1
        self._batches = 0  # since the last file

    def watches_batches(self, mode="train"):
        return mode == "train" and self.save_freq != "epoch"

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._seen = epoch, 0

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch":
            self._save({**(logs or {}), "epoch": epoch + 1})

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        self._batches += batch + 1 - self._seen
        self._seen = batch + 1
        if self._batches >= self.save_freq:
            self._batches = 0
            self._save({**(logs or {}), "epoch": self._epoch + 1, "batch": batch + 1})

    def _save(self, fields: dict) -> None:
        if self.save_best_only and not self._is_best(fields):
            return
        path = self._path(fields)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        self.model.save_weights(path)
        self._say(fields, f"weights saved to {path}")

    def _is_best(self, fields: dict) -> bool:
        value = self.monitor_value(fields)
        if value is None:
            return True
        if not self.is_improvement(value, self.best):
            self._say(fields, f"{self.monitor} did not improve on {self.best}")
            return False
        self.best = value
        return True

    def _path(self, fields: dict) -> str:
        try:
            return self.filepath.format(**fields)
        except (KeyError, IndexError) as error:
            raise KeyError(
                f"ModelCheckpoint cannot fill in {self.filepath!r}: expected fields "
                f"among {', '.join(sorted(fields))}. Received: {error}"
            ) from error

    def _say(self, fields: dict, message: str) -> None:
        if self.verbose:
            say(f"Epoch {fields['epoch']}: {message}")


def _checked_frequency(save_freq):
    if save_freq == "epoch":
        return save_freq
    try:
        batches = operator.index(save_freq)
    except TypeError:
        batches = 0
    if batches <= 0:
        raise ValueError(
            "ModelCheckpoint expects save_freq to be 'epoch' or a positive number of "
            f"batches. Received: save_freq={save_freq!r}"
        )
    return batches
