"""Muon's rule: matrices by their orthogonalized momentum, all else by Adam's rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from fastnn.plan.tensor import Held, Tensor

if TYPE_CHECKING:
    from fastnn.optimizers import Muon
    from fastnn.plan.update_stages import Stages
    from fastnn.variable import Variable

__all__ = ["record_muon"]

# Elements of a partial sum of squares, as in the kernels.
_CHUNK = 4096


def record_muon(
    stages: Stages, variables: list[Variable], record_elementwise: Callable[..., None]
) -> None:
    """Records Muon's update of some weights."""
    member = cast("Muon", stages.member)
    by_adam = [v for v in variables if member.uses_adam(v)]
    if by_adam:
        settings = Held("settings of Adam", np.zeros(4))
        ratio = float(member.adam_lr_ratio)
        sizes = (len(settings.array),)
        inputs = (stages.hyper,)
        stages.emit(
            "scaled_settings", (settings,), inputs, sizes=sizes, scalars=(ratio,)
        )
        record_elementwise(stages, "adam_update", by_adam, settings)
    for variable in variables:
        if not any(variable is other for other in by_adam):
            _Matrix(stages, variable).record()


class _Matrix:
    """The update of one matrix.

    The direction is `x`, and `turned` its transpose; the iteration works on whichever
    of them has fewer rows.
    """

    def __init__(self, stages: Stages, variable: Variable):
        self.stages = stages
        self.member = cast("Muon", stages.member)
        self.variable = variable
        self.dtype = variable.dtype
        rows, columns = variable.shape
        self.few, self.many = min(rows, columns), max(rows, columns)
        self.x = self._scratch("direction", rows, columns)
        self.turned = self._scratch("direction, transposed", columns, rows)

    def record(self) -> None:
        self._direction()
        wide, tall = self.x, self.turned
        if self.few == self.variable.shape[1]:
            wide, tall = tall, wide
        member = self.member
        gram = self._scratch("gram", self.few, self.few)
        mixed = self._scratch("polynomial", self.few, self.few)
        a, b, c = member.muon_a, member.muon_b, member.muon_c
        for _ in range(member.ns_steps):
            self._symmetric(gram, wide, tall, None, 1.0, 0.0)
            self._symmetric(mixed, gram, gram, gram, c, b)
            further = self._scratch("direction", self.few, self.many)
            turned = self._scratch("direction, transposed", self.many, self.few)
            self._product(further, turned, mixed, wide, wide, 1.0, a)
            wide, tall = further, turned
        change = tall if self.few == self.variable.shape[1] else wide
        rows, columns = self.variable.shape
        self.stages.emit(
            "muon_update",
            (self.variable,),
            (change, self.stages.hyper),
            sizes=(rows, columns, change.row),
            scalars=(self._factor(),),
        )

    def _factor(self) -> float:
        rate = self.member.rms_rate
        return 1.0 if rate is None else math.sqrt(self.many) * rate

    def _scratch(self, name: str, rows: int, columns: int) -> Tensor:
        return Tensor(name, (rows, columns), self.dtype, per_sample=False)

    def _direction(self) -> None:
        """Records the momentum, the direction, and its division by its norm."""
        stages, member, x = self.stages, self.member, self.x
        for arena, part, size in stages.stretches([self.variable]):
            momentum = Held("momentum", member.slot_values["momentum"][arena][part])
            stages.emit(
                "muon_direction",
                (x, momentum),
                (stages.gradient(arena, part),),
                sizes=(size, 0, int(member.nesterov)),
                scalars=(member.momentum,),
            )
            count = -(-size // _CHUNK)
            partial = Held("sums of squares", np.zeros(count))
            stages.emit("squares", (partial,), (x,), sizes=(size, 0, 0))
            stages.emit(
                "normalized_transposes",
                (x, self.turned),
                (partial,),
                sizes=(*self.variable.shape, x.row, self.turned.row, count),
            )

    def _symmetric(self, out, left, right, base, alpha, beta) -> None:
        self.stages.emit(
            "symmetric_product",
            (out,),
            (left, right, base),
            sizes=(out.shape[0], left.shape[1], out.row, left.row),
            scalars=(alpha, beta),
        )

    def _product(self, out, turned, left, right, base, alpha, beta) -> None:
        depth = left.shape[1]
        self.stages.emit(
            "mixed_product",
            (out, turned),
            (left, right, base),
            sizes=(*out.shape, depth, out.row, left.row, turned.row),
            scalars=(alpha, beta),
        )  # fmt: skip
