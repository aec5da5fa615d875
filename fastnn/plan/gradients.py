"""The backward pass: the rule of each forward operation, in reverse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from fastnn.plan.builder import Builder
from fastnn.plan.rules import RULES, Gradients
from fastnn.plan.rules.rule import Context
from fastnn.plan.tensor import Held, Op, Tensor
from fastnn.variable import padded_width

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = ["record_backward"]


def record_backward(
    builder: Builder,
    forward: list[Op],
    seed: Tensor,
    gradient: Tensor,
    gradient_of: Gradients,
    threads: int,
) -> None:
    """Records the backward pass of `forward`.

    Args:
        builder: Where to.
        forward: Operations up to the one that made `seed`.
        seed: The tensor that the loss was computed from.
        gradient: d loss / d seed, which the loss has written.
        gradient_of: The memory of a variable's gradient.
        threads: The most threads that will run the plan.
    """
    shared = _SharedWeights(builder, gradient_of)
    context = Context(shared.gradient_of, threads)
    known: dict[Tensor, Tensor] = {seed: gradient}
    for op in reversed(forward):
        dout = known.get(cast("Tensor", op.outputs[0]))
        if dout is None or op.kind == "gather":
            continue
        with builder.belonging_to(op.layer):
            found = RULES[op.kind].backward(builder, op, dout, context)
            shared.add_up()
            for x, dx in _gradients_of_inputs(op, found):
                known[x] = _sum(builder, known[x], dx) if x in known else dx


def _gradients_of_inputs(op: Op, found: object) -> list[tuple[Tensor, Tensor]]:
    """A rule returns the gradient of the first input, or of all; None is left out."""
    gradients = found if isinstance(found, tuple) else (found,)
    pairs = zip(op.inputs, gradients, strict=False)
    return [(cast("Tensor", x), dx) for x, dx in pairs if dx is not None]


def _sum(builder: Builder, a: Tensor, b: Tensor) -> Tensor:
    """The gradient of a tensor that two operations read."""
    out = builder.tensor("d sum", a.shape)
    builder.emit("add", (out,), (a, b), sizes=(a.height, a.width, a.row, 1))
    return out


class _SharedWeights:
    """Adds up the gradients of weights that more than one operation uses."""

    def __init__(self, builder: Builder, gradient_of: Gradients):
        self._builder = builder
        self._memory = gradient_of
        self._written: set[int] = set()
        self._asked: list[tuple[Variable, Held | Tensor, Tensor | None]] = []

    def gradient_of(self, variable: Variable) -> Held | Tensor | None:
        """Where an operation writes a variable's gradient; None if it is frozen."""
        for other, known, further in self._asked:
            if other is variable:
                return further or known
        held = self._memory(variable)
        if held is None:
            return None
        further = None
        if id(variable) in self._written:
            further = self._builder.tensor(
                f"d {variable.name}", variable.shape, per_sample=False
            )
        self._asked.append((variable, held, further))
        return further or held

    def add_up(self) -> None:
        """Ends the backward pass of one operation."""
        for variable, held, further in self._asked:
            self._written.add(id(variable))
            if further is not None:
                *leading, width = variable.shape or (1,)
                row = padded_width(width, variable.value.itemsize)
                sizes = (math.prod(leading), width, row, 0)
                self._builder.emit("add", (held,), (held, further), sizes=sizes)
        self._asked.clear()
