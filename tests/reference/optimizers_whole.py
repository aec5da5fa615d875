"""One step of rules that look at a weight as a whole, and the parts of Muon's."""

import numpy as np

from .precision import wide

__all__ = [
    "adafactor_update",
    "lamb_update",
    "mixed_product",
    "muon_direction",
    "muon_update",
    "normalized_transposes",
    "symmetric_product",
]


def adafactor_update(
    weight,
    velocity,
    row_mean,
    column_mean,
    grad,
    learning_rate,
    beta_2_decay,
    epsilon_1,
    epsilon_2,
    clip_threshold,
    step,
):
    """weight -= max(epsilon_2, rms(weight)) * rate * u / max(1, rms(u) / threshold)

    u = grad / sqrt(velocity), where velocity is the outer product of means over rows
    and columns, or a mean for each element where row_mean is None. weight is (matrices
    * rows, columns), row_mean (matrices, rows).
    Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost",
    ICML 2018.
    """
    if not weight.size:
        return
    g = wide(grad)
    keep = 1 - float(step) ** beta_2_decay
    squares = g**2 + epsilon_1
    if row_mean is None:
        v = keep * wide(velocity) + (1 - keep) * squares
    else:
        squares = squares.reshape(*row_mean.shape, g.shape[1])
        r = keep * wide(row_mean) + (1 - keep) * squares.mean(axis=-1)
        c = keep * wide(column_mean) + (1 - keep) * squares.mean(axis=-2)
        row_mean[...], column_mean[...] = r, c
        share = r / r.mean(axis=-1, keepdims=True)
        v = (share[:, :, None] * c[:, None, :]).reshape(g.shape)
    velocity[...] = v
    u = g / np.sqrt(v)
    size = np.maximum(epsilon_2, np.sqrt((wide(weight) ** 2).mean()))
    spread = np.maximum(1, np.sqrt((u**2).mean()) / clip_threshold)
    rate = min(learning_rate, 1 / np.sqrt(step))
    weight[...] = wide(weight) - rate * size / spread * u


def lamb_update(
    weight, momentum, velocity, grad, learning_rate, beta_1, beta_2, epsilon, step
):
    """As Adam, with the step as long as learning_rate * |weight|

    You et al., "Large batch optimization for deep learning: training BERT in 76
    minutes", ICLR 2020.
    """
    g = wide(grad)
    m = wide(momentum) + (1 - beta_1) * (g - wide(momentum))
    v = wide(velocity) + (1 - beta_2) * (g**2 - wide(velocity))
    momentum[...], velocity[...] = m, v
    change = m / (1 - beta_1**step) / (np.sqrt(v / (1 - beta_2**step)) + epsilon)
    own, its = np.linalg.norm(wide(weight)), np.linalg.norm(change)
    ratio = own / its if own > 0 and its > 0 else 1.0
    weight[...] = wide(weight) - learning_rate * ratio * change


def muon_direction(out, momentum, grad, keep, nesterov):
    """momentum := keep * momentum + grad; out := grad + keep * momentum or momentum

    Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
    """
    m = keep * wide(momentum) + wide(grad)
    momentum[...] = m
    out[...] = wide(grad) + keep * m if nesterov else m


def normalized_transposes(out, out_transposed, inp):
    """out := inp / (|inp| + 1e-7); out_transposed := out.T"""
    out[...] = wide(inp) / (np.sqrt((wide(inp) ** 2).sum()) + 1e-7)
    out_transposed[...] = out.T


def mixed_product(out, out_transposed, left, right, base, alpha, beta):
    """out := alpha * (left @ right) + beta * base; out_transposed := out.T"""
    mixed = alpha * (wide(left) @ wide(right))
    out[...] = mixed if base is None else mixed + beta * wide(base)
    if out_transposed is not None:
        out_transposed[...] = out.T


def symmetric_product(out, left, right, base, alpha, beta):
    """out := alpha * (left @ right) + beta * base, known to be symmetric"""
    mixed_product(out, None, left, right, base, alpha, beta)


def muon_update(weight, change, learning_rate, factor):
    """weight -= learning_rate * factor * change"""
    weight[...] = wide(weight) - learning_rate * factor * wide(change)
