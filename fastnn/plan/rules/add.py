"""Sums of two tensors."""

from fastnn.plan.rules.rule import Rule, by_hand, like

__all__ = ["RULE", "SCALED"]


def _backward(builder, op, dout, context):
    return tuple(dout if builder.needs_gradient(x) else None for x in op.inputs)


RULE = Rule(by_hand, _backward)


def _backward_scaled(builder, op, dout, context):
    a, b = op.inputs
    da = dout if builder.needs_gradient(a) else None
    if not builder.needs_gradient(b):
        return da, None
    db = like(b)
    builder.emit(
        "add_scaled_backward", (db,), (dout,), sizes=op.sizes, scalars=op.scalars
    )
    return da, db


SCALED = Rule(by_hand, _backward_scaled)
