"""From a compiled model to the operations of one step."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from fastnn.losses.loss import CompiledLoss
from fastnn.plan.builder import Builder
from fastnn.plan.fusion import (
    fetch_ahead,
    fuse_backward,
    fuse_forward,
    fuse_loss,
    read_in_place,
)
from fastnn.plan.gradients import record_backward
from fastnn.plan.penalties import record_penalties, record_penalty_gradients
from fastnn.plan.python_ops import python_loss, python_metric
from fastnn.plan.row_losses import row_losses
from fastnn.plan.rules.activity import record_values
from fastnn.plan.rules.categories import as_values
from fastnn.plan.tensor import Held, Op, Tensor
from fastnn.plan.update import Update

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.losses import Loss
    from fastnn.metrics import Metric

__all__ = [
    "WEIGHT",
    "Goal",
    "Steps",
    "X",
    "Y",
    "lower_prediction",
    "lower_step",
]

# Slots of the engine for what the user passes in; predictions go out through Y.
X, Y, WEIGHT = 0, 1, 2

_REDUCTIONS = {
    "sum": 0,
    "sum_over_batch_size": 1,
    "mean": 1,
    "mean_with_sample_weight": 2,
}


@dataclasses.dataclass(frozen=True)
class Goal:
    """What predictions are held against.

    Attributes:
        loss: The loss.
        metrics: Metrics that give every row the same weight.
        weighted_metrics: Metrics that use the weights of the rows.
        weighted: Whether rows have weights.
        target_shape: Of the targets of one sample; for labels, of the predictions.
        loss_weight: Factor of the loss.
    """

    loss: Loss
    metrics: Sequence[Metric]
    weighted_metrics: Sequence[Metric]
    weighted: bool
    target_shape: tuple[int, ...]
    loss_weight: float = 1.0


@dataclasses.dataclass
class Steps:
    """The operations of a step.

    Attributes:
        ops: In the order in which they run.
        forward: Those of them that lead from the rows to what the loss looks at.
        prediction: What the network says.
    """

    ops: list[Op]
    forward: list[Op]
    prediction: Tensor


def lower_prediction(
    layers: Sequence[Layer], input_shape: tuple[int, ...], dtype: str, training: bool
) -> tuple[list[Op], tuple[int, ...]]:
    """The operations that predict, and the shape of one prediction."""
    builder = Builder(dtype, training=training)
    out = _forward(builder, layers, input_shape)
    ops = read_in_place(fuse_forward(builder.ops))
    sizes = (Y, out.height, out.width, out.row)
    scatter = Op("scatter", (), (out,), sizes=sizes)
    return [*ops, scatter, *builder.updates], out.shape


def lower_step(
    layers: Sequence[Layer],
    input_shape: tuple[int, ...],
    dtype: str,
    goal: Goal,
    update: Update | None,
    log: np.ndarray,
    threads: int,
    fuse: bool = True,
) -> Steps:
    """The operations of a step of training, or of evaluation without `update`.

    Args:
        layers: The network.
        input_shape: Of one sample.
        dtype: "float32" or "float64".
        goal: What predictions are held against.
        update: How weights change; None to leave them.
        log: [loss of the batch, penalty of the batch, sum of loss * rows, sum of rows];
            the steps add to it.
        threads: The most threads that will run the plan.
        fuse: Whether to merge operations.
    """
    builder = Builder(dtype, training=update is not None)
    prediction = _forward(builder, layers, input_shape)
    logits_op = _logits_op(builder, goal.loss, prediction) if fuse else None
    forward = builder.ops
    builder.ops = []

    target = _target(builder, goal.loss.target, goal.target_shape)
    weight = _weight(builder) if goal.weighted else None
    trainable = builder.trainable
    record_penalties(builder, trainable, log)
    record_values(builder, forward, log)
    seed = prediction if logits_op is None else cast("Tensor", logits_op.inputs[0])
    gradient = None
    if update is not None and builder.needs_gradient(seed):
        gradient = builder.tensor("d prediction", seed.shape)
    values = _loss(builder, goal, seed, logits_op, gradient, target, weight)
    if goal.loss_weight != 1:
        _weigh(builder, values, gradient, goal.loss_weight)
    builder.emit(
        "loss_total",
        (Held("log", log),),
        (values, weight),
        sizes=(values.shape[0], int(update is not None), 0, 0, _reduction(goal.loss)),
    )
    for metric in goal.metrics:
        _metric(builder, metric, prediction, target, None)
    for metric in goal.weighted_metrics:
        _metric(builder, metric, prediction, target, weight)
    objective = builder.ops

    builder.ops = []
    if fuse:
        forward = fuse_forward(forward, differentiated=gradient is not None)
    if update is not None and gradient is not None:
        record_backward(builder, forward, seed, gradient, update.gradient_of, threads)
        record_penalty_gradients(builder, trainable, update.gradient_of)
        update.record(builder, trainable)
        update.record_constraints(builder, trainable)
    backward = fuse_backward(builder.ops) if fuse else builder.ops
    ops = [*forward, *objective, *backward, *builder.updates]
    return Steps(fetch_ahead(ops) if fuse else ops, forward, prediction)


def _forward(builder, layers, input_shape) -> Tensor:
    if layers and layers[0].reads:
        x = builder.read(layers[0], X, input_shape)
        layers = layers[1:]
    else:
        x = builder.source(X, input_shape, "x")
    for layer in layers:
        x = builder.apply(layer, x)
    return as_values(builder, x)


def _logits_op(builder: Builder, loss: Loss, prediction: Tensor) -> Op | None:
    """The operation between logits and prediction, if the loss can take its place."""
    if not isinstance(loss, CompiledLoss) or not loss.compiled or loss.from_logits:
        return None
    return fuse_loss(builder.ops, prediction, loss.kernel)


def _target(builder: Builder, target: str, shape: tuple[int, ...]) -> Tensor:
    if target == "values":
        return builder.source(Y, shape, "y")
    height = int(np.prod(shape[:-1]))
    labels = builder.tensor("labels", (height,), "int32", padded=False)
    builder.emit("gather_labels", (labels,), (), sizes=(Y, height))
    return labels


def _weight(builder: Builder) -> Tensor:
    weight = builder.tensor("sample weight", (1,), padded=False)
    builder.emit("gather", (weight,), (), sizes=(WEIGHT, 1, 1, 1))
    return weight


def _reduction(loss: Loss) -> int:
    if loss.reduction not in _REDUCTIONS:
        raise ValueError(
            "Expected a loss with a reduction to train or evaluate with. Received: "
            f"reduction={loss.reduction!r}"
        )
    return _REDUCTIONS[loss.reduction]


def _loss(builder, goal, seed, logits_op, gradient, target, weight) -> Tensor:
    """Records the loss of each row, and its gradient if there is memory for it."""
    loss = goal.loss
    if not loss.compiled:
        values = builder.tensor("loss values", (1,), "float64", padded=False)
        call = python_loss(loss, _reduction(loss))
        outputs, inputs = (values, gradient), (seed, target, weight)
        builder.emit("python", outputs, inputs, call=call)
        return values
    if logits_op is not None:
        kernel, out = loss.logits_kernel, logits_op.outputs[0]
    elif loss.from_logits:
        kernel, out = loss.logits_kernel, builder.tensor("probabilities", seed.shape)
    else:
        kernel, out = loss.kernel, None
    return row_losses(
        builder, kernel, loss.scalars, seed, target, weight, gradient, out,
        _reduction(loss),
    )  # fmt: skip


def _weigh(builder, values, gradient, weight) -> None:
    sizes = (0, 0, 0)
    if gradient is not None:
        sizes = (gradient.height, gradient.width, gradient.row)
    builder.emit(
        "weigh_loss",
        (values, gradient),
        (),
        sizes=(values.shape[0], *sizes),
        scalars=(weight,),
    )


def _metric(builder, metric, prediction, target, weight) -> None:
    """Records an update of one metric, compiled if it says how."""
    with builder.belonging_to(metric.name):
        if metric.compiled and metric.fits(prediction, target):
            metric.lower(builder, prediction, target, weight)
            return
        call = python_metric(metric, weighted=weight is not None)
        builder.emit("python", (), (prediction, target, weight), call=call)
