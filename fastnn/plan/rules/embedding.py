"""Rows of a table, looked up by codes."""

from fastnn.plan.rules.rule import Rule

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    entries, width = weights[0].shape
    return (), (x.height * x.width, entries, width, out.row)


def _backward(builder, op, dout, context):
    codes, table = op.inputs
    dtable = context.gradient_of(table)
    if dtable is not None:
        builder.emit("embedding_backward", (dtable,), (dout, codes), sizes=op.sizes)


RULE = Rule(_prepare, _backward)
