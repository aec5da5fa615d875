"""Softmax and its kin, along the last axis."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["GLU", "RULE"]


def _prepare(builder, x, out, weights):
    return (), (x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    kind = op.kind.replace("_forward", "_backward")
    return if_needed(builder, op, lambda dx: builder.emit(
        kind, (dx,), (dout, op.outputs[0]), sizes=op.sizes
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
"""softmax, log_softmax, sparsemax: written with the output."""


def _prepare_glu(builder, x, out, weights):
    return (), (x.height, out.width, out.row, x.row)


def _backward_glu(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "glu_backward", (dx,), (dout, op.inputs[0]), sizes=op.sizes
    ))  # fmt: skip


GLU = Rule(_prepare_glu, _backward_glu)
"""The gated linear unit: written with the input."""
