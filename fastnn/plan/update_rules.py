"""The rules of optimizers: over stretches of weights, each weight, or in Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from fastnn._core import kernels
from fastnn.plan.sharing import splits_inputs
from fastnn.plan.tensor import Held
from fastnn.plan.update_muon import record_muon

if TYPE_CHECKING:
    from fastnn.plan.arena import Arena, Stretch
    from fastnn.plan.update_stages import Stages
    from fastnn.variable import Variable

__all__ = ["record_elementwise", "record_rule"]

# Elements of a matrix whose update is worth an operation of its own.
_LARGE = 1 << 16


def record_rule(stages: Stages, kernel: str | None, variables: list[Variable]) -> None:
    """Records what an optimizer does to weights once their gradients are ready."""
    if kernel is None:
        _record_python(stages, variables)
    elif kernel == "muon":
        record_muon(stages, variables, record_elementwise)
    elif kernel in _WHOLE:
        _WHOLE[kernel](stages, variables)
    else:
        record_elementwise(stages, kernel, variables, stages.hyper)


def record_elementwise(
    stages: Stages, kernel: str, variables: list[Variable], hyper: Held
) -> None:
    """Records passes over whole stretches of weights."""
    member = stages.member
    for arena, stretch, grain in _owned(variables):
        part = slice(stretch.offset, stretch.offset + stretch.size)
        slots = [
            None if name is None else Held(name, member.slot_values[name][arena][part])
            for name in member.slots
        ]
        stages.emit(
            kernel,
            (Held("weights", arena.values[part]), *slots),
            (stages.gradient(arena, part), hyper, stages.clock, *stages.shared),
            sizes=(stretch.size, grain),
        )


def _owned(variables: list[Variable]) -> Iterator[tuple[Arena, Stretch, int]]:
    """Stretches to update, with the elements of a grain that one thread takes.

    A large matrix is a stretch of its own, shared out by the rows that a thread
    computes the gradient of: they are in that core's cache. So is one of many rows,
    which threads share in the blocks that products sum over (a negative grain).
    """
    from fastnn.plan.arena import adopt

    grains = [(variable, _grain(variable)) for variable in variables]
    for arena in adopt(variables):
        for stretch in arena.stretches(v for v, grain in grains if not grain):
            yield arena, stretch, 0
        for variable, grain in grains:
            for stretch in arena.stretches([variable] if grain else []):
                yield arena, stretch, grain


def _grain(variable: Variable) -> int:
    """The grain of a matrix that is a stretch of its own, else 0."""
    if variable.value.ndim != 2:
        return 0
    inputs, units = variable.shape
    row = variable.value.strides[0] // variable.value.itemsize
    if splits_inputs(inputs, units, variable.value.itemsize):
        return -row
    return kernels.TILE_ROWS * row if variable.value.size >= _LARGE else 0


def _record_lamb(stages: Stages, variables: list[Variable]) -> None:
    member = stages.member
    for variable in variables:
        for arena, part, size in stages.stretches([variable]):
            slots = (
                member.slot_values[name][arena][part] for name in member.slots if name
            )
            stages.emit(
                "lamb_update",
                (Held("weight", arena.values[part]), *(Held("slot", s) for s in slots)),
                (stages.gradient(arena, part), stages.hyper, stages.clock),
                sizes=(size,),
            )


def _record_adafactor(stages: Stages, variables: list[Variable]) -> None:
    for variable in variables:
        *leading, rows, columns = (1, 1, *variable.shape)
        velocity, *means = (
            stages.member.slot_of(name, variable)
            for name in ("velocity", "row_mean", "column_mean")
        )
        held = [None if mean is None else Held(mean.name, mean.value) for mean in means]
        assert velocity is not None  # every weight has one
        stages.emit(
            "adafactor_update",
            (variable, Held("velocity", velocity.value), *held),
            (stages.update.gradient_of(variable), stages.hyper, stages.clock),
            sizes=(
                math.prod(leading), rows, columns, _row(variable.value),
                0 if means[0] is None else _row(means[0].value),
            ),
        )  # fmt: skip


def _row(array: np.ndarray) -> int:
    """Elements from the start of a padded row to the start of the next."""
    from fastnn.variable import padded_width

    return padded_width(array.shape[-1] if array.ndim else 1, array.itemsize)


def _record_python(stages: Stages, variables: list[Variable]) -> None:
    """A user's own rule, one call for each weight."""
    for variable in variables:
        call = _update_step(stages, variable)
        gradient = stages.update.gradient_of(variable)
        stages.emit("python", (variable,), (gradient,), call=call)


def _update_step(stages: Stages, variable: Variable) -> Callable[..., None]:
    member = stages.member

    def call(weight: np.ndarray, gradient: np.ndarray) -> None:
        # a copy: the method may keep what it is given
        member.update_step(gradient.copy(), variable, float(member.hyper[0]))

    return call


_WHOLE = {"lamb_update": _record_lamb, "adafactor_update": _record_adafactor}
