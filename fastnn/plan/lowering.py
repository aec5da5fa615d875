"""From a compiled model to the operations of one step."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from fastnn.plan.builder import Builder
from fastnn.plan.fusion import (
    fetch_ahead,
    fuse_backward,
    fuse_forward,
    list_rows,
    read_in_place,
)
from fastnn.plan.gradients import record_backward
from fastnn.plan.objective import (
    WEIGHT,
    Goal,
    Y,
    arranged,
    logits_op,
    mask_of_values,
    record_loss,
    sources,
)
from fastnn.plan.penalties import record_penalties, record_penalty_gradients
from fastnn.plan.python_ops import python_metric
from fastnn.plan.rules.activity import record_values
from fastnn.plan.rules.categories import as_values
from fastnn.plan.rules.masking import masked_weights
from fastnn.plan.tensor import Op, Tensor
from fastnn.plan.update import Update

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.losses import Loss

__all__ = [
    "WEIGHT",
    "Goal",
    "Steps",
    "X",
    "Y",
    "lower_output_penalties",
    "lower_prediction",
    "lower_step",
]

# The slot of the engine for the rows; predictions go out through Y.
X = 0


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


def lower_output_penalties(
    layers: Sequence[Layer], input_shape: tuple[int, ...], dtype: str, log: np.ndarray
) -> list[Op]:
    """The operations that add the penalties on outputs, outside training, to `log[1]`;
    none if there are no such penalties."""
    builder = Builder(dtype, training=False)
    _forward(builder, layers, input_shape)
    forward = len(builder.ops)
    record_values(builder, builder.ops[:forward], log)
    return builder.ops if len(builder.ops) > forward else []


def lower_step(
    layers: Sequence[Layer],
    input_shape: tuple[int, ...],
    dtype: str,
    goal: Goal,
    update: Update | None,
    log: np.ndarray,
    threads: int,
    fuse: bool = True,
    outputs_log: np.ndarray | None = None,
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
        outputs_log: What the penalties on outputs go to, at [1]; by default `log`.
    """
    builder = Builder(dtype, training=update is not None)
    prediction = _forward(builder, layers, input_shape)
    fused = logits_op(builder, goal.loss, prediction) if fuse else None
    seed = prediction if fused is None else cast("Tensor", fused.inputs[0])
    seed = arranged(builder, goal.loss, seed)
    forward = builder.ops
    builder.ops = []

    target, own_target, weight = sources(builder, goal, seed)
    mask = mask_of_values(builder, goal, prediction)
    trainable = builder.trainable
    record_penalties(builder, trainable, log)
    record_values(builder, forward, log if outputs_log is None else outputs_log)
    gradient = None
    if update is not None and builder.needs_gradient(seed):
        gradient = builder.tensor("d prediction", seed.shape)
    record_loss(
        builder, goal, seed, fused, gradient, own_target, weight, log,
        halts=update is not None, mask=mask,
    )  # fmt: skip
    unweighted = None
    if mask is not None:
        unweighted = masked_weights(builder, mask, None, mean=False)
        weight = masked_weights(builder, mask, weight, mean=False)
    for metric in goal.metrics:
        _metric(builder, metric, prediction, target, goal.loss, unweighted)
    for metric in goal.weighted_metrics:
        _metric(builder, metric, prediction, target, goal.loss, weight)
    if update is not None and gradient is not None:
        update.record_scaling(builder, gradient)
    objective = builder.ops

    builder.ops = []
    if fuse:
        forward = fuse_forward(forward, differentiated=gradient is not None)
    if update is not None and gradient is not None:
        builder.loss_scale = update.scale
        record_backward(builder, forward, seed, gradient, update.gradient_of, threads)
        for record in builder.after_backward:
            record(update.gradient_of)
        update.record_unscaling(builder)
        record_penalty_gradients(builder, trainable, update.gradient_of)
        update.record(builder, trainable)
        update.record_constraints(builder, trainable)
    elif update is not None:
        update.record_count(builder, all_steps=True)
    backward = fuse_backward(builder.ops) if fuse else builder.ops
    ops = [*forward, *objective, *backward, *builder.updates]
    if fuse:
        ops = list_rows(fetch_ahead(ops))
    return Steps(ops, forward, prediction)


def _forward(builder, layers, input_shape) -> Tensor:
    if layers and layers[0].reads:
        x = builder.read(layers[0], X, input_shape)
        layers = layers[1:]
    else:
        x = builder.source(X, input_shape, "x")
    for layer in layers:
        x = builder.apply(layer, x)
    return as_values(builder, x)


def _metric(builder, metric, prediction, target, loss, weight) -> None:
    """Records an update of one metric, compiled if it says how."""
    with builder.belonging_to(metric.name):
        takes = metric.compiled and _for_metrics(loss, target, weight)
        if takes and metric.fits(prediction, target):
            metric.lower(builder, prediction, target, weight)
            return
        call = python_metric(metric, weighted=weight is not None)
        builder.emit("python", (), (prediction, target, weight), call=call)


def _for_metrics(loss: Loss, target: Tensor, weight: Tensor | None) -> bool:
    """Whether a compiled metric can take the targets and weights of a loss: labels that
    are all classes along the last axis, and one weight for a sample."""
    if weight is not None and weight.width > 1:
        return False
    if target.dtype != "int32":
        return True
    own = getattr(loss, "ignored", None), getattr(loss, "axis", -1)
    return loss.target == "labels" and own == (None, -1)
