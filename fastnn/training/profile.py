"""The measured time of each operation of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from fastnn.plan.arena import adopt
from fastnn.plan.binding import Bound, bind
from fastnn.plan.lowering import lower_prediction
from fastnn.plan.tensor import Op
from fastnn.training.plans import Plans

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["profile"]

_REPEATS = 30
_MODES = ("train", "evaluate", "predict")


def profile(
    model: Model,
    rows: int,
    mode: str | None,
    only: Callable[[Op], bool] | None = None,
) -> tuple[str, list[Op], list[float]]:
    """Title, operations, and the seconds that each takes for a batch of `rows`.

    Those that `only` is true of are measured without the others, whose seconds are
    infinite then: their operands stay in the cache.

    Raises:
        ValueError: If `mode` is not known.
    """
    if mode is None:
        mode = "train" if model.loss is not None else "predict"
    if mode not in _MODES:
        raise ValueError(f"Expected `mode` to be one of {_MODES}. Received: {mode=}")
    title = f"{mode} plan of {model.name!r}, {model.dtype}"
    x = np.random.Generator(np.random.Philox(0)).random((rows, *model.sample_shape))
    x = x.astype(np.int32 if model.reads else model.dtype)
    if mode == "predict":
        return title, *_profile_prediction(model, x, only)
    return title, *_profile_step(model, x, only, training=mode == "train")


def _profile_prediction(
    model: Model, x: np.ndarray, only: Callable[[Op], bool] | None
) -> tuple[list[Op], list[float]]:
    if model.weights:
        adopt(model.weights)
    ops, shape = lower_prediction(
        [model], model.sample_shape, model.dtype, training=False
    )
    bound = bind(ops, len(x), model.dtype)
    bound.program.bind(x, np.empty((len(x), *shape), model.dtype))
    return bound.ops, _measure(bound, len(x), only)


def _profile_step(
    model: Model,
    x: np.ndarray,
    only: Callable[[Op], bool] | None,
    *,
    training: bool,
) -> tuple[list[Op], list[float]]:
    compilation = model.compilation
    compilation.resolve(model.prediction_shape)
    shape = model.prediction_shape
    y = np.zeros((len(x), *shape), model.dtype)
    loss = compilation.loss
    if loss is not None and loss.target != "values":
        y = np.zeros((len(x), *loss.values_shape(shape)), np.int32)
    plan = Plans().step(
        model, len(x), training=training, weight_shape=None, target_shape=shape
    )
    plan.bound.program.bind(x, y)
    kept = _state(model)
    copies = [block.copy() for block in kept]
    try:
        return plan.bound.ops, _measure(plan.bound, len(x), only)
    finally:
        for block, copy in zip(kept, copies, strict=True):
            block[...] = copy


def _state(model: Model) -> list[np.ndarray]:
    """All memory that a step changes."""
    blocks = [arena.values for arena in adopt(model.weights)] if model.weights else []
    blocks.extend(variable.value for variable in model.compilation.optimizer.variables)
    for metric in model.metrics:
        blocks.extend(variable.value for variable in metric.variables)
    return blocks


def _measure(bound: Bound, rows: int, only: Callable[[Op], bool] | None) -> list[float]:
    if only is None:
        return bound.program.profile(rows, _REPEATS)
    bound.program.profile(rows, 1)  # what they read, others have written
    positions = [i for i, op in enumerate(bound.ops) if only(op)]
    return bound.program.profile(rows, _REPEATS, positions)
