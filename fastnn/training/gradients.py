"""The gradients of a model's loss, for steps that a user writes in Python."""

from __future__ import annotations

import dataclasses
import inspect
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.losses import Loss
from fastnn.plan.arena import adopt
from fastnn.plan.binding import bind
from fastnn.plan.lowering import lower_output_penalties, lower_step
from fastnn.plan.objective import Goal
from fastnn.plan.update import Update
from fastnn.threads import get_num_threads
from fastnn.training.inputs import (
    features,
    labelled,
    target_shape,
    unchecked,
    weight_shape,
)
from fastnn.training.plans import check_output

if TYPE_CHECKING:
    from fastnn.data import Arrays
    from fastnn.models.model import Model
    from fastnn.plan.binding import Bound
    from fastnn.plan.tensor import Tensor

__all__ = [
    "call_compute_loss",
    "gradients_of",
    "numerical_derivative",
    "output_penalty",
]

# Of central differences in float64: the cube root of its precision, as usual.
_STEP = 6e-6


class _GradientsOnly(Update):
    """Leaves the weights alone."""

    changes = False

    def __init__(self, model: Model):
        super().__init__(
            model.compilation.optimizer, adopt(model.weights), model.trainable_weights
        )

    def record(self, builder: Any, trainable: Any) -> None:
        """Records nothing."""

    def record_constraints(self, builder: Any, trainable: Any) -> None:
        """Records nothing."""


class _OwnLoss(Loss):
    """What the model's own `compute_loss` says of the batch under way."""

    def __init__(self, model: Model):
        super().__init__(name="loss", reduction="sum")
        self._model: Any = weakref.proxy(model)  # which holds this
        self.batch: tuple[Any, Any, Any] = (None, None, None)
        self.loss = 0.0
        self.outputs_log = np.zeros(2)

    def values(self, y_true: Any, y_pred: np.ndarray) -> np.ndarray:
        x, y, sample_weight = self.batch
        self._model._penalties = [float(self.outputs_log[1])]
        self.loss = call_compute_loss(
            self._model, x, y, np.array(y_pred), sample_weight, training=True
        )
        return np.full(len(y_pred), self.loss / len(y_pred))

    def gradient(self, y_true: Any, y_pred: np.ndarray) -> np.ndarray:
        x, y, sample_weight = self.batch
        derivative = self._model.compute_loss_gradient(
            x, y, np.array(y_pred), sample_weight
        )
        if np.shape(derivative) != y_pred.shape:
            raise ValueError(
                "Expected `compute_loss_gradient` to return an array of shape "
                f"{y_pred.shape}. Received: shape {np.shape(derivative)}"
            )
        return np.asarray(derivative)


@dataclasses.dataclass
class GradientPlan:
    """A training step without its update, in memory."""

    key: Any
    bound: Bound
    update: _GradientsOnly
    prediction: Tensor
    log: np.ndarray
    own: _OwnLoss | None


def gradients_of(
    model: Model, x: Any, y: Any, sample_weight: Any
) -> tuple[float, list[np.ndarray], np.ndarray]:
    """The loss of a batch, its gradients in the order of the trainable weights, and the
    predictions."""
    with model._evaluating():
        if hasattr(model.compute_loss, "is_default"):
            arrays = labelled(model, x, y, sample_weight)
            return _run(model, arrays, None)
        arrays = unchecked(model, x, y, sample_weight)
        return _run(model, arrays, (x, y, sample_weight))


def _run(model, arrays: Arrays, batch) -> tuple[float, list[np.ndarray], np.ndarray]:
    plan = _plan(model, arrays, own=batch is not None)
    targets, weight = arrays.y, arrays.weight
    if plan.own is not None:
        plan.own.batch = batch
        plan.own.outputs_log[:] = 0
        targets, weight = np.zeros((arrays.rows, 1), model.dtype), None
    plan.log[:] = 0
    program = plan.bound.program
    program.bind(arrays.x, targets, weight)
    try:
        iteration, start = model.compilation.optimizer.steps_taken, 0
        while start < len(plan.bound.ops):  # goes on if the loss is not finite
            _, halted = program.run(
                arrays.rows, arrays.rows, 0, 1, iteration=iteration, start_op=start
            )
            start = halted + 1 if halted >= 0 else len(plan.bound.ops)
    finally:
        program.release()
        if plan.own is not None:
            plan.own.batch = (None, None, None)
            model._penalties = []
    gradients = [_gradient(plan, weight) for weight in model.trainable_weights]
    prediction = plan.bound.memory.view(plan.prediction)[: arrays.rows].copy()
    loss = plan.log[2] / plan.log[3] if plan.own is None else plan.own.loss
    return float(loss), gradients, prediction


def _gradient(plan: GradientPlan, weight: Any) -> np.ndarray:
    held = plan.update.gradient_of(weight)
    assert held is not None  # the weight is trainable
    return np.array(held.array, order="C")


def _plan(model: Model, arrays: Arrays, *, own: bool) -> GradientPlan:
    compilation = model.compilation
    shape = (1,) if own else target_shape(model, arrays)
    weights = None if own else weight_shape(arrays)
    key = (
        compilation, own, weights, shape, get_num_threads(),
        tuple(map(id, model.trainable_weights)),
    )  # fmt: skip
    plan = model.plans.gradients
    if plan is None or plan.key != key or plan.bound.memory.capacity < arrays.rows:
        plan = _make(model, arrays, key, shape, weights, own)
        model.plans.gradients = plan
    return plan


def _make(model, arrays, key, shape, weights, own) -> GradientPlan:
    compilation = model.compilation
    compilation.resolve(model.prediction_shape)
    loss = _OwnLoss(model) if own else None
    if loss is None:
        goal = compilation.goal(weights, shape)
        goal = dataclasses.replace(goal, metrics=[], weighted_metrics=[])
    else:
        goal = Goal(loss, [], [], None, shape)
    log, update = np.zeros(4), _GradientsOnly(model)
    steps = lower_step(
        [model], model.sample_shape, model.dtype, goal, update, log,
        get_num_threads(), outputs_log=None if loss is None else loss.outputs_log,
    )  # fmt: skip
    check_output(model, steps.prediction.shape)
    bound = bind(steps.ops, arrays.rows, model.dtype, (steps.prediction,))
    return GradientPlan(key, bound, update, steps.prediction, log, loss)


def output_penalty(model: Model, x: Any) -> float:
    """The penalties on what layers return for a batch, outside training."""
    log = np.zeros(2)
    ops = lower_output_penalties([model], model.sample_shape, model.dtype, log)
    if ops:
        rows = features(model, x)
        program = bind(ops, len(rows), model.dtype).program
        program.bind(rows)
        program.run(len(rows), len(rows), 0, 1)
    return float(log[1])


def call_compute_loss(
    model: Model, x: Any, y: Any, y_pred: Any, sample_weight: Any, *, training: bool
) -> float:
    """Calls `compute_loss`, which may do without the argument `training`."""
    arguments: dict[str, Any] = {}
    if "training" in inspect.signature(model.compute_loss).parameters:
        arguments["training"] = training
    loss = model.compute_loss(x, y, y_pred, sample_weight, **arguments)
    if loss is None or np.size(loss) != 1:
        raise ValueError(
            "Expected `compute_loss` to return one number. Received: "
            f"{'None' if loss is None else f'shape {np.shape(loss)}'}"
        )
    return float(np.reshape(loss, ()))


def numerical_derivative(
    model: Model, x: Any, y: Any, y_pred: np.ndarray, sample_weight: Any
) -> np.ndarray:
    """The derivative of `compute_loss` with respect to `y_pred`, by central differences
    in float64: two calls for each number."""
    at = np.array(y_pred, np.float64)
    derivative = np.empty_like(at)
    for index in np.ndindex(at.shape):
        value = at[index]
        h = _STEP * max(1.0, abs(value))
        sides = []
        for moved in (value + h, value - h):
            at[index] = moved
            sides.append(
                call_compute_loss(model, x, y, at.copy(), sample_weight, training=True)
            )
        at[index] = value
        derivative[index] = (sides[0] - sides[1]) / (2 * h)
    return derivative
