"""Normalization of columns by the statistics of a batch, and of rows by their own."""

import numpy as np

from .precision import wide

__all__ = [
    "batch_normalization_backward",
    "batch_statistics",
    "collect",
    "moving_average",
    "normalization_backward",
    "normalization_forward",
    "normalization_scale",
    "prelu_backward",
    "prelu_forward",
    "spread",
]


def counted(rows, mask, epsilon):
    """(which rows count, what their sums are divided by)"""
    if mask is None:
        return np.ones((rows, 1), bool), float(rows)
    return (mask != 0)[:, None], (mask != 0).sum() + epsilon


def batch_statistics(mean, variance, inp, mask, epsilon):
    """mean, variance := sum of inp, of (inp - mean)^2, over the rows whose mask is not
    0, by their number + epsilon; without a mask by the number of all rows"""
    kept, count = counted(len(inp), mask, epsilon)
    x = wide(inp)
    center = np.where(kept, x, 0).sum(axis=0) / count
    mean[...] = center
    variance[...] = np.where(kept, (x - center) ** 2, 0).sum(axis=0) / count


def normalization_scale(
    inverse, scale, after, variance, gamma, beta, correction, epsilon
):
    """inverse := 1 / sqrt(variance + epsilon); scale := inverse * gamma * r
    after := beta + gamma * d; correction = (r, d), (1, 0) for none"""
    r, d = (1.0, 0.0) if correction is None else wide(correction)
    g = 1.0 if gamma is None else wide(gamma)
    factor = 1 / np.sqrt(wide(variance) + epsilon)
    inverse[...] = factor
    scale[...] = factor * g * r
    after[...] = g * d + (0.0 if beta is None else wide(beta))


def batch_normalization_backward(
    dinp, dgamma, dbeta, dout, inp, mean, inverse, scale, correction, mask, epsilon
):
    """dbeta := sum of dout; dgamma := r * sum of dout * n + d * dbeta
    dinp := scale * (dout - (dbeta + n * sum of dout * n) / count), n being
    (inp - mean) * inverse; only scale * dout in rows that do not count

    Ioffe and Szegedy, "Batch normalization: accelerating deep network training by
    reducing internal covariate shift", ICML 2015.
    """
    kept, count = counted(len(inp), mask, epsilon)
    r, d = (1.0, 0.0) if correction is None else wide(correction)
    g, n = wide(dout), (wide(inp) - wide(mean)) * wide(inverse)
    total, product = g.sum(axis=0), (g * n).sum(axis=0)
    dbeta[...] = total
    dgamma[...] = r * product + d * total
    dinp[...] = wide(scale) * (g - np.where(kept, (total + n * product) / count, 0))


def moving_average(average, value, momentum):
    """average := average * momentum + value * (1 - momentum)"""
    average[...] = wide(average) * momentum + wide(value) * (1 - momentum)


def as_blocks(array, height, across):
    """(samples, across, height, width), the same memory in blocks"""
    rows, n = array.shape
    return (
        wide(array)
        .reshape(rows // height, height, across, n // across)
        .transpose(0, 2, 1, 3)
    )


def as_rows(blocks):
    samples, across, height, width = blocks.shape
    return blocks.transpose(0, 2, 1, 3).reshape(samples * height, across * width)


def of_each(vector, across):
    return wide(vector).reshape(-1, across, 1, 1)


def factor_of(gamma, across):
    """What blocks are multiplied by."""
    if gamma is None:
        return 1.0
    return as_blocks(gamma, len(gamma), across)


def normalization_forward(
    out, mean, inverse, inp, gamma, beta, height, across, mode, epsilon
):
    """out := (inp - shift) * inverse * gamma + beta, for each block

    mode 0: shift = mean, inverse = 1 / sqrt(variance + epsilon); 1: shift = mean = 0,
    inverse = 1 / sqrt(mean of squares + epsilon); 2: as 0, without shift; 3: shift =
    mean = 0, inverse = 1 / max(sqrt(sum of squares), epsilon)
    """
    x = as_blocks(inp, height, across)
    center = x.mean(axis=(2, 3), keepdims=True) * (mode in (0, 2))
    squares = ((x - center) ** 2).sum(axis=(2, 3), keepdims=True)
    if mode == 3:
        factor = 1 / np.maximum(np.sqrt(squares), epsilon)
    else:
        factor = 1 / np.sqrt(squares / (x.shape[2] * x.shape[3]) + epsilon)
    y = (x - center * (mode == 0)) * factor * factor_of(gamma, across)
    out[...] = as_rows(y + (0.0 if beta is None else factor_of(beta, across)))
    mean[...] = center.reshape(-1)
    inverse[...] = factor.reshape(-1)


def normalization_backward(
    dinp, dgamma, dbeta, dout, inp, mean, inverse, gamma, height, across, mode, epsilon
):
    """n := (inp - shift) * inverse; g := dout * gamma; dbeta := sum of dout; dgamma :=
    sum of dout * n; dinp := inverse * (g - mean of g - (inp - mean) * inverse * mean of
    g * n), the mean of g only in mode 0, and a sum in place of the last mean in mode 3
    """
    d, x = as_blocks(dout, height, across), as_blocks(inp, height, across)
    center, factor = of_each(mean, across), of_each(inverse, across)
    n = (x - center * (mode == 0)) * factor
    g = d * factor_of(gamma, across)
    if dgamma is not None:
        over = (0,) if across == 1 else (0, 2)
        for out, terms in ((dgamma, d * n), (dbeta, d)):
            total = terms.sum(axis=over, keepdims=True)
            out[...] = as_rows(total)
    if dinp is not None:
        size = 1 if mode == 3 else x.shape[2] * x.shape[3]
        product = (g * n).sum(axis=(2, 3), keepdims=True) / size
        total = g.sum(axis=(2, 3), keepdims=True) / size * (mode == 0)
        dx = factor * (g - total - (x - center) * factor * product)
        short = (factor * epsilon >= 1) & (mode == 3)
        dinp[...] = as_rows(np.where(short, 0, dx))


def prelu_forward(out, inp, alpha):
    """out := alpha * inp where inp < 0 else inp; row i with row i % period of alpha

    He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    """
    slopes = wide(alpha)[np.arange(len(inp)) % len(alpha)]
    out[...] = np.where(inp < 0, slopes * wide(inp), wide(inp))


def prelu_backward(dinp, dalpha, dout, inp, alpha):
    """dinp := dout where inp > 0, alpha * dout where inp < 0, else 0;
    dalpha := sum of dout * inp where inp < 0"""
    d, x = wide(dout), wide(inp)
    slopes = wide(alpha)[np.arange(len(inp)) % len(alpha)]
    if dinp is not None:
        dinp[...] = d * np.where(x < 0, slopes, x > 0)
    if dalpha is not None:
        terms = (d * np.minimum(x, 0)).reshape(-1, *alpha.shape)
        dalpha[...] = terms.sum(axis=0)


def spread(out, inp, index):
    """out := inp[index]"""
    out[...] = inp[index]


def collect(out, inp, places, order, first):
    """out[places[k]] := sum of inp[order[i]], first[k] <= i < first[k + 1]"""
    for k, place in enumerate(places):
        out[place] = wide(inp)[order[first[k] : first[k + 1]]].sum()
