"""What a user wrote in Python: a layer, or an element-wise function."""

import numpy as np

from fastnn.plan.rules.rule import Rule, if_needed, like

__all__ = ["RULE"]


def _prepare(builder, x, out, weights):
    return (), ()


def _backward(builder, op, dout, context):
    from fastnn.layers import Layer

    rule = _layer if isinstance(op.backward, Layer) else _function
    return rule(builder, op, dout, context)


def _function(builder, op, dout, context):
    derivative = op.backward

    def call(dx_view, dout_view, x_view):
        np.multiply(dout_view, derivative(x_view), out=dx_view)

    return if_needed(
        builder,
        op,
        lambda dx: builder.emit("python", (dx,), (dout, op.inputs[0]), call=call),
    )


def _layer(builder, op, dout, context):
    from fastnn.layers import python_layer

    layer, x, out = op.backward, op.inputs[0], op.outputs[0]
    if not builder.needs_gradient(out):
        return None
    python_layer.check_differentiable(layer)
    gradient_of = context.gradient_of
    weights = [w for w in layer.trainable_weights if gradient_of(w) is not None]
    gradients = tuple(gradient_of(w) for w in weights)
    dx = like(x)

    def call(dx_view, *views):
        *gradient_views, dout_view, x_view, out_view = views
        dinputs, by_name = python_layer.backward(layer, x_view, out_view, dout_view)
        dx_view[...] = dinputs
        for weight, view in zip(weights, gradient_views, strict=True):
            view[...] = by_name[weight.name]

    builder.emit("python", (dx, *gradients), (dout, x, out), call=call)
    return dx if builder.needs_gradient(x) else None


RULE = Rule(_prepare, _backward)
