"""Rows of other shapes: the same memory where padding allows it, else a copy from one
padding to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastnn.plan.rules.rule import Rule, by_hand, if_needed
from fastnn.plan.tensor import Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["COPY", "VIEW", "viewed"]


def viewed(builder: Builder, x: Tensor, shape: tuple[int, ...], kind: str) -> Tensor:
    """Records a tensor in the memory of `x`."""
    out = Tensor(x.name, shape, x.dtype, x.padded, base=x)
    builder.emit(kind, (out,), (x,))
    return out


def _prepare(builder, x, out, weights):
    return (), (out.height, out.width, out.row, x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    backwards = (*op.sizes[3:], *op.sizes[:3])
    return if_needed(
        builder,
        op,
        lambda dx: builder.emit("reshape", (dx,), (dout,), sizes=backwards),
    )


COPY = Rule(_prepare, _backward)


def _backward_view(builder, op, dout, context):
    x = op.inputs[0]
    if not builder.needs_gradient(x):
        return None
    return viewed(builder, dout, x.shape, "view")


VIEW = Rule(by_hand, _backward_view)
