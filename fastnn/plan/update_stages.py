"""The stages of an update by one optimizer, each a pass over stretches of weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn._core import kernels
from fastnn.plan.arena import Arena, adopt
from fastnn.plan.builder import Builder
from fastnn.plan.tensor import Held, Op, Operand
from fastnn.plan.update_rules import record_rule

if TYPE_CHECKING:
    from fastnn.optimizers import Optimizer
    from fastnn.plan.update import Update
    from fastnn.variable import Variable

__all__ = ["Stages"]

# Elements of a partial sum of squares, as in the kernels.
_CHUNK = 4096


class Stages:
    """Records the update of weights by one optimizer.

    Args:
        builder: Where to.
        update: The update that this is a part of; it has the gradients.
        member: The optimizer.
        variables: The weights.
        finite: A number that is 0 in a step whose gradients are not finite; None if
            nobody looks.

    Attributes:
        hyper: The settings of the optimizer.
        clock: [number of the update, whether it is due, whether averages overwrite
            weights, how much of them is kept], at each step.
        due: What turns off all that belongs to an update; None if each step is one.
    """

    def __init__(
        self,
        builder: Builder,
        update: Update,
        member: Optimizer,
        variables: list[Variable],
        finite: Held | None,
    ):
        self.builder = builder
        self.update = update
        self.member = member
        self.variables = variables
        self.finite = finite
        self.hyper = Held("settings", member.hyper)
        numbers = np.zeros(4)
        self.clock = Held("clock", numbers)
        always = finite is None and not member.gradient_accumulation_steps
        self.due = None if always else Held("due", numbers[1:2])
        self._overwrites = Held("overwrites", numbers[2:3])

    def record(self) -> None:
        """Records all stages."""
        self._record_rate()
        self._record_clock()
        self._record_accumulation()
        self._record_clipping()
        self._record_decay()
        if self.member.before_update is not None:
            self.emit(self.member.before_update, self.shared, (self.hyper, self.clock))
        record_rule(self, self.member.kernel, self.variables)
        self._record_averages()
        if self.member.kernel is None:
            counter = self._counter
            self.builder.emit("count_step", (counter,), (), guard=self.finite)

    # ---- for the rules

    @property
    def shared(self) -> tuple[Held, ...]:
        """What all weights share, which the kernel takes last."""
        variable = self.member.shared_variable
        return () if variable is None else (Held(variable.name, variable.value),)

    def emit(
        self,
        kind: str,
        outputs: tuple[Operand, ...],
        inputs: tuple[Operand, ...] = (),
        **settings: Any,
    ) -> Op:
        """Records an operation of an update."""
        return self.builder.emit(kind, outputs, inputs, guard=self.due, **settings)

    def gradient(self, arena: Arena, part: slice) -> Held:
        """A stretch of the gradients."""
        return Held("gradients", self.update.gradients[arena][part])

    def stretches(
        self, variables: Iterable[Variable]
    ) -> Iterator[tuple[Arena, slice, int]]:
        """(arena, part of its blocks, elements) of each stretch of these weights."""
        chosen = list(variables)
        for arena in adopt(chosen):
            for stretch in arena.stretches(chosen):
                end = stretch.offset + stretch.size
                yield arena, slice(stretch.offset, end), stretch.size

    # ---- the stages

    def _record_rate(self) -> None:
        from fastnn.optimizers.schedules import LearningRateSchedule
        from fastnn.variable import Variable

        member, rate = self.member, self.member._learning_rate
        out = Held("learning rate", member.hyper[:1])
        if isinstance(rate, Variable):
            return
        if isinstance(rate, LearningRateSchedule) and rate.compiled and rate.kernel:
            settings = np.array(rate.settings, np.float64)
            inputs = (self._counter, Held("schedule", settings))
            sizes = (kernels.SCHEDULES.index(rate.kernel), len(settings))
            self.builder.emit("schedule", (out,), inputs, sizes=sizes)
            return

        def call(out: np.ndarray) -> None:
            out[0] = member.current_rate()

        self.builder.emit("python", (out,), (), call=call)

    @property
    def _counter(self) -> Held:
        return Held("steps", self.member._iterations.value)

    def _record_clock(self) -> None:
        member = self.member
        self.builder.emit(
            "optimizer_clock",
            (self.clock, self._counter),
            (self.finite,),
            sizes=(
                member.gradient_accumulation_steps or 1,
                member.ema_overwrite_frequency or 0,
                int(member.kernel is not None),
            ),
            scalars=(member.ema_momentum,),
        )

    def _record_accumulation(self) -> None:
        steps = self.member.gradient_accumulation_steps
        if not steps:
            return
        blocks = self.member.slot_values["gradient_accumulator"]
        for arena, part, size in self.stretches(self.variables):
            self.builder.emit(
                "accumulate",
                (Held("gathered", blocks[arena][part]), self.gradient(arena, part)),
                (self.clock,),
                sizes=(size,),
                scalars=(steps,),
                guard=self.finite,
            )

    def _record_clipping(self) -> None:
        member = self.member
        if member.clipnorm:
            for variable in self.variables:
                self._clip_norm([variable], member.clipnorm, whole=False)
        elif member.global_clipnorm:
            self._clip_norm(self.variables, member.global_clipnorm, whole=True)
        elif member.clipvalue:
            for arena, part, size in self.stretches(self.variables):
                gradient = self.gradient(arena, part)
                scalars = (member.clipvalue,)
                self.emit("clip_values", (gradient,), sizes=(size,), scalars=scalars)

    def _clip_norm(
        self, variables: list[Variable], limit: float, *, whole: bool
    ) -> None:
        stretches = list(self.stretches(variables))
        counts = [-(-size // _CHUNK) for _, _, size in stretches]
        partial = Held("sums of squares", np.zeros(max(sum(counts), 1)))
        first = 0
        for (arena, part, size), count in zip(stretches, counts, strict=True):
            sizes = (size, 0, first)
            self.emit("squares", (partial,), (self.gradient(arena, part),), sizes=sizes)
            first += count
        for arena, part, size in stretches:
            self.emit(
                "clip_norm",
                (self.gradient(arena, part),),
                (partial,),
                sizes=(size, 0, 0, sum(counts), int(whole)),
                scalars=(limit,),
            )

    def _record_decay(self) -> None:
        by_decay: dict[float, list[Variable]] = {}
        for variable in self.variables:
            decay = self.member.decay_of(variable)
            if decay:
                by_decay.setdefault(decay, []).append(variable)
        for decay, variables in by_decay.items():
            for arena, part, size in self.stretches(variables):
                weight = Held("weights", arena.values[part])
                self.emit(
                    "weight_decay", (weight,), (self.hyper,), sizes=(size,),
                    scalars=(decay,),
                )  # fmt: skip

    def _record_averages(self) -> None:
        member = self.member
        if not member.use_ema:
            return
        blocks = member.slot_values["average"]
        averaged = {id(variable) for variable in self.update.averaged}
        known = list(
            self.stretches(v for v in member._trainable_variables if id(v) in averaged)
        )
        for arena, part, size in known:
            self.builder.emit(
                "average_update",
                (Held("averages", blocks[arena][part]),),
                (Held("weights", arena.values[part]), self.clock),
                sizes=(size,),
                guard=self.finite,
            )
        for arena, part, size in known if member.ema_overwrite_frequency else ():
            self.builder.emit(
                "copy_values",
                (Held("weights", arena.values[part]),),
                (Held("averages", blocks[arena][part]),),
                sizes=(size,),
                guard=self._overwrites,
            )
