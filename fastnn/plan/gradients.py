"""The backward pass: the rule of each forward operation, in reverse."""

from __future__ import annotations

from typing import cast

from fastnn.plan.builder import Builder
from fastnn.plan.rules import RULES, Gradients
from fastnn.plan.rules.rule import Context
from fastnn.plan.tensor import Op, Tensor

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
    context = Context(gradient_of, threads)
    known: dict[Tensor, Tensor] = {seed: gradient}
    for op in reversed(forward):
        dout = known.get(cast("Tensor", op.outputs[0]))
        if dout is None or op.kind == "gather":
            continue
        with builder.belonging_to(op.layer):
            dinp = RULES[op.kind].backward(builder, op, dout, context)
        if dinp is not None:
            known[cast("Tensor", op.inputs[0])] = dinp
