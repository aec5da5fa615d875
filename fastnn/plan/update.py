"""How weights change: from an optimizer to the operations that end a training step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from fastnn.plan.arena import Arena
from fastnn.plan.builder import Builder
from fastnn.plan.constraints import record_constraints
from fastnn.plan.tensor import Held, Tensor
from fastnn.plan.update_stages import Stages

if TYPE_CHECKING:
    from fastnn.optimizers import Optimizer
    from fastnn.variable import Variable

__all__ = ["Update"]


class Update:
    """How the weights of a model change: gradients, slots, and the optimizer's rule.

    Args:
        optimizer: The optimizer; it keeps the slots.
        arenas: Where the weights lie.
        trained: The weights that change.

    Attributes:
        averaged: The weights whose averages change, if there are averages.
        changes: Whether weights change at all.
        scale: What the loss is multiplied with before its gradients are taken.
    """

    changes: ClassVar[bool] = True

    def __init__(
        self, optimizer: Optimizer, arenas: list[Arena], trained: list[Variable]
    ):
        self.optimizer = optimizer
        self.arenas = arenas
        self.trained = trained
        self.averaged = trained
        self.gradients = {arena: arena.like() for arena in arenas}
        self._held: dict[int, Held] = {}
        self.scale: Held | None = None
        self._finite: Held | None = None
        if self.changes:
            optimizer.prepare(trained)
            scale = optimizer.loss_scale
            self.scale = None if scale is None else Held("loss scale", scale)
            if optimizer.growth_steps:
                self._finite = Held("finite", np.ones(1))

    def gradient_of(self, variable: Variable) -> Held | None:
        """The memory of a variable's gradient; None if the variable is frozen."""
        if not any(variable is other for other in self.trained):
            return None
        if id(variable) not in self._held:
            arena = variable.arena
            view = arena.view(self.gradients[arena], variable)
            self._held[id(variable)] = Held(f"d {variable.name}", view)
        return self._held[id(variable)]

    def record_scaling(self, builder: Builder, gradient: Tensor) -> None:
        """Records that the loss is scaled, once its gradient is known."""
        if self.scale is not None:
            sizes = (gradient.height, gradient.row, 0)
            outputs, inputs = (gradient, self._finite), (gradient, self.scale)
            builder.emit("scale_by", outputs, inputs, sizes=sizes)

    def record_unscaling(self, builder: Builder, *, begin: bool = False) -> None:
        """Records that gradients are divided by the scale of the loss.

        Args:
            builder: Where to.
            begin: Whether no `record_scaling` came before.
        """
        if self.scale is None:
            return
        if begin and self._finite is not None:
            builder.emit("set_one", (self._finite,), ())
        for arena in self.arenas:
            for stretch in arena.stretches(self.trained):
                part = slice(stretch.offset, stretch.offset + stretch.size)
                gradient = Held("gradients", self.gradients[arena][part])
                outputs, sizes = (gradient, self._finite), (stretch.size,)
                builder.emit("unscale", outputs, (self.scale,), sizes=sizes)

    def record(self, builder: Builder, trainable: list[Variable]) -> None:
        """Records the update of weights by the optimizer, or by each of several."""
        for member, variables in self.optimizer.members(trainable):
            Stages(builder, self, member, variables, self._finite).record()
        self.record_count(builder)
        if self._finite is not None:
            counter = Held("finite steps", self.optimizer.growth_counter)
            builder.emit(
                "loss_scale_update",
                (self.scale, counter),
                (self._finite,),
                sizes=(self.optimizer.growth_steps,),
            )

    def record_count(self, builder: Builder, *, all_steps: bool = False) -> None:
        """Records that optimizers around others count a step, or all of them."""
        for counter, guarded in self.optimizer.counters(all_steps):
            guard = self._finite if guarded else None
            builder.emit("count_step", (Held("steps", counter),), (), guard=guard)

    def record_constraints(self, builder: Builder, trainable: list[Variable]) -> None:
        """Records what weights are put through after they have changed."""
        before = len(builder.ops)
        record_constraints(builder, trainable)
        for op in builder.ops[before:]:
            op.guard = self._finite
