"""The training loop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fastnn.callbacks import CallbackList
from fastnn.caller import warn
from fastnn.training.evaluate import evaluate_feed, warn_of_end
from fastnn.training.feeds import Feed, Halted
from fastnn.training.nonfinite import NonFiniteReport, find_nonfinite
from fastnn.training.steps import logs_of

if TYPE_CHECKING:
    from fastnn.models.model import Model
    from fastnn.training.settings import Settings

__all__ = ["Training"]


class Training:
    """One call of `fit`.

    Args:
        model: The model.
        settings: The arguments of `fit`, checked.

    Attributes:
        feed: Where the training steps come from; to be set before `run`.
        validation: Where those of validation come from, or None.
        epoch: The epoch under way, from 0.
        step: Steps of it that are done.
    """

    feed: Feed

    def __init__(self, model: Model, settings: Settings):
        self.model = model
        self.settings = settings
        self.validation: Feed | None = None
        self.epoch = settings.initial_epoch
        self.step = 0
        self._callbacks: CallbackList = CallbackList()
        self._report: NonFiniteReport | None = None
        self._resumed = False
        self._watched = False

    @property
    def steps(self) -> int | None:
        """Steps of an epoch; None for as many as the data have."""
        return self.settings.steps_per_epoch or self.feed.num_batches

    def run(self, callbacks: CallbackList) -> None:
        """Trains until the last epoch, or until `model.stop_training` is set."""
        self._callbacks = callbacks
        self.model.stop_training = False
        logs: dict[str, Any] = {}
        callbacks.on_train_begin()
        try:
            while self.epoch < self.settings.epochs:
                found = self._epoch()
                if found is None:
                    break
                logs = found
                self.epoch, self.step = self.epoch + 1, 0
                if self.model.stop_training:
                    break
        finally:
            self.close()
            _finalize(self.model)
        callbacks.on_train_end(logs)

    def close(self) -> None:
        """Lets go of the data."""
        for feed in (self.feed, self.validation):
            if feed is not None:
                feed.close()

    def resume(self, epoch: int, step: int) -> None:
        """Makes `run` go on within an epoch, from a callback's `on_train_begin`."""
        self.epoch, self.step, self._resumed = epoch, step, step > 0

    def _epoch(self) -> dict[str, Any] | None:
        """An epoch and its validation; None if there were no more data."""
        model = self.model
        if not self._resumed:
            model.reset_metrics()
        self._resumed = False
        self._callbacks.on_epoch_begin(self.epoch)
        self._watched = self._callbacks.watches_batches("train")
        self.feed.begin_epoch()
        try:
            found = self._steps()
        finally:
            self.feed.end_epoch()
        if not found:
            return None
        logs = self._logs()
        if self.validation is not None and self.settings.validates(self.epoch):
            logs |= self._validate(self.validation)
        self._callbacks.on_epoch_end(self.epoch, logs)
        return logs

    def _steps(self) -> bool:
        """The steps of an epoch, or what is left of it; whether there was one."""
        limit, first = self.steps, self.step
        if self.step == limit or self.model.stop_training:
            return True
        # the end of the pass before is not the end of this epoch
        ready = self.feed.ready() or self.feed.ready()
        while ready:
            self._chunk(None if limit is None else limit - self.step)
            if self.step == limit or self.model.stop_training:
                return True
            ready = self.feed.ready()
        if self.settings.steps_per_epoch or self.step == first:
            warn_of_end("training", self.step, limit)
        return self.step > first

    def _chunk(self, most: int | None) -> None:
        """The next steps, until somebody wants to look."""
        callbacks, watched = self._callbacks, self._watched
        if watched:
            callbacks.on_train_batch_begin(self.step)
            at_once = self.model.steps_per_execution
            most = at_once if most is None else min(most, at_once)
        self.step += self.feed.run(most, exactly=watched)
        self._look_at_python_logs()
        if watched:
            callbacks.on_train_batch_end(self.step - 1, self._logs())
        callbacks.on_chunk_end(self.step, self._shown_logs())

    def _logs(self) -> dict[str, Any]:
        """What Python steps returned if that is something else, or the metrics."""
        logs, own = logs_of(self.model), self.feed.logs
        return logs if own is None or set(own) == set(logs) else dict(own)

    def _shown_logs(self) -> dict[str, Any] | None:
        """The logs, if somebody looks at them within an epoch."""
        return self._logs() if self._callbacks.shows_progress else None

    def _validate(self, feed: Feed) -> dict[str, Any]:
        feed.restart()
        logs = evaluate_feed(
            self.model, feed, self._callbacks, self.settings.validation_steps
        )
        return {f"val_{name}": value for name, value in logs.items()}

    def on_halt(self, halted: Halted) -> bool:
        """Looks into a step whose loss is not finite; whether to go on."""
        if self._report is None:
            self._report = find_nonfinite(
                self.model,
                halted.plan,
                halted.arrays,
                halted.rows,
                epoch=self.epoch,
                batch=halted.step,
                iteration=self.model.compilation.optimizer.steps_taken,
            )
            warn(str(self._report), RuntimeWarning)
        self._callbacks.on_nonfinite_loss(self._report, logs_of(self.model))
        return not self.model.stop_training

    def _look_at_python_logs(self) -> None:
        """The same for a step that was made in Python, after its update."""
        loss = (self.feed.logs or {}).get("loss", 0.0)
        if not isinstance(loss, float) or math.isfinite(loss):
            return
        if self._report is None:
            self._report = NonFiniteReport(
                loss, self.epoch, self.step - 1, None, "the loss of a step in Python"
            )
            warn(str(self._report), RuntimeWarning)
        self._callbacks.on_nonfinite_loss(self._report, logs_of(self.model))


def _finalize(model: Model) -> None:
    """Lets the optimizer leave the weights as it wants them to be used."""
    finalize = getattr(model.compilation.optimizer, "finalize_variable_values", None)
    if finalize is not None:
        finalize(model.trainable_weights)
