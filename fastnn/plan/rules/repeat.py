"""Rows that are repeated within a sample."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    return (), (x.height, out.height // x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    return if_needed(
        builder,
        op,
        lambda dx: builder.emit("repeat_backward", (dx,), (dout,), sizes=op.sizes),
    )


RULE = Rule(_prepare, _backward)
