"""Arenas: one block of memory for many variables, and blocks alike for what belongs to
each of them (gradients, an optimizer's slots)."""

from __future__ import annotations

import dataclasses
import math
import weakref
from collections.abc import Iterable, Iterator

import numpy as np

from fastnn.dtypes import SUPPORTED
from fastnn.locks import module_lock
from fastnn.variable import Variable, padded_width, padded_zeros

__all__ = ["Arena", "Stretch", "adopt"]


@dataclasses.dataclass(frozen=True)
class Slot:
    """Where a variable lies: elements from the start of the block.

    The variable holds its arena, so the arena must not hold the variable: a model's
    memory goes with the model, not when the garbage collector happens to look.
    """

    reference: weakref.ref[Variable]
    offset: int
    size: int

    @property
    def variable(self) -> Variable | None:
        """The variable; None once nobody else has it."""
        return self.reference()


@dataclasses.dataclass(frozen=True)
class Stretch:
    """Neighbouring variables of an arena."""

    arena: Arena
    offset: int
    size: int


class Arena:
    """One block that holds the values of variables.

    The table `slots` is the only place that says where a variable lies, in this block
    and in every block made by `like`.

    Args:
        variables: They move here, and stay.
    """

    def __init__(self, variables: list[Variable]):
        self.dtype = np.dtype(variables[0].dtype)
        self.slots: list[Slot] = []
        offset = 0
        for variable in variables:
            size = _stored_size(variable)
            self.slots.append(Slot(weakref.ref(variable), offset, size))
            offset += size  # whole lines, as every row is
        self.size = offset
        self.values = self.like()
        for variable in variables:
            variable.move_to(self.view(self.values, variable))
            variable.arena = self

    def like(self) -> np.ndarray:
        """A further block of this layout, zero."""
        return padded_zeros((1, self.size), self.dtype)[0]

    def view(self, block: np.ndarray, variable: Variable) -> np.ndarray:
        """The part of a block that belongs to a variable, in its shape."""
        slot = next(s for s in self.slots if s.variable is variable)
        stored = block[slot.offset : slot.offset + slot.size]
        if not variable.shape:
            return stored[:1].reshape(())
        rows = stored.reshape(*variable.shape[:-1], -1)
        return rows[..., : variable.shape[-1]]

    def stretches(self, variables: Iterable[Variable]) -> Iterator[Stretch]:
        """The fewest stretches of the block that hold just these of its variables."""
        chosen = {id(variable) for variable in variables}
        begin = None
        for slot in self.slots:
            if id(slot.variable) in chosen:
                begin = slot.offset if begin is None else begin
            elif begin is not None:
                yield Stretch(self, begin, slot.offset - begin)
                begin = None
        if begin is not None:
            yield Stretch(self, begin, self.size - begin)


def _stored_size(variable: Variable) -> int:
    """Elements of the variable's rows with their padding."""
    *leading, width = variable.shape or (1,)
    return math.prod(leading) * padded_width(width, np.dtype(variable.dtype).itemsize)


# Two threads that use a model for the first time must not move its weights apart.
_adopting = module_lock()


def adopt(variables: list[Variable]) -> list[Arena]:
    """Gives the variables that own their memory a common arena for each type.

    Variables that have an arena, of another model that shares them, stay there; those
    of integers, which no kernel reads, stay where they are.

    Returns:
        The arenas that hold `variables`, each once.
    """
    with _adopting:
        for dtype in SUPPORTED:
            own = [v for v in variables if v.arena is None and v.dtype == dtype]
            if own:
                Arena(own)
    arenas: list[Arena] = []
    for variable in variables:
        if variable.arena is not None and not any(variable.arena is a for a in arenas):
            arenas.append(variable.arena)
    return arenas
