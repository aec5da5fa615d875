"""Element-wise functions."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    return (), (x.height, x.row)


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "elementwise_backward", (dx,), (dout, op.outputs[0]), sizes=op.sizes,
        scalars=op.scalars, function=(op.function[0], "backward"),
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
