"""Trainings that survive the end of their process."""

from __future__ import annotations

import contextlib
import glob
import os
from typing import Any

from fastnn.callbacks.callback import Callback

__all__ = ["BackupAndRestore"]


class BackupAndRestore(Callback):
    """Keeps the state of a training on disk, and goes on from there.

    When the same program runs again after its process was killed, at any moment, `fit`
    goes on at the last backup, and ends with the same bits as a training that was never
    interrupted: weights, the optimizer's state, the order of the rows, dropout, metrics
    within an epoch, and the generators of Python, NumPy and fastnn are put back. A
    backup appears whole or not at all.

    What other callbacks remember begins anew, and `history` holds the epochs since.
    A generator is asked again for the batches that are done, and has to give the same
    ones; arrays and a `PyDataset` go on in place.

    Args:
        backup_dir: Folder of the backup, for this training alone.
        save_freq: "epoch", or a number of batches between two backups (training then
            comes back to Python after each step); False never makes one.
        double_checkpoint: Whether the backup before the last is kept, too, and used if
            the last one cannot be read.
        delete_checkpoint: Whether the backup is deleted when training ends.

    Raises:
        ValueError: If `backup_dir` is empty or `save_freq` has a wrong value; from
            `fit`, if the backup is of another model.
        OSError: From `fit`, if the backup cannot be written or read.

    Example:
        >>> backup = BackupAndRestore("backup")
        >>> model.fit(x, y, epochs=1000, callbacks=[backup])
    """

    def __init__(
        self,
        backup_dir: Any,
        save_freq: int | str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ):
        if not backup_dir:
            raise ValueError(
                "BackupAndRestore expects the path of a folder as backup_dir. "
                f"Received: {backup_dir!r}"
            )
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 0):
            raise ValueError(
                "BackupAndRestore expects save_freq to be 'epoch', a number of batches "
                f"or False. Received: {save_freq=}"
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._latest = os.path.join(self.backup_dir, "latest.npz")
        self._previous = os.path.join(self.backup_dir, "previous.npz")
        self._epoch = 0
        self._seen = 0  # the last batch of this epoch, counted from 1
        self._since = 0  # batches since the last backup

    def watches_batches(self, mode="train"):
        return mode == "train" and self.save_freq not in ("epoch", 0)

    def on_train_begin(self, logs=None):
        from fastnn.training.state import restore_state

        self._since = self._seen = 0
        for part in glob.glob(f"{glob.escape(self._latest)}.*.part"):
            os.remove(part)  # of a process that was killed as it wrote it
        state = self._load()
        if state is not None:
            restore_state(self.model, state)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._seen = epoch, 0

    def on_train_batch_end(self, batch, logs=None):
        if not self.watches_batches():
            return
        self._since += batch + 1 - self._seen
        self._seen = batch + 1
        if self._since >= self.save_freq:
            self._since = 0
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def on_train_end(self, logs=None):
        if not self.delete_checkpoint:
            return
        for path in (self._latest, self._previous):
            with contextlib.suppress(FileNotFoundError):
                os.remove(path)
        with contextlib.suppress(OSError):  # something else may lie there
            os.rmdir(self.backup_dir)

    def _save(self, epoch: int, step: int) -> None:
        from fastnn.saving.weights_file import save_arrays
        from fastnn.training.state import state_of

        os.makedirs(self.backup_dir, exist_ok=True)
        if self.double_checkpoint and os.path.exists(self._latest):
            os.replace(self._latest, self._previous)
        save_arrays(self._latest, state_of(self.model, epoch, step))

    def _load(self) -> Any:
        """The last backup that can be read; None if there is none.

        Raises:
            OSError: If there are backups, but none that can be read.
        """
        from fastnn.saving.weights_file import load_arrays

        trouble: Exception | None = None
        for path in (self._latest, self._previous):
            try:
                return load_arrays(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                trouble = trouble or error
        if trouble is not None:
            raise OSError(
                f"Expected a backup in {self.backup_dir!r} that can be read. "
                f"Received: {trouble}"
            ) from trouble
        return None
