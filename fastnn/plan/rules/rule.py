"""What a rule is, and what all rules use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastnn.plan.tensor import Held, Op, Operand, Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.variable import Variable

__all__ = ["Context", "Gradients", "Rule", "by_hand", "if_needed", "like"]

Gradients = Callable[["Variable"], "Held | Tensor | None"]
"""Maps a variable to the memory of its gradient; None if it is not trained."""


@dataclasses.dataclass(frozen=True)
class Context:
    """What the backward pass of an operation may ask for.

    Attributes:
        gradient_of: The memory of a variable's gradient.
        threads: The most threads that will run the plan.
    """

    gradient_of: Gradients
    threads: int


@dataclasses.dataclass(frozen=True)
class Rule:
    """One kind of operation.

    Attributes:
        prepare: Given (builder, x, out, weights), returns what else the kernel takes:
            (further outputs, sizes). Not called for kinds that are recorded by hand.
        backward: Given (builder, op, dout, context), records operations that compute
            the gradients of what can be trained, and returns the gradient of the first
            input, or None if nothing before it can be trained; or a tuple of these, one
            for each input.
    """

    prepare: Callable[
        [Builder, Tensor, Tensor, Any], tuple[tuple[Operand, ...], tuple[int, ...]]
    ]
    backward: Callable[
        [Builder, Op, Tensor, Context], Tensor | tuple[Tensor | None, ...] | None
    ]


def by_hand(builder: Builder, x: Tensor, out: Tensor, weights: Any) -> Any:
    """The `prepare` of kinds that functions of their own record, not
    `Builder.forward`."""
    raise NotImplementedError


def like(tensor: Tensor) -> Tensor:
    """A tensor for the gradient of another."""
    return Tensor(f"d {tensor.name}", tensor.shape, tensor.dtype)


def if_needed(builder: Builder, op: Op, emit: Callable[[Tensor], Any]) -> Tensor | None:
    """Records a backward operation if something before `op` can be trained."""
    x = op.inputs[0]
    assert isinstance(x, Tensor)
    if not builder.needs_gradient(x):
        return None
    dx = like(x)
    emit(dx)
    return dx
