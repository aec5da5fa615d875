"""Penalties on the size of the weights.

Krogh and Hertz, "A simple weight decay can improve generalization", NIPS 1991 (l2);
Tibshirani, "Regression shrinkage and selection via the lasso", 1996 (l1).
"""

import numpy as np

from .precision import wide

__all__ = ["l1_l2_backward", "l1_l2_value"]


def l1_l2_value(weight, l1, l2):
    """l1 * sum |weight| + l2 * sum weight ** 2"""
    w = wide(weight)
    return float(l1 * np.abs(w).sum() + l2 * (w**2).sum())


def l1_l2_backward(dweight, weight, l1, l2):
    """dweight += l1 * sign(weight) + 2 * l2 * weight"""
    w = wide(weight)
    dweight[...] = wide(dweight) + l1 * np.sign(w) + 2 * l2 * w
