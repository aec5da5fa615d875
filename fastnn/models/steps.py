"""What a model does with one batch; a class of your own may do it another way."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from fastnn.metrics import Metric
from fastnn.training.feeds import compiled_step
from fastnn.training.gradients import gradients_of, numerical_derivative
from fastnn.training.loss_tracker import LossTracker
from fastnn.training.plans import Plans
from fastnn.training.python_steps import (
    default,
    is_overridden,
    test_step_by_parts,
    train_step_by_parts,
)
from fastnn.training.steps import logs_of
from fastnn.utils import unpack_x_y_sample_weight

if TYPE_CHECKING:
    from fastnn.models.model import Model
    from fastnn.training.goal import Compilation

__all__ = ["Steps"]

_PARTS = ("compute_loss", "compute_loss_gradient", "compute_metrics")


class Steps:
    """The methods that make a step. If a class has one of its own, `fit`, `evaluate`
    and `predict` hand it one batch after the other; if not, the compiled plan makes
    many steps at a time.

    Attributes:
        plans: The compiled plans; for `explain` and tests.
        run_eagerly: Whether every batch goes through these methods in any case.
    """

    run_eagerly = False

    def __init__(self) -> None:
        self.plans = Plans()
        self.loss_tracker = LossTracker(self.plans.log)
        self._compilation: Compilation | None = None

    @property
    def _model(self) -> Model:
        """This object, under the type that the loops are written for."""
        return cast("Model", self)

    # ---- steps

    @default
    def train_step(self, data: Any) -> dict[str, Any]:
        """Makes one update from one batch.

        Args:
            data: x, (x, y) or (x, y, sample_weight);
                `fastnn.utils.unpack_x_y_sample_weight` takes it apart.

        Returns:
            The logs, by name.

        Example:
            >>> class Mine(fastnn.Sequential):
            ...     def train_step(self, data):
            ...         x, y, sample_weight = unpack_x_y_sample_weight(data)
            ...         loss, gradients = self.compute_gradients(x, y, sample_weight)
            ...         pairs = zip(gradients, self.trainable_weights)
            ...         self.optimizer.apply_gradients(pairs)
            ...         self.loss_tracker.update_state(loss, sample_weight=len(x))
            ...         return self.compute_metrics(x, y, self(x), sample_weight)
        """
        if is_overridden(self._model, "compute_gradients", *_PARTS):
            return train_step_by_parts(self._model, data)
        batch = unpack_x_y_sample_weight(data)
        with self._model._evaluating():
            compiled_step(self._model, batch, training=True)
            return self.get_metrics_result()

    @default
    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluates one batch; arguments and result as those of `train_step`."""
        if is_overridden(self._model, *_PARTS):
            return test_step_by_parts(self._model, data)
        batch = unpack_x_y_sample_weight(data)
        with self._model._evaluating():
            compiled_step(self._model, batch, training=False)
            return self.get_metrics_result()

    @default
    def predict_step(self, data: Any) -> np.ndarray:
        """Returns the predictions for one batch; `data` as in `train_step`."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._model(x)

    # ---- their parts

    @default
    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> float:
        """Returns the loss of a batch: the compiled loss and `losses`, the penalties.

        Args:
            x: Features; not used here.
            y: Targets.
            y_pred: Predictions for `x`.
            sample_weight: Weights of the rows, or None.
            training: Whether weights are to change; not used here.
        """
        loss = self._model.compilation.loss
        value = 0.0
        if loss is not None:
            if np.asarray(y_pred).dtype == np.float64:
                loss = copy.copy(loss)
                loss.dtype = "float64"
            value = float(np.asarray(loss(y, y_pred, sample_weight)))
            value *= self._model.compilation.loss_weight
        return value + float(sum(self.losses))

    @default
    def compute_loss_gradient(
        self, x: Any, y: Any, y_pred: np.ndarray, sample_weight: Any = None
    ) -> npt.ArrayLike:
        """Returns the derivative of your own `compute_loss` with respect to `y_pred`,
        in its shape. Without one of your own it is taken numerically, which calls
        `compute_loss` twice for each number in `y_pred`.
        """
        return numerical_derivative(self._model, x, y, y_pred, sample_weight)

    @default
    def compute_gradients(
        self, x: Any, y: Any = None, sample_weight: Any = None
    ) -> tuple[float, list[np.ndarray]]:
        """Runs a batch forward and backward, as in training, and changes no weight.

        Args:
            x: Features.
            y: Targets.
            sample_weight: Weights of the rows, or None.

        Returns:
            The loss of the batch, and its gradients in the order of
            `trainable_weights`, those of the penalties included.
        """
        loss, gradients, _ = gradients_of(self._model, x, y, sample_weight)
        return loss, gradients

    @default
    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the compiled metrics with a batch, and returns the logs so far.

        Args:
            x: Features; not used here.
            y: Targets.
            y_pred: Predictions for `x`.
            sample_weight: Weights for the `weighted_metrics`, or None.
        """
        if self._compilation is not None:
            self._compilation.resolve(self._model.prediction_shape, np.shape(y)[1:])
            self._compilation.update_metrics(y, y_pred, sample_weight)
        return self.get_metrics_result()

    @property
    def losses(self) -> list[float]:
        """The penalties on weights, as they are now; and within a step of a
        `compute_loss` of your own those on the outputs of its batch."""
        return self._model._penalties + [
            float(weight.regularizer(weight.value))
            for weight in self._model.trainable_weights
            if weight.regularizer is not None
        ]

    # ---- metrics

    @property
    def metrics(self) -> list[Metric]:
        """The running loss, the compiled metrics, which are made when the model first
        sees data, and metrics that are attributes of the model."""
        compiled = [] if self._compilation is None else self._compilation.metrics
        tracker = [] if self._compilation is None else [self.loss_tracker]
        known = [*tracker, *compiled]
        own = [value for value in vars(self).values() if isinstance(value, Metric)]
        return known + [
            m
            for m in own
            if not any(m is other for other in known) and m is not self.loss_tracker
        ]

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Forgets the loss and the metrics of all batches so far."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """Returns the loss and the metrics since the last reset, by name."""
        return logs_of(self._model)
