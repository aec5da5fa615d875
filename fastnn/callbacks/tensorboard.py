"""Curves and histograms for TensorBoard."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from fastnn.callbacks.callback import Callback
from fastnn.callbacks.event_writer import EventWriter
from fastnn.callbacks.rates import log_rates

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Writes losses, metrics, learning rates and weights for TensorBoard to show.

    Needs the package `tensorboard`: `pip install fastnn[tensorboard]`. Those of
    training go to the folder `train`, those of validation to `validation`.

    Args:
        log_dir: Folder of the files.
        histogram_freq: Epochs between two histograms of all weights; 0 for none.
        write_graph: Whether to write what `model.summary()` says, as a text. There is
            no graph.
        write_images: Whether to write weights as images, beside the histograms.
        write_steps_per_second: Whether to write how fast training is.
        update_freq: "epoch", "batch", or a number of batches between two points of the
            curves of single batches (training then comes back to Python after each
            step).
        profile_batch: Has to be 0: `model.explain` shows where the time goes.
        embeddings_freq: Has to be 0.
        embeddings_metadata: Has to be None.

    Raises:
        ImportError: From `fit`, if TensorBoard is not installed.
        ValueError: If an argument has a value that is not supported.

    Example:
        >>> board = TensorBoard("logs", histogram_freq=5)
        >>> model.fit(x, y, validation_split=0.2, epochs=50, callbacks=[board])
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ):
        _refuse("profile_batch", profile_batch, 0)
        _refuse("embeddings_freq", embeddings_freq, 0)
        _refuse("embeddings_metadata", embeddings_metadata, None)
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = _checked_frequency(update_freq)
        self.profile_batch = profile_batch
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._writers: dict[str, EventWriter] = {}
        self._train_batches = 0

    def watches_batches(self, mode="train"):
        return self.update_freq != "epoch" and mode == "train"

    def set_model(self, model):
        super().set_model(model)
        self._close()
        if self.write_graph and getattr(model, "built", False):
            lines: list[str] = []
            model.summary(print_fn=lambda text, **_: lines.append(text))
            self._writer("train").text("model", "\n".join(lines), 0)

    def on_train_begin(self, logs=None):
        self._train_batches = 0

    def on_train_end(self, logs=None):
        self._close()

    def on_epoch_begin(self, epoch, logs=None):
        self._begun = time.perf_counter()
        self._updates = self._iterations()

    def on_epoch_end(self, epoch, logs=None):
        logs = dict(logs or {})
        log_rates(self.model.optimizer, logs)
        if self.write_steps_per_second:
            elapsed = time.perf_counter() - self._begun
            logs["steps_per_second"] = (self._iterations() - self._updates) / elapsed
        for name, value in logs.items():
            part = "validation" if name.startswith("val_") else "train"
            tag = f"epoch_{name.removeprefix('val_')}"
            self._writer(part).scalar(tag, value, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_train_batch_begin(self, batch, logs=None):
        self._train_batches += 1
        self._batch_begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        if not self._is_due(self._train_batches):
            return
        logs = dict(logs or {})
        if self.write_steps_per_second:
            elapsed = time.perf_counter() - self._batch_begun
            logs["steps_per_second"] = 1 / elapsed
        for name, value in logs.items():
            self._writer("train").scalar(f"batch_{name}", value, self._train_batches)

    def on_test_end(self, logs=None):
        if self.model.optimizer is None:
            return
        for name, value in (logs or {}).items():
            tag = f"evaluation_{name}_vs_iterations"
            self._writer("validation").scalar(tag, value, self._iterations())
        self._writer("validation").flush()

    def _is_due(self, batches: int) -> bool:
        frequency = self.update_freq
        return isinstance(frequency, int) and batches % frequency == 0

    def _iterations(self) -> int:
        return int(np.asarray(self.model.optimizer.iterations))

    def _write_weights(self, epoch: int) -> None:
        writer = self._writer("train")
        for layer in self.model.layers:
            for weight in layer.weights:
                value, name = np.asarray(weight), f"{layer.name}/{weight.name}"
                writer.histogram(f"{name}/histogram", value, epoch)
                images = _as_images(value)
                if self.write_images and images is not None:
                    writer.images(f"{name}/image", images, epoch)

    def _writer(self, part: str) -> EventWriter:
        if part not in self._writers:
            self._writers[part] = EventWriter(os.path.join(self.log_dir, part))
        return self._writers[part]

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def __getstate__(self):
        return {**super().__getstate__(), "_writers": {}}


def _as_images(weight: np.ndarray) -> np.ndarray | None:
    """Grey images, wider than high; None for what has too many axes or none."""
    weight = np.squeeze(weight)
    if weight.ndim == 1:
        return weight[np.newaxis, :, np.newaxis]
    if weight.ndim == 2:
        wide = weight.T if weight.shape[0] > weight.shape[1] else weight
        return wide[np.newaxis]
    return weight.transpose(2, 0, 1) if weight.ndim == 3 else None


def _refuse(name: str, value: Any, only: Any) -> None:
    if value != only:
        raise ValueError(f"TensorBoard expects {name}={only}. Received: {value!r}")


def _checked_frequency(value: Any) -> int | str:
    if value == "batch":
        return 1
    if value == "epoch":
        return "epoch"
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            "TensorBoard expects update_freq to be 'epoch', 'batch' or a positive "
            f"number of batches. Received: update_freq={value!r}"
        )
    return value
