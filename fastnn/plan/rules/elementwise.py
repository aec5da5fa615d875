"""Element-wise functions."""

from fastnn.plan.rules.rule import Rule, if_needed

__all__ = ["RULE", "reads_input"]


def reads_input(function: str) -> bool:
    """Whether a function's backward reads the function's input, not its output."""
    from fastnn._core import kernels

    return kernels.reads_input(function)


def _prepare(builder, x, out, weights):
    return (), (x.height, x.row)


def _backward(builder, op, dout, context):
    kept = op.inputs[0] if reads_input(op.function[0]) else op.outputs[0]
    return if_needed(builder, op, lambda dx: builder.emit(
        "elementwise_backward", (dx,), (dout, kept), sizes=op.sizes,
        scalars=op.scalars, function=(op.function[0], "backward"),
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
