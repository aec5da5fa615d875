"""Gaussian noise, added or multiplied."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["ADDED", "MULTIPLIED"]


def _prepare_added(builder, x, out, weights):
    return (), (x.height, x.width, x.row)


def _backward_added(builder, op, dout, context):
    return dout if builder.needs_gradient(op.inputs[0]) else None


ADDED = Rule(_prepare_added, _backward_added)


def _prepare_multiplied(builder, x, out, weights):
    return (builder.tensor("noise", x.shape),), (x.height, x.width, x.row)


def _backward_multiplied(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "gaussian_dropout_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes
    ))  # fmt: skip


MULTIPLIED = Rule(_prepare_multiplied, _backward_multiplied)
