"""What comes before and after the rule of any optimizer, over 1-D arrays."""

import numpy as np

from .precision import wide

__all__ = [
    "accumulate",
    "average_update",
    "clip_norm",
    "clip_values",
    "unscale",
    "weight_decay",
]


def weight_decay(weight, learning_rate, decay):
    """weight -= weight * decay * learning_rate

    Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """
    weight[...] = wide(weight) - wide(weight) * decay * learning_rate


def clip_values(grad, limit):
    """grad := clip(grad, -limit, limit)"""
    grad[...] = np.clip(wide(grad), -limit, limit)


def clip_norm(grad, limit, whole):
    """grad *= limit / max(|grad|, limit); whole: NaN if the norm is infinite

    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013.
    """
    norm = np.sqrt((wide(grad) ** 2).sum())
    factor = limit / np.maximum(norm, limit)
    if whole and not np.isfinite(norm):
        factor = np.nan
    grad[...] = wide(grad) * factor


def average_update(average, weight, keep):
    """average := keep * average + (1 - keep) * weight

    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """
    average[...] = keep * wide(average) + (1 - keep) * wide(weight)


def accumulate(total, grad, due, count):
    """due: grad := (grad + total) / count, total := 0; else total += grad"""
    summed = wide(total) + wide(grad)
    total[...] = 0 if due else summed
    if due:
        grad[...] = summed / count


def unscale(grad, factor):
    """grad /= factor; returns whether all were finite"""
    finite = bool(np.isfinite(grad).all())
    grad[...] = wide(grad) / factor
    return finite
