"""The logs of each epoch as a table on disk."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from fastnn.callbacks.callback import Callback

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Writes the logs of each epoch as a line of a file of separated values.

    The first column is the epoch, counted from 0; the others are the logs by name. What
    an epoch lacks, such as a validation that is not made every time, is "NA". Each line
    is on its way to the disk before the next epoch begins.

    Args:
        filename: Path of the file.
        separator: What stands between two values.
        append: Whether to add to a file that is there, rather than to replace it.

    Raises:
        OSError: From `fit`, if the file cannot be written.

    Example:
        >>> model.fit(x, y, epochs=9, callbacks=[CSVLogger("training.csv")])
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False):
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.writer: Any = None
        self.csv_file: Any = None

    def on_train_begin(self, logs=None):
        self._close()
        self.keys = self.writer = None
        self._has_header = self.append and _has_a_line(self.filename)
        mode = "a" if self.append else "w"
        self.csv_file = open(self.filename, mode, newline="")  # noqa: SIM115

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self.writer is None:
            self.keys = _columns(logs)
            self.writer = csv.DictWriter(
                self.csv_file, ["epoch", *self.keys], delimiter=self.sep
            )
            if not self._has_header:
                self.writer.writeheader()
        row = {key: _cell(logs.get(key, "NA")) for key in self.keys}
        self.writer.writerow({"epoch": epoch, **row})
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        self._close()
        self.writer = None

    def _close(self) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
            self.csv_file = None

    def __getstate__(self):
        return {**super().__getstate__(), "writer": None, "csv_file": None}


def _has_a_line(filename: str) -> bool:
    if not os.path.exists(filename):
        return False
    with open(filename) as file:
        return bool(file.readline())


def _columns(logs: dict[str, Any]) -> list[str]:
    """The names in the logs; with those of validation, which may come later."""
    names = sorted(logs)
    if any(name.startswith("val_") for name in names):
        return names
    return [*names, *(f"val_{name}" for name in names)]


def _cell(value: Any) -> Any:
    if isinstance(value, str) or np.ndim(value) == 0 or not isinstance(value, Iterable):
        return value
    return f'"[{", ".join(map(str, value))}]"'
