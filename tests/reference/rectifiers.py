"""Activation functions made of straight pieces, and their derivatives.

``X_forward(out, inp, ...)`` and ``X_backward(dinp, dout, out, ...)``, element by
element over 1-D arrays; ``out`` in the backward is what the forward returned. Where a
derivative cannot be written with it, the backward takes ``inp``. ``alpha``, ``beta``,
``gamma`` are settings; what a function does not use is ignored.
"""

import numpy as np

from .precision import wide

__all__ = [
    "hard_shrink_backward",
    "hard_shrink_forward",
    "hard_sigmoid_backward",
    "hard_sigmoid_forward",
    "hard_silu_backward",
    "hard_silu_forward",
    "hard_tanh_backward",
    "hard_tanh_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "rectifier_backward",
    "rectifier_forward",
    "relu_backward",
    "relu_capped_backward",
    "relu_capped_forward",
    "relu_forward",
    "soft_shrink_backward",
    "soft_shrink_forward",
    "sparse_plus_backward",
    "sparse_plus_forward",
    "sparse_sigmoid_backward",
    "sparse_sigmoid_forward",
    "threshold_backward",
    "threshold_forward",
]


def linear_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp"""
    out[...] = inp


def linear_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout"""
    dinp[...] = dout


def relu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := max(inp, 0), and NaN stays NaN"""
    out[...] = np.maximum(inp, 0)


def relu_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out > 0 else 0"""
    dinp[...] = np.where(out > 0, dout, 0)


def relu_capped_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := min(max(inp, 0), alpha)"""
    out[...] = np.clip(wide(inp), 0, alpha)


def relu_capped_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where 0 < out < alpha else 0"""
    inside = (out > 0) & (out < alpha)
    dinp[...] = np.where(inside, dout, 0)


def leaky_relu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp where inp > 0 else alpha * inp

    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic
    models", ICML 2013.
    """
    out[...] = np.where(inp > 0, inp, alpha * wide(inp))


def leaky_relu_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out > 0 else alpha * dout"""
    dinp[...] = np.where(out > 0, dout, alpha * wide(dout))


def rectifier_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := above + below

    Above the threshold gamma the input, below it alpha * (inp - gamma). A finite beta
    limits the part above to [0, beta].
    """
    x = wide(inp)
    above = np.where(x <= gamma, 0, x)
    if np.isfinite(beta):
        above = np.clip(above, 0, beta)
    below = np.where(x < gamma, x - gamma, 0) if alpha else 0
    out[...] = above + alpha * below


def rectifier_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (1 above the threshold and within the limits, alpha below)"""
    x = wide(inp)
    above = x > gamma
    if np.isfinite(beta):
        above &= (x > 0) & (x < beta)
    dinp[...] = wide(dout) * (above + alpha * (x < gamma))


def threshold_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp where inp > alpha else beta"""
    out[...] = np.where(wide(inp) <= alpha, beta, inp)


def threshold_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where inp > alpha else 0"""
    dinp[...] = np.where(wide(inp) > alpha, dout, 0)


def hard_sigmoid_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := min(max(inp + 3, 0), 6) / 6"""
    out[...] = np.clip(wide(inp) + 3, 0, 6) / 6


def hard_sigmoid_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout / 6 where 0 < out < 1 else 0"""
    dinp[...] = np.where((out > 0) & (out < 1), wide(dout) / 6, 0)


def hard_silu_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp * hard_sigmoid(inp)

    Howard et al., "Searching for MobileNetV3", ICCV 2019.
    """
    x = wide(inp)
    out[...] = np.where(x <= -3, 0, x) * (np.clip(x + 3, 0, 6) / 6)


def hard_silu_backward(dinp, dout, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * (0 where inp <= -3, 1 where inp >= 3, else (2 inp + 3) / 6)"""
    x = wide(inp)
    slope = np.where(x <= -3, 0, np.where(x >= 3, 1, (2 * x + 3) / 6))
    dinp[...] = wide(dout) * slope


def hard_tanh_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := min(max(inp, -1), 1)"""
    out[...] = np.clip(inp, -1, 1)


def hard_tanh_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where |out| < 1 else 0"""
    dinp[...] = np.where(np.abs(out) < 1, dout, 0)


def soft_shrink_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp - alpha where inp > alpha, inp + alpha where inp < -alpha, else 0"""
    x = wide(inp)
    out[...] = np.where(np.isnan(x), x, np.sign(x) * np.maximum(np.abs(x) - alpha, 0))


def soft_shrink_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out is not 0 else 0"""
    dinp[...] = np.where(out == 0, 0, dout)


def hard_shrink_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := inp where |inp| > alpha else 0"""
    out[...] = np.where(np.abs(wide(inp)) <= alpha, 0, inp)


def hard_shrink_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout where out is not 0 else 0"""
    dinp[...] = np.where(out == 0, 0, dout)


def sparse_sigmoid_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := (min(max(inp, -1), 1) + 1) / 2

    Blondel, Martins and Niculae, "Learning classifiers with Fenchel-Young losses",
    AISTATS 2019.
    """
    out[...] = (np.clip(wide(inp), -1, 1) + 1) / 2


def sparse_sigmoid_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout / 2 where 0 < out < 1 else 0"""
    dinp[...] = np.where((out > 0) & (out < 1), wide(dout) / 2, 0)


def sparse_plus_forward(out, inp, alpha=0.0, beta=0.0, gamma=0.0):
    """out := (inp + 1) ** 2 / 4 where |inp| < 1, else 0 below and inp above"""
    x = wide(inp)
    middle = (np.clip(x, -1, 1) + 1) ** 2 / 4
    out[...] = np.where(x >= 1, x, middle)


def sparse_plus_backward(dinp, dout, out, alpha=0.0, beta=0.0, gamma=0.0):
    """dinp := dout * min(sqrt(out), 1)"""
    dinp[...] = wide(dout) * np.minimum(np.sqrt(wide(out)), 1)
