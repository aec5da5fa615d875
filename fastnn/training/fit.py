"""The training loop."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn import random
from fastnn.callbacks import CallbackList
from fastnn.data import Arrays, split
from fastnn.training.evaluate import evaluate_arrays
from fastnn.training.inputs import (
    checked_batch_size,
    checked_count,
    labelled,
    target_shape,
)
from fastnn.training.nonfinite import find_nonfinite
from fastnn.training.steps import StepRunner, logs_of

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["Training", "train_on_batch"]


class Training:
    """One call of `fit`.

    Args:
        model: The model.
        arrays: Training rows.
        validation: Validation rows, or None.
        callbacks: All callbacks.
        settings: The further arguments of `fit`, checked.
    """

    def __init__(
        self,
        model: Model,
        arrays: Arrays,
        validation: Arrays | None,
        callbacks: CallbackList,
        settings: Settings,
    ):
        self.model = model
        self.arrays = arrays
        self.validation = validation
        self.callbacks = callbacks
        self.settings = settings
        self.epoch = 0
        self._reported = False
        self._seed = random.next_seed() if settings.shuffle else 0
        self._pass = 0  # over the data; more than one can go into an epoch
        self._position = 0  # steps of the pass that are done
        self._order: np.ndarray | None = None

    def run(self) -> None:
        """Trains until the last epoch, or until `model.stop_training` is set."""
        model, settings = self.model, self.settings
        model.stop_training = False
        logs: dict[str, float] = {}
        self.callbacks.on_train_begin()
        for self.epoch in range(settings.initial_epoch, settings.epochs):
            self.callbacks.on_epoch_begin(self.epoch)
            logs = self._train_epoch()
            if self.validation is not None and settings.validates(self.epoch):
                logs |= self._validate(self.validation)
            self.callbacks.on_epoch_end(self.epoch, logs)
            if model.stop_training:
                break
        self.callbacks.on_train_end(logs)

    def _train_epoch(self) -> dict[str, float]:
        model = self.model
        model.reset_metrics()
        plan = model.plans.step(
            model,
            self.settings.batch_size,
            training=True,
            weighted=self.arrays.weight is not None,
            target_shape=target_shape(model, self.arrays),
        )
        runner = StepRunner(plan, self.arrays, self.settings.batch_size, self._on_halt)
        self._plan = plan  # not the runner, which holds `self`: they would be a cycle
        watched = self.callbacks.watches_batches("train")
        done, steps = 0, self.settings.steps_per_epoch or runner.steps
        try:
            while done < steps and not model.stop_training:
                if watched:
                    self.callbacks.on_train_batch_begin(done)
                ran = self._run_chunk(runner, steps - done, watched)
                done += ran
                if watched and ran:
                    self.callbacks.on_train_batch_end(done - 1, logs_of(model))
                self.callbacks.on_chunk_end(done, self._shown_logs())
        finally:
            runner.close()
        return logs_of(model)

    def _run_chunk(self, runner: StepRunner, wanted: int, every_step: bool) -> int:
        """Runs the next steps; a pass that ends is followed by another one."""
        if self._position == 0 and self.settings.shuffle:
            self._order = random.permutation(self._seed, self._pass, runner.rows)
        optimizer = self.model.compilation.optimizer
        program = runner.plan.bound.program
        before = program.steps_done
        try:
            ran = runner.run(
                self._position,
                min(wanted, runner.steps - self._position),
                order=self._order,
                iteration=optimizer.iterations,
                every_step=every_step,
            )
        except BaseException:  # the updates before it count
            optimizer.iterations += program.steps_done - before
            raise
        optimizer.iterations += ran
        self._position += ran
        if self._position == runner.steps:
            self._position, self._pass = 0, self._pass + 1
        return ran

    def _shown_logs(self) -> dict[str, float] | None:
        """The logs, if somebody looks at them within an epoch."""
        return logs_of(self.model) if self.settings.shows_progress else None

    def _validate(self, rows: Arrays) -> dict[str, float]:
        logs = evaluate_arrays(
            self.model,
            rows,
            self.settings.validation_batch_size,
            self.callbacks,
            steps=self.settings.validation_steps,
        )
        return {f"val_{name}": value for name, value in logs.items()}

    def _on_halt(self, step: int, operation: int) -> bool:
        """Looks into a step whose loss is not finite; whether to go on."""
        batch = self.settings.batch_size
        rows = np.arange(step * batch, min((step + 1) * batch, self.arrays.rows))
        rows = rows if self._order is None else self._order[rows]
        done = step - self._position
        if not self._reported:
            self._reported = True
            self._report = find_nonfinite(
                self.model,
                self._plan,
                self.arrays,
                rows,
                epoch=self.epoch,
                batch=step,
                iteration=self.model.compilation.optimizer.iterations + done,
            )
            # the level of the caller of `fit`
            warnings.warn(str(self._report), RuntimeWarning, stacklevel=8)
        self.callbacks.on_nonfinite_loss(self._report, logs_of(self.model))
        return not self.model.stop_training


class Settings:
    """The checked numbers of a call of `fit`."""

    def __init__(
        self,
        rows: int,
        *,
        batch_size: Any,
        epochs: Any,
        initial_epoch: Any,
        shuffle: Any,
        steps_per_epoch: Any,
        validation_steps: Any,
        validation_batch_size: Any,
        validation_freq: Any,
    ):
        self.batch_size = checked_batch_size(batch_size, rows)
        self.epochs = checked_count("epochs", epochs)
        self.initial_epoch = checked_count("initial_epoch", initial_epoch, 0)
        if not isinstance(shuffle, bool | np.bool_):
            raise TypeError(
                f"Expected `shuffle` to be True or False. Received: {shuffle!r}"
            )
        self.shuffle = bool(shuffle)
        self.steps_per_epoch = _optional_count("steps_per_epoch", steps_per_epoch)
        self.validation_steps = _optional_count("validation_steps", validation_steps)
        self.validation_batch_size = (
            _optional_count("validation_batch_size", validation_batch_size)
            or self.batch_size
        )
        self.validation_freq = _checked_freq(validation_freq)
        self.shows_progress = False

    def validates(self, epoch: int) -> bool:
        """Whether validation follows an epoch, counted from 0."""
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq


def _optional_count(name: str, value: Any) -> int | None:
    return None if value is None else checked_count(name, value)


def _checked_freq(value: Any) -> int | set[int]:
    if isinstance(value, list | tuple | set):
        return {checked_count("validation_freq", epoch) for epoch in value}
    return checked_count("validation_freq", value)


def training_and_validation(
    model: Model,
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: Any,
    validation_split: Any,
    validation_data: Any,
) -> tuple[Arrays, Arrays | None]:
    """Checks the data of a call of `fit`.

    Raises:
        ValueError: If `validation_data` is not (x, y) or (x, y, sample_weight).
    """
    arrays = labelled(model, x, y, sample_weight, class_weight)
    if validation_data is not None:
        if not isinstance(validation_data, tuple | list) or not (
            2 <= len(validation_data) <= 3
        ):
            raise ValueError(
                "Expected `validation_data` to be (x, y) or (x, y, sample_weight). "
                f"Received: {type(validation_data).__name__}"
            )
        x, y, weight = (*validation_data, None)[:3]
        return arrays, labelled(model, x, y, weight, name="validation y")
    if validation_split == 0 and not isinstance(validation_split, bool):
        return arrays, None
    return split(arrays, validation_split)


def train_on_batch(model: Model, arrays: Arrays) -> None:
    """One update from one batch."""
    optimizer = model.compilation.optimizer
    plan = model.plans.step(
        model,
        arrays.rows,
        training=True,
        weighted=arrays.weight is not None,
        target_shape=target_shape(model, arrays),
    )
    runner = StepRunner(plan, arrays, arrays.rows, lambda step, op: True)
    try:
        optimizer.iterations += runner.run(0, 1, iteration=optimizer.iterations)
    finally:
        runner.close()
