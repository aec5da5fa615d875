"""Where a loss that is not finite comes from."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from fastnn.data import Arrays
from fastnn.plan.binding import bind
from fastnn.plan.tensor import Tensor
from fastnn.training.plans import StepPlan

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["NonFiniteReport", "find_nonfinite"]


@dataclasses.dataclass(frozen=True)
class NonFiniteReport:
    """What was found when the loss of a step was NaN or infinite.

    Attributes:
        loss: The loss.
        epoch: Of the step, from 0; None outside `fit`.
        batch: Number of the step within the epoch, from 0.
        layer: The first layer with a weight or an output that is not finite; None if
            the data or the loss itself are not.
        where: What is not finite first, in words.
    """

    loss: float
    epoch: int | None
    batch: int
    layer: str | None
    where: str

    def __str__(self) -> str:
        epoch = "" if self.epoch is None else f"epoch {self.epoch + 1}, "
        return (
            f"the loss is {self.loss} in {epoch}batch {self.batch} (counted from 0); "
            f"first not finite: {self.where}"
        )


def find_nonfinite(
    model: Model,
    plan: StepPlan,
    arrays: Arrays,
    rows: np.ndarray,
    *,
    epoch: int | None,
    batch: int,
    iteration: int,
) -> NonFiniteReport:
    """Runs the forward pass of a batch again and looks at each tensor.

    Args:
        rows: Numbers of the batch's rows.
        iteration: Updates made before the step; random layers depend on it.
    """
    layer, where = _search(model, plan, arrays, rows, iteration)
    loss = float(model.plans.log[0])
    return NonFiniteReport(loss, epoch, batch, layer, where)


def _search(model, plan, arrays, rows, iteration) -> tuple[str | None, str]:
    for name, data in (("x", arrays.x), ("y", arrays.y)):
        row = _first_bad(data[rows])
        if row is not None:
            return None, f"`{name}` in row {rows[row]} of the data"
    weights = {layer.name: layer._own_weights() for layer in model._flatten_layers()}
    for layer, tensor, values in _forward(model, plan, arrays, rows, iteration):
        for weight in weights.pop(layer, ()):
            if not np.isfinite(weight.value).all():
                return layer, f"weight {weight.name!r} of layer {layer!r}"
        row = _first_bad(values)
        if row is not None:
            part = tensor.name.removeprefix(f"{layer}/")
            return (
                layer,
                f"output of layer {layer!r} ({part}), row {rows[row]} of the data",
            )
    return None, "the loss itself, of finite predictions"


def _forward(model, plan, arrays, rows, iteration):
    """(layer, tensor, its values) in the order in which they are computed."""
    ops = plan.steps.forward
    results = [(op.layer, op.outputs[0]) for op in ops]
    tensors = [
        tensor
        for _, tensor in results
        if isinstance(tensor, Tensor) and tensor.per_sample
    ]
    bound = bind(ops, len(rows), model.dtype, tuple(tensors))
    bound.program.bind(np.ascontiguousarray(arrays.x[rows]))
    bound.program.run(len(rows), len(rows), 0, 1, iteration=iteration)
    for layer, tensor in results:
        if tensor in tensors:
            yield layer, tensor, bound.memory.view(tensor)


def _first_bad(values: np.ndarray) -> int | None:
    """Position of the first row with a value that is not finite."""
    if values.dtype.kind != "f":
        return None
    bad = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
    return int(np.argmax(bad)) if bad.any() else None
