"""The fully connected layer: rows times a weight matrix.

Shapes: inp (rows, inputs), weight (inputs, units), bias (units,), out (rows, units);
a gradient has the shape of its tensor.
"""

from . import activations
from .precision import wide

__all__ = [
    "dense_backward_bias",
    "dense_backward_input",
    "dense_backward_weight",
    "dense_forward",
]


def dense_forward(
    out, inp, weight, bias, function="linear", alpha=0.0, beta=0.0, gamma=0.0
):
    """out := f(inp @ weight + bias)"""
    total = wide(inp) @ wide(weight)
    if bias is not None:
        total += bias
    getattr(activations, f"{function}_forward")(out, total, alpha, beta, gamma)


def dense_backward_weight(dweight, inp, dout):
    """dweight := inp.T @ dout"""
    dweight[...] = wide(inp).T @ wide(dout)


def dense_backward_bias(dbias, dout):
    """dbias := the sum of dout over the rows"""
    dbias[...] = wide(dout).sum(axis=0)


def dense_backward_input(
    dinp, dout, weight, kept, function="linear", alpha=0.0, beta=0.0, gamma=0.0
):
    """dinp := (dout @ weight.T) * f'

    ``kept`` is what the layer before, whose activation is f, returned, or its sum if
    the derivative is written with that: the result is the gradient with respect to that
    sum.
    """
    total = wide(dout) @ wide(weight).T
    if function == "linear":
        dinp[...] = total
    else:
        backward = getattr(activations, f"{function}_backward")
        backward(dinp, total, wide(kept), alpha, beta, gamma)
