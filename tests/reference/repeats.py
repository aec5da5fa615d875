"""Rows that are repeated."""

import numpy as np

from .precision import wide

__all__ = ["repeat_backward", "repeat_forward"]


def repeat_forward(out, inp, n):
    """out[i * n + r] := inp[i]"""
    out[...] = np.repeat(inp, n, axis=0)


def repeat_backward(dinp, dout, n):
    """dinp[i] := sum of dout[i * n + r] over r"""
    dinp[...] = wide(dout).reshape(len(dinp), n, dinp.shape[1]).sum(axis=1)
