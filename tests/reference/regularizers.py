"""Penalties on the size of weights, and of what layers return.

Krogh and Hertz, "A simple weight decay can improve generalization", NIPS 1991 (l2);
Tibshirani, "Regression shrinkage and selection via the lasso", 1996 (l1).
"""

import numpy as np

from .precision import wide

__all__ = ["activity_backward", "activity_values", "l1_l2_backward", "l1_l2_value"]


def l1_l2_value(weight, l1, l2):
    """l1 * sum |weight| + l2 * sum weight ** 2"""
    w = wide(weight)
    return float(l1 * np.abs(w).sum() + l2 * (w**2).sum())


def l1_l2_backward(dweight, weight, l1, l2):
    """dweight += l1 * sign(weight) + 2 * l2 * weight"""
    w = wide(weight)
    dweight[...] = wide(dweight) + l1 * np.sign(w) + 2 * l2 * w


def activity_values(values, inp, l1, l2):
    """values := l1 * sum |inp| + l2 * sum inp ** 2, of each row"""
    x = wide(inp)
    values[...] = l1 * np.abs(x).sum(axis=1) + l2 * (x**2).sum(axis=1)


def activity_backward(dinp, dout, inp, l1, l2):
    """dinp := dout + l1 * sign(inp) + 2 * l2 * inp"""
    x = wide(inp)
    dinp[...] = wide(dout) + l1 * np.sign(x) + 2 * l2 * x
