"""What brings weights back after an update.

Srebro and Shraibman, "Rank, trace-norm and max-norm", 2005, and Hinton et al.,
"Improving neural networks by preventing co-adaptation of feature detectors", 2012, for
bounds on the norm of a unit's incoming weights.
"""

import numpy as np

from .precision import wide

__all__ = ["non_negative_constraint", "norm_constraint"]


def norm_constraint(weight, low, high, rate, epsilon, groups, across):
    """w *= (rate * clip(norm, low, high) + (1 - rate) * norm) / (epsilon + norm)

    The rows of `weight` count through groups = (a, b, c, d); the norm is over b and d,
    and over the columns too if `across`.
    """
    w = wide(weight).reshape(*groups, weight.shape[1])
    axes = (1, 3, 4) if across else (1, 3)
    norm = np.sqrt((w**2).sum(axis=axes, keepdims=True))
    wanted = rate * np.clip(norm, low, high)
    if rate != 1:
        wanted = wanted + (1 - rate) * norm
    weight[...] = (w * (wanted / (epsilon + norm))).reshape(weight.shape)


def non_negative_constraint(weight):
    """w := max(w, 0)"""
    weight[...] = np.maximum(wide(weight), 0)
