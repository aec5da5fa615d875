"""Shifting and scaling, bins, and encodings of categories."""

import numpy as np

from .precision import wide

__all__ = [
    "affine_backward",
    "affine_forward",
    "codes_to_values",
    "digitize",
    "encode_forward",
    "normalization_settings",
    "values_to_codes",
]


def normalization_settings(
    before, scale, after, mean, variance, index, epsilon, invert
):
    """deviation := max(sqrt(variance), epsilon);
    before, scale, after := mean, 1 / deviation, 0; inverted 0, deviation, mean"""
    deviation = np.maximum(np.sqrt(wide(variance).reshape(-1)[index]), epsilon)
    mean = wide(mean).reshape(-1)[index]
    before[...] = 0 if invert else mean
    scale[...] = deviation if invert else 1 / deviation
    after[...] = mean if invert else 0


def affine_forward(out, inp, before, scale, after):
    """out := (inp - before) * scale + after, row i with row i % period"""
    rows = np.arange(len(inp)) % max(len(before), 1)
    out[...] = (wide(inp) - wide(before)[rows]) * wide(scale)[rows] + wide(after)[rows]


def affine_backward(dinp, dout, scale):
    """dinp := dout * scale, row i with row i % period"""
    rows = np.arange(len(dout)) % max(len(scale), 1)
    dinp[...] = wide(dout) * wide(scale)[rows]


def digitize(out, inp, boundaries):
    """out := the number of boundaries that are not above inp"""
    out[...] = (inp[..., None] >= boundaries).sum(axis=-1)


def encode_forward(out, codes, weight, count):
    """out[i, c] := whether c is among codes[i], or how many times; times weight[c]"""
    columns = np.arange(out.shape[1])
    counts = (codes[:, :, None] == columns).sum(axis=1)
    out[...] = counts if count else counts > 0
    if weight is not None:
        out[...] = wide(out) * wide(weight)


def codes_to_values(out, codes):
    """out := codes"""
    out[...] = codes


def values_to_codes(codes, inp):
    """codes := inp without its fraction; -1 for what no int32 holds"""
    whole = np.abs(inp) < 2.0**31
    codes[...] = np.where(whole, np.trunc(np.where(whole, wide(inp), 0)), -1)
