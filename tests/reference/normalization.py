"""Normalization of columns by the statistics of a batch, and of rows by their own."""

import numpy as np

from .precision import wide

__all__ = [
    "batch_normalization_backward",
    "batch_statistics",
    "moving_average",
    "normalization_scale",
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
