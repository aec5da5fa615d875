"""Dropout, which remembers what it kept."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    mask = builder.tensor("mask", (x.height, x.row), "uint8", padded=False)
    return (mask,), (x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "dropout_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes,
        scalars=op.scalars,
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
