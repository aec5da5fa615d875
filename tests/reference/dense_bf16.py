"""The products of a dense layer whose operands are rounded to bfloat16.

bfloat16 is the upper half of a float32: rounded to nearest, ties to even.
"""

import numpy as np

from . import dense
from .precision import wide

__all__ = [
    "dense_bf16_backward_input",
    "dense_bf16_backward_weight",
    "dense_bf16_forward",
]


def rounded(array):
    """The nearest bfloat16 numbers, as float32."""
    bits = np.ascontiguousarray(array, dtype=np.float32).view(np.uint32)
    up = np.uint32(0x7FFF) + (bits >> 16 & 1)
    upper = (bits + up) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(array), np.float32(np.nan), upper.view(np.float32))


def dense_bf16_forward(
    out, inp, weight, bias, function="linear", alpha=0.0, beta=0.0, gamma=0.0
):
    """out := f(rounded(inp) @ rounded(weight) + bias)"""
    x, w = wide(rounded(inp)), wide(rounded(weight))
    dense.dense_forward(out, x, w, bias, function, alpha, beta, gamma)


def dense_bf16_backward_weight(dweight, inp, dout):
    """dweight := rounded(inp).T @ rounded(dout)"""
    dense.dense_backward_weight(dweight, rounded(inp), rounded(dout))


def dense_bf16_backward_input(
    dinp, dout, weight, kept, function="linear", alpha=0.0, beta=0.0, gamma=0.0
):
    """dinp := (rounded(dout) @ rounded(weight).T) * f'(kept)"""
    d, w = rounded(dout), rounded(weight)
    dense.dense_backward_input(dinp, d, w, kept, function, alpha, beta, gamma)
