"""The part of a model that trains: compile, fit, evaluate."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy.typing as npt

from fastnn.callbacks import CallbackList, History
from fastnn.training.evaluate import evaluate_arrays, test_on_batch
from fastnn.training.fit import (
    Settings,
    Training,
    train_on_batch,
    training_and_validation,
)
from fastnn.training.goal import Compilation
from fastnn.training.inputs import checked_batch_size, checked_count, labelled
from fastnn.training.plans import Plans
from fastnn.training.steps import logs_of

if TYPE_CHECKING:
    from fastnn.losses import Loss
    from fastnn.metrics import Metric
    from fastnn.models.model import Model
    from fastnn.optimizers import Optimizer

__all__ = ["Trainer", "closing"]


class Trainer:
    """What a model does with data that have targets; `Model` says what the network is.

    Attributes:
        stop_training: Set it to True within `fit`, from a callback, to end it.
        history: The `History` of the last `fit`.
        plans: The compiled plans; for `explain` and tests.
    """

    name: str

    def __init__(self) -> None:
        self.stop_training = False
        self.history: History | None = None
        self.plans = Plans()
        self._compilation: Compilation | None = None
        self._busy = threading.RLock()
        self._fitting = False

    @property
    def _model(self) -> Model:
        """This object, under the type that the loops are written for."""
        return cast("Model", self)

    def _unbuilt_on_failure(self) -> contextlib.AbstractContextManager[None]:
        """Takes a build back if what is inside fails; see the subclass."""
        raise NotImplementedError

    # ---- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        """Says how the model is to be trained.

        Args:
            optimizer: Name, configuration or instance; see `fastnn.optimizers`.
            loss: Name, configuration, instance, or a function f(y_true, y_pred); see
                `fastnn.losses`. None for a model that only predicts.
            metrics: List of names, instances or functions; see `fastnn.metrics`.
                "accuracy" becomes the accuracy that fits the output and the loss.
            weighted_metrics: Metrics that use `sample_weight` and `class_weight`.

        Raises:
            ValueError: If something is not known; the model stays as it was.
        """
        self._compilation = Compilation(optimizer, loss, metrics, weighted_metrics)
        self.plans.log[:] = 0

    @property
    def compilation(self) -> Compilation:
        """What `compile` was told.

        Raises:
            ValueError: If it was not called.
        """
        if self._compilation is None:
            raise ValueError(
                f"Expected the model {self.name!r} to be compiled first: call "
                "`model.compile(optimizer, loss)`"
            )
        return self._compilation

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compilation is not None

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer; None before `compile`."""
        return None if self._compilation is None else self._compilation.optimizer

    @property
    def loss(self) -> Loss | None:
        """The loss; None before `compile`."""
        return None if self._compilation is None else self._compilation.loss

    @property
    def metrics(self) -> list[Metric]:
        """The metrics besides the loss; made when the model is first trained."""
        return self._compilation.metrics if self._compilation else []

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return ["loss", *(metric.name for metric in self.metrics)]

    def reset_metrics(self) -> None:
        """Forgets the loss and the metrics of all batches so far."""
        self.plans.log[:] = 0
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, float]:
        """Returns the loss and the metrics since the last reset, by name."""
        return logs_of(self._model)

    # ---- training

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: npt.ArrayLike | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Trains the model. Called again, it goes on with the optimizer's state.

        Args:
            x: Features, (rows, ...).
            y: Targets, (rows, ...); class indices for a sparse loss.
            batch_size: Rows of a step, 32 by default; more than there are rows is the
                same as all of them (gradient descent on the full batch).
            epochs: Number of the epoch after which to end, counted from 1.
            verbose: 0 nothing, 1 a bar, 2 a line per epoch, "auto" 1 in a terminal or a
                notebook, else 2.
            callbacks: List of `fastnn.callbacks.Callback`.
            validation_split: Fraction of the rows, the last ones, to validate on.
            validation_data: (x, y) or (x, y, sample_weight) to validate on instead.
            shuffle: Whether each epoch has an order of its own.
            class_weight: {class index: weight}; classes that are not in it have 1.
            sample_weight: One weight per row.
            initial_epoch: Number of the first epoch, counted from 0.
            steps_per_epoch: Steps of an epoch; by default those of one pass.
            validation_steps: Steps of a validation; by default those of one pass.
            validation_batch_size: By default `batch_size`.
            validation_freq: Validate after every so many epochs, or after those listed,
                counted from 1.

        Returns:
            The history: `.history` maps each name to one value per epoch.

        Raises:
            TypeError, ValueError: If something does not fit; the weights are then as
                they were.
            RuntimeError: If another thread is training this model.
            KeyboardInterrupt: Within about 0.1 s; the model has the weights of the last
                step, and `model.history` the epochs that were done.
        """
        with self._exclusively("fit"):
            with self._unbuilt_on_failure():
                arrays, validation = training_and_validation(
                    self._model, x, y, sample_weight, class_weight, validation_split,
                    validation_data,
                )  # fmt: skip
                settings = Settings(
                    arrays.rows, batch_size=batch_size, epochs=epochs,
                    initial_epoch=initial_epoch, shuffle=shuffle,
                    steps_per_epoch=steps_per_epoch, validation_steps=validation_steps,
                    validation_batch_size=validation_batch_size,
                    validation_freq=validation_freq,
                )  # fmt: skip
            steps = settings.steps_per_epoch or -(-arrays.rows // settings.batch_size)
            watchers = self._callbacks(
                callbacks, verbose, epochs=settings.epochs, steps=steps, history=True
            )
            settings.shows_progress = watchers.shows_progress
            with closing(watchers):
                Training(self._model, arrays, validation, watchers, settings).run()
        return cast("History", watchers.history)

    def train_on_batch(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Makes one update from one batch.

        Returns:
            The loss and the metrics of all batches since `reset_metrics`, as `evaluate`
            returns them.
        """
        with self._exclusively("train_on_batch"):
            train_on_batch(
                self._model, labelled(self._model, x, y, sample_weight, class_weight)
            )
            return self._results(logs_of(self._model), return_dict)

    # ---- evaluation

    def evaluate(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: npt.ArrayLike | None = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Computes the loss and the metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: As in `fit`.
            steps: Number of batches to look at; by default all.
            return_dict: Whether to return a dict.

        Returns:
            The loss; [loss, *metrics] if there are metrics, in the order of
            `metrics_names`; or a dict by name.
        """
        with self._evaluating():
            arrays = labelled(self._model, x, y, sample_weight)
            batch_size = checked_batch_size(batch_size, arrays.rows)
            limit = None if steps is None else checked_count("steps", steps)
            watchers = self._callbacks(
                callbacks, verbose, epochs=1, steps=-(-arrays.rows // batch_size)
            )
            with closing(watchers):
                logs = evaluate_arrays(
                    self._model, arrays, batch_size, watchers, steps=limit
                )
        return self._results(logs, return_dict)

    def test_on_batch(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Adds one batch to the loss and the metrics, without an update.

        Returns:
            The loss and the metrics of all batches since `reset_metrics`.
        """
        with self._evaluating():
            test_on_batch(self._model, labelled(self._model, x, y, sample_weight))
            return self._results(logs_of(self._model), return_dict)

    # ---- inside

    def _callbacks(
        self, callbacks: Any, verbose: Any, *, epochs: int, steps: int,
        history: bool = False,
    ) -> CallbackList:  # fmt: skip
        return CallbackList(
            callbacks, add_history=history, add_progbar=verbose != 0, model=self,
            verbose=verbose, epochs=epochs, steps=steps,
        )  # fmt: skip

    def _results(self, logs: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return logs
        values = [logs[name] for name in self.metrics_names]
        return values if len(values) > 1 else values[0]

    @contextlib.contextmanager
    def _exclusively(self, what: str) -> Iterator[None]:
        """Refuses to train a model that is being trained."""
        if not self._busy.acquire(blocking=False):
            raise RuntimeError(
                "Expected no other thread to train or evaluate the model "
                f"{self.name!r} during `{what}`"
            )
        try:
            if self._fitting:
                raise RuntimeError(
                    f"Expected no `{what}` of the model {self.name!r} from within its "
                    "own training"
                )
            self._fitting = True
            try:
                yield
            finally:
                self._fitting = False
        finally:
            self._busy.release()

    @contextlib.contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Evaluation may run inside a callback of `fit`, but not beside it."""
        if not self._busy.acquire(blocking=False):
            raise RuntimeError(
                f"Expected no other thread to train or evaluate the model {self.name!r}"
            )
        try:
            yield
        finally:
            self._busy.release()


@contextlib.contextmanager
def closing(callbacks: CallbackList) -> Iterator[None]:
    """Leaves the progress bar tidy when training ends by an exception."""
    try:
        yield
    except BaseException:
        callbacks.close()
        raise
