"""Axes of a sample in another order: a copy, row by row."""

import numpy as np

from fastnn.plan.axes import inverse
from fastnn.plan.rules.rule import Rule, if_needed
from fastnn.plan.tensor import Held

__all__ = ["RULE", "record"]


def record(builder, x, out, order):
    """Records out[..., j, ...] := x[...] with axis i of `out` being axis order[i] of
    `x`; there is an axis at least."""
    stored = np.arange(x.height * x.row).reshape(*x.shape[:-1], x.row)
    moved = stored[..., : x.width].transpose(order)
    starts = np.ascontiguousarray(moved[..., 0], dtype=np.int64).reshape(-1)
    stride = int(moved.strides[-1] // moved.itemsize)
    builder.emit(
        "permute",
        (out,),
        (x, Held("starts", starts)),
        sizes=(out.height, out.width, out.row, x.height * x.row, stride),
        backward=tuple(order),
    )


def _backward(builder, op, dout, context):
    back = inverse(op.backward)
    return if_needed(builder, op, lambda dx: record(builder, dout, dx, back))


def _prepare(builder, x, out, weights):
    return (), ()


RULE = Rule(_prepare, _backward)
