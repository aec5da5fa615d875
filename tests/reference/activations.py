"""Activation functions and their derivatives.

``X_forward(out, inp, alpha)`` and ``X_backward(dinp, dout, out, alpha)``, element by
element over 1-D arrays; ``out`` in the backward is what the forward returned, since
every derivative here can be written in it. ``alpha`` counts for leaky_relu and elu
only. Softmax works on the rows of 2-D arrays.
"""

import numpy as np

from .precision import wide

__all__ = [
    "elu_backward",
    "elu_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_backward",
    "softmax_forward",
    "softplus_backward",
    "softplus_forward",
    "tanh_backward",
    "tanh_forward",
]


def linear_forward(out, inp, alpha):
    """out := inp"""
    out[...] = inp


def linear_backward(dinp, dout, out, alpha):
    """dinp := dout"""
    dinp[...] = dout


def relu_forward(out, inp, alpha):
    """out := max(inp, 0), and NaN stays NaN"""
    out[...] = np.maximum(inp, 0)


def relu_backward(dinp, dout, out, alpha):
    """dinp := dout where out > 0 else 0"""
    dinp[...] = np.where(out > 0, dout, 0)


def sigmoid_forward(out, inp, alpha):
    """out := 1 / (1 + exp(-inp))

    Written with exp(-|inp|), which cannot overflow.
    """
    x = wide(inp)
    small = np.exp(-np.abs(x))
    out[...] = np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_backward(dinp, dout, out, alpha):
    """dinp := dout * out * (1 - out)"""
    dinp[...] = wide(dout) * wide(out) * (1 - wide(out))


def tanh_forward(out, inp, alpha):
    """out := tanh(inp)"""
    out[...] = np.tanh(wide(inp))


def tanh_backward(dinp, dout, out, alpha):
    """dinp := dout * (1 - out ** 2)"""
    dinp[...] = wide(dout) * (1 - wide(out) ** 2)


def leaky_relu_forward(out, inp, alpha):
    """out := inp where inp > 0 else alpha * inp

    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic
    models", ICML 2013.
    """
    out[...] = np.where(inp > 0, inp, alpha * wide(inp))


def leaky_relu_backward(dinp, dout, out, alpha):
    """dinp := dout where out > 0 else alpha * dout"""
    dinp[...] = np.where(out > 0, dout, alpha * wide(dout))


def elu_forward(out, inp, alpha):
    """out := inp where inp > 0 else alpha * (exp(inp) - 1)

    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", ICLR 2016.
    """
    x = wide(inp)
    out[...] = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def elu_backward(dinp, dout, out, alpha):
    """dinp := dout where out > 0 else dout * (out + alpha)"""
    dinp[...] = np.where(out > 0, dout, wide(dout) * (wide(out) + alpha))


def softplus_forward(out, inp, alpha):
    """out := log(1 + exp(inp)) = max(inp, 0) + log1p(exp(-|inp|))"""
    x = wide(inp)
    out[...] = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_backward(dinp, dout, out, alpha):
    """dinp := dout * (1 - exp(-out)), which is dout * sigmoid(inp)"""
    dinp[...] = wide(dout) * -np.expm1(-wide(out))


def softmax_forward(out, inp):
    """out[i, j] := exp(inp[i, j]) / sum_k exp(inp[i, k])

    The row's maximum is taken off first, which changes nothing but the range.
    """
    if inp.size == 0:
        return
    x = wide(inp)
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    out[...] = powers / powers.sum(axis=1, keepdims=True)


def softmax_backward(dinp, dout, out):
    """dinp[i, j] := out[i, j] * (dout[i, j] - sum_k dout[i, k] * out[i, k])"""
    d, p = wide(dout), wide(out)
    dinp[...] = p * (d - (d * p).sum(axis=1, keepdims=True))
