"""The backward pass: one rule for each kind of forward operation.

A rule is given the forward operation and the gradient of its first output. It records
operations that compute the gradients of what can be trained, and returns the gradient
of its first input, or None if nothing before it can be trained.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from fastnn.plan.builder import Builder
from fastnn.plan.tensor import Held, Op, Tensor

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = ["Gradients", "record_backward"]

Gradients = Callable[["Variable"], "Held | None"]
"""Maps a variable to the memory of its gradient; None if it is not trained."""


def record_backward(
    builder: Builder,
    forward: list[Op],
    seed: Tensor,
    gradient: Tensor,
    gradient_of: Gradients,
    threads: int,
) -> None:
    """Records the backward pass of `forward`.

    Args:
        builder: Where to.
        forward: Operations up to the one that made `seed`.
        seed: The tensor that the loss was computed from.
        gradient: d loss / d seed, which the loss has written.
        gradient_of: The memory of a variable's gradient.
        threads: The most threads that will run the plan.
    """
    known: dict[Tensor, Tensor] = {seed: gradient}
    for op in reversed(forward):
        dout = known.get(cast("Tensor", op.outputs[0]))
        if dout is None or op.kind == "gather":
            continue
        with builder.belonging_to(op.layer):
            dinp = _RULES[op.kind](builder, op, dout, gradient_of, threads)
        if dinp is not None:
            known[cast("Tensor", op.inputs[0])] = dinp


def _like(builder: Builder, tensor: Tensor) -> Tensor:
    """A tensor for the gradient of another."""
    return Tensor(f"d {tensor.name}", tensor.shape, tensor.dtype)


def _dense(builder, op, dout, gradient_of, threads):
    x, kernel, bias = op.inputs
    out = op.outputs[0]
    if op.function is not None:
        dpre = _like(builder, out)
        builder.emit(
            "elementwise_backward",
            (dpre,),
            (dout, out),
            sizes=(out.height, out.row),
            scalars=op.scalars,
            function=(op.function[0], "backward"),
        )
        dout = dpre
    height, inputs, units, row_out, row_x, row_weight = op.sizes
    dkernel = gradient_of(kernel)
    if dkernel is not None:
        builder.emit(
            "dense_backward_weight",
            (dkernel,),
            (x, dout),
            sizes=(height, inputs, units, row_weight, row_x, row_out),
        )
    dbias = None if bias is None else gradient_of(bias)
    if dbias is not None:
        builder.emit(
            "dense_backward_bias", (dbias,), (dout,), sizes=(height, units, row_out)
        )
    if not builder.needs_gradient(x):
        return None
    dx = _like(builder, x)
    per_thread = _input_scratch(inputs, units)
    scratch = builder.tensor(
        "scratch", (threads * per_thread,), padded=False, per_sample=False
    )
    builder.emit(
        "dense_backward_input",
        (dx,),
        (dout, kernel, None, scratch),
        sizes=(height, inputs, units, row_x, row_out, row_weight, per_thread),
        scalars=(0.0,),
    )
    return dx


def _input_scratch(inputs: int, units: int) -> int:
    from fastnn._core import kernels

    return kernels.input_scratch(inputs, units)


def _elementwise(builder, op, dout, gradient_of, threads):
    return _if_needed(builder, op, lambda dx: builder.emit(
        "elementwise_backward", (dx,), (dout, op.outputs[0]), sizes=op.sizes,
        scalars=op.scalars, function=(op.function[0], "backward"),
    ))  # fmt: skip


def _softmax(builder, op, dout, gradient_of, threads):
    return _if_needed(builder, op, lambda dx: builder.emit(
        "softmax_backward", (dx,), (dout, op.outputs[0]), sizes=op.sizes
    ))  # fmt: skip


def _dropout(builder, op, dout, gradient_of, threads):
    return _if_needed(builder, op, lambda dx: builder.emit(
        "dropout_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes,
        scalars=op.scalars,
    ))  # fmt: skip


def _reshape(builder, op, dout, gradient_of, threads):
    backwards = (*op.sizes[3:], *op.sizes[:3])
    return _if_needed(
        builder,
        op,
        lambda dx: builder.emit("reshape", (dx,), (dout,), sizes=backwards),
    )


def _if_needed(builder, op, emit):
    """Records a backward operation if something before `op` can be trained."""
    x = op.inputs[0]
    if not builder.needs_gradient(x):
        return None
    dx = _like(builder, x)
    emit(dx)
    return dx


def _python(builder, op, dout, gradient_of, threads):
    from fastnn.layers import Layer

    rule = _python_layer if isinstance(op.backward, Layer) else _python_function
    return rule(builder, op, dout, gradient_of)


def _python_function(builder, op, dout, gradient_of):
    derivative = op.backward

    def call(dx_view, dout_view, x_view):
        np.multiply(dout_view, derivative(x_view), out=dx_view)

    return _if_needed(
        builder,
        op,
        lambda dx: builder.emit("python", (dx,), (dout, op.inputs[0]), call=call),
    )


def _python_layer(builder, op, dout, gradient_of):
    from fastnn.layers import python_layer

    layer, x, out = op.backward, op.inputs[0], op.outputs[0]
    if not builder.needs_gradient(out):
        return None
    python_layer.check_differentiable(layer)
    weights = [w for w in layer.trainable_weights if gradient_of(w) is not None]
    gradients = tuple(gradient_of(w) for w in weights)
    dx = _like(builder, x)

    def call(dx_view, *views):
        *gradient_views, dout_view, x_view, out_view = views
        dinputs, by_name = python_layer.backward(layer, x_view, out_view, dout_view)
        dx_view[...] = dinputs
        for weight, view in zip(weights, gradient_views, strict=True):
            view[...] = by_name[weight.name]

    builder.emit("python", (dx, *gradients), (dout, x, out), call=call)
    return dx if builder.needs_gradient(x) else None


_RULES = {
    "dense_forward": _dense,
    "elementwise_forward": _elementwise,
    "softmax_forward": _softmax,
    "dropout_forward": _dropout,
    "reshape": _reshape,
    "python": _python,
}
