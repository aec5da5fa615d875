"""The part of a model that trains: compile, fit, evaluate."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from fastnn.callbacks import CallbackList, History
from fastnn.models.compile_arguments import remembering
from fastnn.models.steps import Steps
from fastnn.saving import deserialize_keras_object, serialize_keras_object
from fastnn.training.evaluate import evaluate_feed
from fastnn.training.execution import checked_execution
from fastnn.training.feeds import compiled_step
from fastnn.training.fit import Training
from fastnn.training.goal import Compilation
from fastnn.training.inputs import optional_count
from fastnn.training.limits import limited_steps
from fastnn.training.python_steps import in_python, python_step
from fastnn.training.settings import Settings
from fastnn.training.sources import test_feed, training_feeds
from fastnn.training.steps import logs_of

if TYPE_CHECKING:
    from fastnn.losses import Loss
    from fastnn.optimizers import Optimizer

__all__ = ["Trainer", "closing"]


_models: weakref.WeakSet[Trainer] = weakref.WeakSet()


def _after_fork() -> None:
    """In a child of `fork` there is no other thread at work on a model."""
    for model in tuple(_models):
        if not model._busy._is_owned():  # type: ignore[attr-defined]
            model._open()
            model.plans.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Trainer(Steps):
    """What a model does with data that have targets; `Model` says what the network is.

    Attributes:
        stop_training: Set it to True within `fit`, from a callback, to end it.
        stop_evaluating: The same for `evaluate`, and the validation of `fit`.
        history: The `History` of the last `fit`.
        compile_arguments: What `compile` was told, by name; None before it.
    """

    name: str
    steps_per_execution = 1

    def __init__(self) -> None:
        super().__init__()
        self.stop_training = False
        self.stop_evaluating = False
        self.history: History | None = None
        self.compile_arguments: dict[str, Any] | None = None
        self._open()
        _models.add(self)

    def _open(self) -> None:
        """Makes the locks anew: no thread is at work on the model."""
        self._training: Training | None = None  # while `fit` is under way
        self._busy = threading.RLock()
        self._fitting = False

    def _unbuilt_on_failure(self) -> contextlib.AbstractContextManager[None]:
        """Takes a build back if what is inside fails; see the subclass."""
        raise NotImplementedError

    # ---- compile

    @remembering
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: str | bool = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Says how the model is to be trained.

        Args:
            optimizer: Name, configuration or instance; see `fastnn.optimizers`.
            loss: Name, configuration, instance, or a function f(y_true, y_pred); see
                `fastnn.losses`. None for a model that only predicts.
            loss_weights: Factor of the loss, a number or a list or dict of one.
            metrics: List of names, instances or functions; see `fastnn.metrics`.
                "accuracy" becomes the accuracy that fits the output and the loss.
            weighted_metrics: Metrics that use `sample_weight` and `class_weight`.
            run_eagerly: Whether every batch goes through `train_step`, `test_step` or
                `predict_step` on its own, so that a debugger can follow. The numbers
                are the same.
            steps_per_execution: Steps between two calls of the batch hooks of
                callbacks.
            jit_compile: False leaves the operations of a step as the layers record
                them; True and "auto" merge them. The plan is compiled code either way.
            auto_scale_loss: Whether float16 gets a `LossScaleOptimizer`. There is no
                float16 here, so that both values mean the same.

        Raises:
            TypeError, ValueError: If something is not known or has a wrong value; the
                model stays as it was.
        """
        how = checked_execution(
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss
        )
        self._compilation = Compilation(
            optimizer, loss, loss_weights, metrics, weighted_metrics, how.merged
        )
        self.run_eagerly = how.run_eagerly
        self.steps_per_execution = how.steps_per_execution
        self.plans.clear()
        self.plans.log[:] = 0

    def get_compile_config(self) -> dict[str, Any]:
        """Returns what `compile` was told as plain data; nothing before it.

        The optimizer is described with its settings as they are now.
        """
        if self.compile_arguments is None:
            return {}
        told = {**self.compile_arguments, "optimizer": self.optimizer}
        return {name: serialize_keras_object(value) for name, value in told.items()}

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compiles the model with what `get_compile_config` gave."""
        self.compile(**deserialize_keras_object(dict(config)))

    @property
    def compilation(self) -> Compilation:
        """What `compile` was told.

        Raises:
            ValueError: If it was not called.
        """
        self._require_compiled()
        return cast("Compilation", self._compilation)

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compilation is not None

    @property
    def jit_compile(self) -> bool:
        """Whether the operations of a step are merged."""
        return self._compilation is None or self._compilation.jit_compile

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer; None before `compile`."""
        return None if self._compilation is None else self._compilation.optimizer

    @property
    def loss(self) -> Loss | None:
        """The loss; None before `compile`."""
        return None if self._compilation is None else self._compilation.loss

    # ---- training

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Trains the model. Called again, it goes on with the optimizer's state.

        Args:
            x: Features, (rows, ...); or batches: a generator or another iterator that
                gives (x, y) or (x, y, sample_weight), a `fastnn.utils.PyDataset`, or
                anything else that can be walked through, such as a data loader. A list
                or a dict of one array is taken for that array.
            y: Targets, (rows, ...); class indices for a sparse loss. None if `x` gives
                batches.
            batch_size: Rows of a step; more than there are rows is the same as all of
                them (gradient descent on the full batch). By default 32, or with
                `steps_per_epoch` what makes so many of one pass.
            epochs: Number of the epoch after which to end, counted from 1.
            verbose: 0 nothing, 1 a bar, 2 a line per epoch, "auto" 1 in a terminal or a
                notebook, else 2.
            callbacks: List of `fastnn.callbacks.Callback`.
            validation_split: Fraction of the rows, the last ones, to validate on.
            validation_data: (x, y), (x, y, sample_weight) or what gives batches, to
                validate on instead.
            shuffle: Whether each epoch has an order of its own, of the rows or of the
                batches of a `PyDataset`; "batch" shuffles the rows within each batch.
                Other batches come as they are given.
            class_weight: {class index: weight}; classes that are not in it have 1.
            sample_weight: One weight per row.
            initial_epoch: Number of the first epoch, counted from 0.
            steps_per_epoch: Steps of an epoch; by default those of one pass. The next
                epoch goes on where it stopped; the end of a pass ends an epoch in any
                case, with a warning.
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
        settings = Settings(
            batch_size=batch_size, epochs=epochs, initial_epoch=initial_epoch,
            shuffle=shuffle, steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
        )  # fmt: skip
        self._require_compiled()
        with self._exclusively("fit"):
            training = Training(self._model, settings)
            with self._unbuilt_on_failure():
                training.feed, training.validation = training_feeds(
                    self._model, x, y, sample_weight, class_weight, validation_split,
                    validation_data, settings, training.on_halt,
                )  # fmt: skip
            try:
                watchers = self._callbacks(
                    callbacks, verbose, epochs=settings.epochs, steps=training.steps,
                    history=True,
                )  # fmt: skip
                self._training = training
                with closing(watchers):
                    training.run(watchers)
            finally:
                self._training = None
                training.close()
        return cast("History", watchers.history)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Makes one update from one batch.

        Args:
            x, y, sample_weight, class_weight: As in `fit`.
            return_dict: Whether to return a dict.

        Returns:
            The loss and the metrics of this batch, as `evaluate` returns them.
        """
        with self._exclusively("train_on_batch"):
            logs = self._on_batch("train", (x, y, sample_weight), class_weight)
            return self._results(logs, return_dict)

    # ---- evaluation

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Computes the loss and the metrics on data.

        Args:
            x, y, batch_size, verbose, sample_weight, callbacks: As in `fit`.
            steps: Number of batches to look at; by default all. Without a `batch_size`
                it also says how large they are: so many make one pass.
            return_dict: Whether to return a dict.

        Returns:
            The loss; [loss, *metrics] if there are metrics, in the order of
            `metrics_names`; or a dict by name.
        """
        batch_size = optional_count("batch_size", batch_size)
        limit = limited_steps(optional_count("steps", steps))
        self._require_compiled()
        with self._evaluating():
            feed = test_feed(self._model, x, y, sample_weight, batch_size, limit)
            try:
                watchers = self._callbacks(
                    callbacks, verbose, epochs=1, steps=limit or feed.num_batches
                )
                with closing(watchers):
                    logs = evaluate_feed(self._model, feed, watchers, limit)
            finally:
                feed.close()
        return self._results(logs, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:  # fmt: skip
        """Computes the loss and the metrics of one batch, and changes no weight.

        Args and result are those of `train_on_batch`.
        """
        with self._evaluating():
            logs = self._on_batch("test", (x, y, sample_weight))
            return self._results(logs, return_dict)

    # ---- inside

    def _on_batch(self, mode: str, batch: Any, class_weight: Any = None) -> Any:
        """The logs of one batch alone."""
        model = self._model
        self._require_compiled()
        self.reset_metrics()
        if not in_python(model, mode):
            compiled_step(model, batch, class_weight, training=mode == "train")
            return logs_of(model)
        logs = python_step(model, mode, class_weight, batch)
        return logs_of(model) if logs is None else logs

    def _require_compiled(self) -> None:
        if self._compilation is None:
            raise ValueError(
                f"Expected the model {self.name!r} to be compiled first: call "
                "`model.compile(optimizer, loss)`. Received: a model that is not"
            )

    def _callbacks(
        self, callbacks: Any, verbose: Any, *, epochs: int, steps: int | None,
        history: bool = False,
    ) -> CallbackList:  # fmt: skip
        return CallbackList(
            callbacks, add_history=history, add_progbar=verbose != 0, model=self,
            verbose=verbose, epochs=epochs, steps=steps,
        )  # fmt: skip

    def _results(self, logs: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return logs
        names = [name for name in self.metrics_names if name in logs]
        names += sorted(set(logs) - set(names))
        values = [logs[name] for name in names]
        return values[0] if len(values) == 1 else values

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
        """Evaluation, or a step of your own, may run inside a callback or a step of
        `fit`, but not beside it."""
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
