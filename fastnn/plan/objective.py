"""The loss of a step: what it is taken of, and how it becomes one number."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from fastnn.losses.loss import CompiledLoss
from fastnn.plan.axes import sample_axes, with_last
from fastnn.plan.fusion import fuse_loss
from fastnn.plan.python_ops import python_loss
from fastnn.plan.row_losses import Reduced
from fastnn.plan.rules.masking import masked_weights
from fastnn.plan.tensor import Held, Op, Tensor

if TYPE_CHECKING:
    from fastnn.losses import Loss
    from fastnn.metrics import Metric
    from fastnn.plan.builder import Builder

__all__ = [
    "WEIGHT",
    "Goal",
    "Y",
    "arranged",
    "logits_op",
    "mask_of_values",
    "record_loss",
    "sources",
]

# Slots of the engine for what the user passes in beside the rows.
Y, WEIGHT = 1, 2

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
        weight_shape: Of the weights of one sample, () for a single one; None if there
            are none.
        target_shape: Of the targets of one sample; for labels, of the predictions.
        scale: Weight of the loss.
    """

    loss: Loss
    metrics: Sequence[Metric]
    weighted_metrics: Sequence[Metric]
    weight_shape: tuple[int, ...] | None
    target_shape: tuple[int, ...]
    scale: float = 1.0


def logits_op(builder: Builder, loss: Loss, prediction: Tensor) -> Op | None:
    """The operation between logits and prediction, if the loss can take its place."""
    if not isinstance(loss, CompiledLoss) or not loss.compiled or loss.from_logits:
        return None
    if loss.axis not in (-1, len(prediction.shape)):
        return None
    return fuse_loss(builder.ops, prediction, loss.kernel)


def arranged(builder: Builder, loss: Loss, x: Tensor) -> Tensor:
    """Records a copy of `x` in which a row is what a value of the loss is taken of; `x`
    itself if that is so already."""
    if not isinstance(loss, CompiledLoss) or not loss.compiled or loss.axis == -1:
        return x
    over, _ = loss_axes(loss, x.shape)
    x = builder.permute(x, with_last(over, len(x.shape)))
    if len(over) == 1:
        return x
    kept = len(x.shape) - len(over)
    shape = (*x.shape[:kept], math.prod(x.shape[kept:]))
    return builder.forward("reshape", x, shape=shape)


def loss_axes(
    loss: CompiledLoss, shape: tuple[int, ...]
) -> tuple[tuple[int, ...], bool]:
    """The axes of a sample that a value is taken over, and whether it is taken over
    the rows of the batch, too."""
    axes = loss.axes
    if axes is None:
        return tuple(range(len(shape))), True
    ndim = len(shape) + 1
    over_rows = loss.batch_kernel is not None and any(a in (0, -ndim) for a in axes)
    further = [a for a in axes if not over_rows or a not in (0, -ndim)]
    return (sample_axes(further, shape) if further else ()), over_rows


def sources(
    builder: Builder, goal: Goal, seed: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Targets as the user gave them; as the loss takes them; and weights."""
    loss = goal.loss
    if loss.target == "values":
        target = builder.source(Y, goal.target_shape, "y")
        own = arranged(builder, loss, target)
    else:
        target = own = builder.tensor("labels", (seed.height,), "int32", padded=False)
        builder.emit("gather_labels", (target,), (), sizes=(Y, seed.height))
    if goal.weight_shape is None:
        return target, own, None
    width = math.prod(goal.weight_shape)
    weight = builder.tensor("sample weight", (width,), padded=False)
    builder.emit("gather", (weight,), (), sizes=(WEIGHT, 1, width, width))
    return target, own, weight


def record_loss(
    builder: Builder,
    goal: Goal,
    seed: Tensor,
    fused: Op | None,
    gradient: Tensor | None,
    target: Tensor,
    weight: Tensor | None,
    log: np.ndarray,
    halts: bool,
    mask: Tensor | None = None,
) -> None:
    """Records the loss of each row, its gradient if there is memory for it, and their
    sum.

    Args:
        builder: What records.
        goal: The loss, and what belongs to it.
        seed: Predictions, or logits if an operation is `fused` with the loss.
        fused: That operation.
        gradient: Where d loss / d seed goes.
        target: Targets, as the loss takes them.
        weight: Weights.
        log: What the sum is added to.
        halts: Whether a loss that is not finite ends the run.
        mask: Which rows of the predictions count.
    """
    loss = goal.loss
    reduced = Reduced(_reduction(loss), goal.scale, weight)
    if isinstance(loss, CompiledLoss) and loss.compiled:
        _, over_rows = loss_axes(loss, goal.target_shape)
        mask = _mask(builder, loss, target, mask)
        reduced = dataclasses.replace(reduced, mask=mask, of_batch=over_rows)
        out = None if fused is None else cast("Tensor", fused.outputs[0])
        values, reduced = loss.lower(builder, seed, target, gradient, out, reduced)
    else:
        values = builder.tensor("loss values", (1,), "float64", padded=False)
        call = python_loss(loss, reduced.reduction, goal.scale)
        outputs, inputs = (values, gradient), (seed, target, weight)
        builder.emit("python", outputs, inputs, call=call)
    reduction, per_weight, of_batch = reduced.sizes
    builder.emit(
        "loss_total",
        (Held("log", log),),
        (values, weight, reduced.mask),
        sizes=(values.width, int(halts), 0, 0, reduction, per_weight, of_batch),
        scalars=(goal.scale,),
    )


def mask_of_values(builder: Builder, goal: Goal, prediction: Tensor) -> Tensor | None:
    """Which values of the loss count, by the mask of the predictions; None for all.

    Raises:
        ValueError: If there is a mask, and the loss has not one value for each of it.
    """
    mask, loss = builder.mask_of(prediction), goal.loss
    if mask is None:
        return None
    compiled = isinstance(loss, CompiledLoss) and loss.compiled and loss.axis == -1
    if not compiled or mask.shape != prediction.shape[:-1]:
        raise ValueError(
            "Expected a loss of fastnn.losses, taken over the last axis, where a mask "
            f"of shape {(None, *mask.shape)} arrives. Received: {loss!r}, predictions "
            f"of shape {(None, *prediction.shape)}; Flatten, for one, ends a mask"
        )
    return mask


def _mask(
    builder: Builder, loss: CompiledLoss, labels: Tensor, mask: Tensor | None
) -> Tensor | None:
    """Which rows count: those of a mask, and where no label stands for none."""
    if loss.ignored is None:
        return mask
    labelled = builder.tensor("mask", labels.shape, padded=False)
    sizes = (labels.width, loss.ignored)
    builder.emit("label_mask", (labelled,), (labels,), sizes=sizes)
    if mask is None:
        return labelled
    return masked_weights(builder, mask, labelled, mean=False)


def _reduction(loss: Loss) -> int:
    if loss.reduction not in _REDUCTIONS:
        raise ValueError(
            "Expected a loss with a reduction to train or evaluate with. Received: "
            f"reduction={loss.reduction!r}"
        )
    return _REDUCTIONS[loss.reduction]
