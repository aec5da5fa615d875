"""Activation functions of exponentials, logarithms and roots, and their derivatives.

``X_forward(out, inp, ...)`` and ``X_backward(dinp, dout, out, ...)``, element by
element over 1-D arrays; ``out`` in the backward is what the forward returned. Where a
derivative cannot be written with it, the backward takes ``inp``. ``alpha``, ``beta``,
``gamma`` are settings; what a function does not use is ignored.
"""

import math

import numpy as np

from .precision import wide

__all__ = [
    "celu_backward",
    "celu_forward",
    "elu_backward",
    "elu_forward",
    "exponential_backward",
    "exponential_forward",
    "gelu_backward",
    "gelu_forward",
    "gelu_tanh_backward",
    "gelu_tanh_forward",
    "log_sigmoid_backward",
    "log_sigmoid_forward",
    "mish_backward",
    "mish_forward",
    "selu_backward",
    "selu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "softsign_backward",
    "softsign_forward",
    "squareplus_backward",
    "squareplus_forward",
    "tanh_backward",
    "tanh_forward",
    "tanh_shrink_backward",
    "tanh_shrink_forward",
]

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


def logistic(x):
    """1 / (1 + exp(-x))"""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def normal_share(x):
    """The share of the standard normal distribution that lies below x."""
    return np.vectorize(lambda value: math.erfc(-value / math.sqrt(2)) / 2, "d")(x)


def sigmoid_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := 1 / (1 + exp(-inp))

    Written with exp(-|inp|), which cannot overflow.
    """
    out[...] = logistic(wide(inp))


def sigmoid_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * out * (1 - out)"""
    dinp[...] = wide(dout) * wide(out) * (1 - wide(out))


def tanh_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := tanh(inp)"""
    out[...] = np.tanh(wide(inp))


def tanh_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (1 - out ** 2)"""
    dinp[...] = wide(dout) * (1 - wide(out) ** 2)


def tanh_shrink_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp - tanh(inp)"""
    out[...] = wide(inp) - np.tanh(wide(inp))


def tanh_shrink_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * tanh(inp) ** 2"""
    dinp[...] = wide(dout) * np.tanh(wide(inp)) ** 2


def elu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp where inp > 0 else alpha * (exp(inp) - 1)

    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", ICLR 2016.
    """
    x = wide(inp)
    out[...] = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def elu_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out > 0 else dout * (out + alpha)"""
    dinp[...] = np.where(out > 0, dout, wide(dout) * (wide(out) + alpha))


def celu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp where inp > 0 else alpha * (exp(inp / alpha) - 1)

    Barron, "Continuously differentiable exponential linear units", 2017.
    """
    x = wide(inp)
    out[...] = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def celu_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out > 0 else dout * (out / alpha + 1)"""
    dinp[...] = wide(dout) * np.where(out > 0, 1, wide(out) / alpha + 1)


def selu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := scale * (inp where inp > 0 else alpha * (exp(inp) - 1))

    Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks",
    NeurIPS 2017, which has the two constants.
    """
    x = wide(inp)
    low = SELU_ALPHA * np.expm1(np.minimum(x, 0))
    out[...] = SELU_SCALE * np.where(x > 0, x, low)


def selu_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (scale where out > 0 else out + scale * alpha)"""
    low = wide(out) + SELU_SCALE * SELU_ALPHA
    dinp[...] = wide(dout) * np.where(out > 0, SELU_SCALE, low)


def exponential_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := exp(inp)"""
    out[...] = np.exp(wide(inp))


def exponential_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * out"""
    dinp[...] = wide(dout) * wide(out)


def softplus_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := log(1 + exp(inp)) = max(inp, 0) + log1p(exp(-|inp|))"""
    out[...] = np.logaddexp(0, wide(inp))


def softplus_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (1 - exp(-out)), which is dout * sigmoid(inp)"""
    dinp[...] = wide(dout) * -np.expm1(-wide(out))


def log_sigmoid_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := log(sigmoid(inp)) = -log(1 + exp(-inp))"""
    out[...] = -np.logaddexp(0, -wide(inp))


def log_sigmoid_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (1 - exp(out)), which is dout * sigmoid(-inp)"""
    dinp[...] = wide(dout) * -np.expm1(wide(out))


def softsign_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp / (1 + |inp|)"""
    x = wide(inp)
    finite = np.where(np.isinf(x), 0, x)
    out[...] = np.where(np.isinf(x), np.sign(x), finite / (1 + np.abs(finite)))


def softsign_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (1 - |out|) ** 2"""
    dinp[...] = wide(dout) * (1 - np.abs(wide(out))) ** 2


def squareplus_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := (inp + sqrt(inp ** 2 + alpha)) / 2

    Barron, "Squareplus: a softplus-like algebraic rectifier", 2021. The product of this
    root and the other one, of which the difference of sqrt and |inp| is made, is
    -alpha / 4.
    """
    size = np.abs(wide(inp))
    large = (size + np.hypot(size, np.sqrt(alpha))) / 2
    out[...] = np.where(inp < 0, alpha / 4 / large, large)


def squareplus_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * out ** 2 / (out ** 2 + alpha / 4)"""
    square = np.minimum(wide(out), 1e100) ** 2
    dinp[...] = wide(dout) * square / (square + alpha / 4)


def silu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp * sigmoid(inp)

    Ramachandran, Zoph and Le, "Searching for activation functions", 2017.
    """
    x = np.maximum(wide(inp), -1e3)
    out[...] = x * logistic(x)


def silu_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * s * (1 + inp * (1 - s)) with s = sigmoid(inp)"""
    x = wide(inp)
    s = logistic(x)
    dinp[...] = wide(dout) * s * (1 + x * logistic(-x))


def gelu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp * (1 + erf(inp / sqrt(2))) / 2

    Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016.
    """
    x = np.maximum(wide(inp), -1e3)
    out[...] = x * normal_share(x)


def gelu_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (share(inp) + inp * density(inp)), of the normal distribution"""
    x = np.clip(wide(inp), -1e3, 1e3)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    dinp[...] = wide(dout) * (normal_share(x) + x * density)


def gelu_tanh_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp * (1 + tanh(u)) / 2, u = sqrt(2 / pi) * (inp + 0.044715 * inp ** 3)

    The approximation of the same paper. (1 + tanh(u)) / 2 is sigmoid(2 u).
    """
    x = np.maximum(wide(inp), -1e3)
    u = np.sqrt(2 / np.pi) * (x + 0.044715 * np.minimum(x, 1e3) ** 3)
    out[...] = x * logistic(2 * u)


def gelu_tanh_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (s + inp * s * (1 - s) * 2 u'), s = sigmoid(2 u)"""
    x = np.clip(wide(inp), -1e3, 1e3)
    root = np.sqrt(2 / np.pi)
    u = root * (x + 0.044715 * x**3)
    du = root * (1 + 3 * 0.044715 * x**2)
    s = logistic(2 * u)
    dinp[...] = wide(dout) * (s + x * s * logistic(-2 * u) * 2 * du)


def mish_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp * tanh(softplus(inp))

    Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020.
    """
    x = np.maximum(wide(inp), -1e3)
    out[...] = x * np.tanh(np.logaddexp(0, x))


def mish_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (t + inp * (1 - t ** 2) * sigmoid(inp)), t = tanh(softplus)"""
    x = np.clip(wide(inp), -1e3, 1e3)
    t = np.tanh(np.logaddexp(0, x))
    dinp[...] = wide(dout) * (t + x * (1 - t**2) * logistic(x))
