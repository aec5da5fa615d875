"""Rows of a table, looked up by codes, and masks."""

import numpy as np

from .precision import wide

__all__ = [
    "codes_mask",
    "embedding_backward",
    "embedding_forward",
    "masked_weights",
    "masking_backward",
    "masking_forward",
]


def embedding_forward(out, codes, weight):
    """out[i] := weight[codes[i]]; NaN for a code that has no entry

    Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", JMLR
    2003.
    """
    out[...] = np.nan
    known = (codes >= 0) & (codes < len(weight))
    out[known] = weight[codes[known]]


def embedding_backward(dweight, dout, codes):
    """dweight[c] := sum of dout[i] over the i with codes[i] == c"""
    for c in range(len(dweight)):
        dweight[c] = wide(dout[codes == c]).sum(axis=0)


def masking_forward(out, mask, inp, value):
    """mask := whether anything in a row is not value; out := inp where mask else 0"""
    mask[...] = (inp != inp.dtype.type(value)).any(axis=1)
    out[...] = np.where(mask[:, None], inp, 0)


def masking_backward(dinp, dout, mask):
    """dinp := dout where mask else 0"""
    dinp[...] = np.where(mask[:, None], dout, 0)


def codes_mask(mask, codes):
    """mask := codes != 0"""
    mask[...] = codes != 0


def masked_weights(out, mask, weight, mean):
    """out := mask * weight; for a mean times rows / sum of mask"""
    valid = wide(mask).sum()
    factor = (len(mask) / valid if valid else 0) if mean else 1
    out[...] = factor * wide(mask) * (1 if weight is None else wide(weight))
