"""What every model can do: compile, fit, evaluate, predict."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from fastnn._core import engine
from fastnn.callbacks import CallbackList, History
from fastnn.models.summary import summary_text
from fastnn.models.weights import load_weights, save_weights, set_weights
from fastnn.naming import auto_name
from fastnn.plan.report import describe
from fastnn.training import inputs
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
from fastnn.training.predict import (
    predict_rows,
    predict_sample,
    predict_with_callbacks,
)
from fastnn.training.profile import profile
from fastnn.training.steps import logs_of
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.losses import Loss
    from fastnn.metrics import Metric
    from fastnn.optimizers import Optimizer

__all__ = ["Model"]

Shape = tuple[int | None, ...]


class Model:
    """Base of models: what they do with their layers, whichever way those are put
    together.

    Attributes:
        name: Name of the model.
        built: Whether the weights exist.
        stop_training: Set it to True within `fit`, from a callback, to end it.
        history: The `History` of the last `fit`.
        plans: The compiled plans; for `explain` and tests.
    """

    layers: Sequence[Layer]
    input_shape: Shape
    output_shape: Shape
    dtype: str

    def __init__(self, name: str | None = None):
        self.name = name or auto_name(type(self).__name__)
        self.built = False
        self.stop_training = False
        self.history: History | None = None
        self.plans = Plans()
        self._compilation: Compilation | None = None
        self._busy = threading.RLock()
        self._fitting = False

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Makes the weights; see the subclass."""
        raise NotImplementedError

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one row of the input."""
        return cast("tuple[int, ...]", self.input_shape[1:])

    @property
    def prediction_shape(self) -> tuple[int, ...]:
        """Shape of one row of the output."""
        return cast("tuple[int, ...]", self.output_shape[1:])

    def _unbuilt_on_failure(self) -> contextlib.AbstractContextManager[None]:
        """Takes a build back if what is inside fails; see the subclass."""
        raise NotImplementedError

    # ---- weights

    @property
    def weights(self) -> list[Variable]:
        """All weights, layer by layer."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [w for layer in self.layers for w in layer.non_trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether any layer's weights are trained; setting it sets every layer's."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = value

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of all weights."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Sets all weights, or none if one of them does not fit.

        Raises:
            ValueError: If their number or a shape is wrong.
        """
        set_weights(self, weights)

    def save_weights(self, filepath: Any) -> None:
        """Writes all weights to a file, whole or not at all.

        Args:
            filepath: Path that ends in ".weights.npz".

        Raises:
            ValueError: If the model is not built or the path ends otherwise.
            OSError: If the file cannot be written; an older one is then untouched.
        """
        save_weights(self, filepath)

    def load_weights(self, filepath: Any) -> None:
        """Sets all weights from a file that `save_weights` wrote.

        Raises:
            ValueError: If the file is damaged or holds weights of other shapes; the
                model is then as it was.
        """
        load_weights(self, filepath)

    def count_params(self) -> int:
        """Returns the number of values in all weights.

        Raises:
            ValueError: If the model is not built.
        """
        self._require_built("its weights are counted")
        return sum(layer.count_params() for layer in self.layers)

    def summary(self, print_fn: Any = None) -> None:
        """Prints the layers, their output shapes and numbers of weights.

        Args:
            print_fn: Called with the text instead of `print`.
        """
        show: Callable[[str], Any] = print if print_fn is None else print_fn
        show(summary_text(self))

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
        return logs_of(self)

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
                    self, x, y, sample_weight, class_weight, validation_split,
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
            with _closing(watchers):
                Training(self, arrays, validation, watchers, settings).run()
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
            train_on_batch(self, labelled(self, x, y, sample_weight, class_weight))
            return self._results(logs_of(self), return_dict)

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
            arrays = labelled(self, x, y, sample_weight)
            batch_size = checked_batch_size(batch_size, arrays.rows)
            limit = None if steps is None else checked_count("steps", steps)
            watchers = self._callbacks(
                callbacks, verbose, epochs=1, steps=-(-arrays.rows // batch_size)
            )
            with _closing(watchers):
                logs = evaluate_arrays(self, arrays, batch_size, watchers, steps=limit)
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
            test_on_batch(self, labelled(self, x, y, sample_weight))
            return self._results(logs_of(self), return_dict)

    # ---- prediction

    def predict(
        self,
        x: npt.ArrayLike,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Computes the outputs for data; safe to call from many threads at once.

        The result for a row does not depend on the rows beside it, bit for bit.

        Args:
            x: Features, (rows, ...).
            batch_size: Rows of a batch as callbacks see it, 32 by default.
            verbose: As in `fit`, but "auto" shows nothing.
            steps: Number of batches; by default all.
            callbacks: List of callbacks.
            out: Where to write the outputs, so that no memory is allocated:
                C-contiguous, of the shape and dtype of the result, apart from `x`.
                Each thread that calls needs one of its own.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.

        Raises:
            TypeError, ValueError: If `x` or `out` does not fit.
        """
        if callbacks is None and steps is None and verbose in ("auto", 0):
            if batch_size is not None:
                checked_count("batch_size", batch_size)
            return self.predict_on_batch(x, out)
        batch_size = inputs.DEFAULT_BATCH_SIZE if batch_size is None else batch_size
        batch_size = checked_count("batch_size", batch_size)
        limit = None if steps is None else checked_count("steps", steps)
        engine.check_apart(x, out)
        x = inputs.features(self, x, allow_empty=True)
        total = -(-len(x) // batch_size)
        watchers = self._callbacks(
            callbacks, 0 if verbose == "auto" else verbose, epochs=1,
            steps=min(total, limit or total),
        )  # fmt: skip
        with _closing(watchers):
            return predict_with_callbacks(self, x, batch_size, watchers, limit, out)

    def predict_on_batch(
        self, x: npt.ArrayLike, out: np.ndarray | None = None
    ) -> np.ndarray:
        """Computes the outputs for one batch; the fastest way for a few rows, and safe
        to call from many threads at once.

        Args:
            x: Features, (rows, ...).
            out: As in `predict`.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.
        """
        predictor = self.plans.ready
        result = None if predictor is None else predictor.run(x, out)
        return predict_rows(self, x, out) if result is None else result

    def predict_one(
        self, x: npt.ArrayLike, out: np.ndarray | None = None
    ) -> np.ndarray:
        """Computes the outputs for one sample, without an axis of rows: the same bits
        as `predict_on_batch(x[np.newaxis])[0]`.

        Args:
            x: Features of one sample, (features,) or the input shape of the model.
            out: As in `predict`, in the shape of one output.

        Returns:
            (units,), or the output shape of the model; `out` if it is given.
        """
        predictor = self.plans.ready
        result = None if predictor is None else predictor.run_one(x, out)
        return predict_sample(self, x, out) if result is None else result

    def __call__(
        self,
        x: npt.ArrayLike,
        training: bool = False,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Computes the outputs for one batch.

        Args:
            x: Features, (rows, ...).
            training: Whether layers such as dropout behave as in training.
            out: As in `predict`.

        Returns:
            (rows, ...) in the model's dtype; `out` if it is given.
        """
        if training:
            return predict_rows(self, x, out, training=True)
        return self.predict_on_batch(x, out)

    def explain(self, batch_size: int = 32, mode: str | None = None) -> str:
        """Prints the plan: every operation of a step with its layer, the shape of its
        result, bytes, floating-point operations and measured time.

        The steps measured run on made-up rows; weights, optimizer and metrics are put
        back afterwards.

        Args:
            batch_size: Rows of the step.
            mode: "train", "evaluate" or "predict"; by default "train" if the model is
                compiled with a loss, else "predict".

        Returns:
            The text that it prints.
        """
        self._require_built("its plan is explained")
        batch_size = checked_count("batch_size", batch_size)
        with self._exclusively("explain"):
            title, ops, seconds = profile(self, batch_size, mode)
        text = describe(title, ops, batch_size, seconds)
        print(text)
        return text

    # ---- inside

    def _require_built(self, purpose: str) -> None:
        if not self.built:
            raise self._unbuilt(purpose)

    def _unbuilt(self, purpose: str) -> ValueError:
        return ValueError(
            f"Expected the model {self.name!r} to be built before {purpose}: give "
            "its first layer an `input_shape`, call `build`, or show it data"
        )

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

    def __reduce__(self):
        raise TypeError(
            f"Expected a model to be copied by parts. Received: {self!r} to pickle; "
            "use `from_config(model.get_config())` and `set_weights`"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


@contextlib.contextmanager
def _closing(callbacks: CallbackList) -> Iterator[None]:
    """Leaves the progress bar tidy when training ends by an exception."""
    try:
        yield
    except BaseException:
        callbacks.close()
        raise
