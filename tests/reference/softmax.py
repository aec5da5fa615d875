"""Softmax and its kin over the rows of 2-D arrays."""

import numpy as np

from .precision import wide
from .smooth import logistic

__all__ = [
    "glu_backward",
    "glu_forward",
    "log_softmax_backward",
    "log_softmax_forward",
    "softmax_backward",
    "softmax_forward",
    "sparsemax_backward",
    "sparsemax_forward",
]


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


def log_softmax_forward(out, inp):
    """out[i, j] := inp[i, j] - log(sum_k exp(inp[i, k]))"""
    if inp.size == 0:
        return
    x = wide(inp) - wide(inp).max(axis=1, keepdims=True)
    out[...] = x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def log_softmax_backward(dinp, dout, out):
    """dinp[i, j] := dout[i, j] - exp(out[i, j]) * sum_k dout[i, k]"""
    d = wide(dout)
    dinp[...] = d - np.exp(wide(out)) * d.sum(axis=1, keepdims=True)


def sparsemax_forward(out, inp):
    """out[i, j] := max(inp[i, j] - t[i], 0), t[i] such that the row sums to 1

    Martins and Astudillo, "From softmax to sparsemax", ICML 2016, algorithm 1: the k
    largest values are kept, k being the last for which z[k] > (sum of them - 1) / k.
    """
    for row, x in zip(out, wide(inp), strict=True):
        if len(x) == 0:
            continue
        z = np.sort(x - x.max())[::-1]
        bounds = (np.cumsum(z) - 1) / np.arange(1, len(z) + 1)
        row[...] = np.maximum(x - x.max() - bounds[np.nonzero(z > bounds)[0][-1]], 0)


def sparsemax_backward(dinp, dout, out):
    """dinp[i, j] := dout[i, j] - mean of dout[i, k] with out[i, k] > 0, if j is such"""
    kept = out > 0
    d = wide(dout) * kept
    count = np.maximum(kept.sum(axis=1, keepdims=True), 1)
    dinp[...] = (d - d.sum(axis=1, keepdims=True) / count) * kept


def glu_forward(out, inp):
    """out[i, j] := inp[i, j] * sigmoid(inp[i, n + j]); inp (rows, 2 n)

    Dauphin, Fan, Auli and Grangier, "Language modeling with gated convolutional
    networks", ICML 2017.
    """
    a, b = np.split(wide(inp), 2, axis=1)
    out[...] = a * logistic(b)


def glu_backward(dinp, dout, inp):
    """dinp := (dout * s, dout * a * s * (1 - s)), s = sigmoid(b)"""
    a, b = np.split(wide(inp), 2, axis=1)
    d = wide(dout)
    gate = d * a * logistic(b) * logistic(-b)
    dinp[...] = np.concatenate([d * logistic(b), gate], axis=1)
