"""How weights change: from an optimizer to the operations that end a training step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from fastnn._core import kernels
from fastnn.plan.arena import Arena, Stretch
from fastnn.plan.builder import Builder
from fastnn.plan.constraints import record_constraints
from fastnn.plan.tensor import Held

if TYPE_CHECKING:
    from fastnn.optimizers import Optimizer
    from fastnn.variable import Variable

__all__ = ["Update"]

# Elements of a matrix whose update is worth an operation of its own.
_LARGE = 1 << 16


class Update:
    """How the weights of a model change: gradients, slots, and the optimizer's rule.

    Args:
        optimizer: The optimizer; it keeps the slots.
        arenas: Where the weights lie.
        trained: The weights that change.
    """

    def __init__(
        self, optimizer: Optimizer, arenas: list[Arena], trained: list[Variable]
    ):
        self.optimizer = optimizer
        self.arenas = arenas
        self.trained = trained
        self._gradients = {arena: arena.like() for arena in arenas}
        self._held: dict[int, Held] = {}

    def gradient_of(self, variable: Variable) -> Held | None:
        """The memory of a variable's gradient; None if the variable is frozen."""
        if not any(variable is other for other in self.trained):
            return None
        if id(variable) not in self._held:
            arena = variable.arena
            view = arena.view(self._gradients[arena], variable)
            self._held[id(variable)] = Held(f"d {variable.name}", view)
        return self._held[id(variable)]

    def record(self, builder: Builder, trainable: list[Variable]) -> None:
        """Records the optimizer's pass over each stretch of weights."""
        hyper = Held("settings", self.optimizer.hyper)
        for arena in self.arenas:
            blocks = [self._slot(arena, name) for name in self.optimizer.slots]
            for stretch, grain in _owned(arena, trainable):
                part = slice(stretch.offset, stretch.offset + stretch.size)
                weights = Held("weights", arena.values[part])
                slots = [
                    None if block is None else Held("slot", block[part])
                    for block in blocks
                ]
                gradient = Held("gradients", self._gradients[arena][part])
                builder.emit(
                    self.optimizer.kernel,
                    (weights, *slots),
                    (gradient, hyper),
                    sizes=(stretch.size, grain),
                )

    def record_constraints(self, builder: Builder, trainable: list[Variable]) -> None:
        """Records what the weights are put through after they have changed."""
        record_constraints(builder, trainable)

    def _slot(self, arena: Arena, name: str | None) -> np.ndarray | None:
        if name is None:
            return None
        blocks = self.optimizer.slot_values.setdefault(name, {})
        if arena not in blocks:
            blocks[arena] = arena.like()
        return blocks[arena]


def _owned(arena: Arena, variables: list[Variable]) -> Iterator[tuple[Stretch, int]]:
    """Stretches to update, with the elements of a grain that one thread takes.

    A large matrix is a stretch of its own, shared out by the rows that a thread
    computes the gradient of: they are in that core's cache.
    """
    large = [v for v in variables if v.value.ndim == 2 and v.value.size >= _LARGE]
    small = [v for v in variables if not any(v is other for other in large)]
    for stretch in arena.stretches(small):
        yield stretch, 0
    for variable in large:
        row = variable.value.strides[0] // variable.value.itemsize
        for stretch in arena.stretches([variable]):
            yield stretch, kernels.TILE_ROWS * row
