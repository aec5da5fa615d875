"""Metrics, one value for each row, and the sum that makes a mean of them.

Shapes: values float64 (rows,), pred and target (rows, n), labels int32 (rows,).
"""

import numpy as np

from .precision import wide

__all__ = [
    "binary_accuracy",
    "categorical_accuracy",
    "concordance_correlation",
    "cosine",
    "mean_accumulate",
    "pearson_correlation",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def binary_accuracy(values, pred, target, threshold):
    """values[i] := the share of columns j where (pred > threshold) == target"""
    values[...] = ((pred > threshold) == target).mean(axis=1)


def categorical_accuracy(values, pred, target):
    """values[i] := 1 where the first largest columns of both agree, else 0"""
    values[...] = np.argmax(pred, axis=1) == np.argmax(target, axis=1)


def sparse_categorical_accuracy(values, pred, labels):
    """values[i] := 1 where the first largest column of pred is labels[i], else 0"""
    values[...] = np.argmax(pred, axis=1) == labels


def top_k_categorical_accuracy(values, pred, target, k):
    """values[i] := 1 where fewer than k columns of pred are larger than the one where
    target is largest, else 0"""
    sparse_top_k_categorical_accuracy(values, pred, np.argmax(target, axis=1), k)


def sparse_top_k_categorical_accuracy(values, pred, labels, k):
    """values[i] := 1 where fewer than k columns of pred are larger than the one of the
    label, else 0"""
    chosen = np.take_along_axis(pred, labels[:, None].astype(np.intp), axis=1)
    values[...] = (pred > chosen).sum(axis=1) < k


def cosine(values, pred, target, epsilon):
    """values[i] := sum_j p_j t_j with p = pred / max(|pred|, epsilon), t likewise"""
    p, t = wide(pred), wide(target)
    norms = [np.maximum(np.linalg.norm(a, axis=1), epsilon) for a in (p, t)]
    values[...] = (p * t).sum(axis=1) / norms[0] / norms[1]


def pearson_correlation(values, pred, target, epsilon):
    """values[i] := the covariance of the columns over their standard deviations"""
    p, t = wide(pred), wide(target)
    covariance = ((p - _mean(p)) * (t - _mean(t))).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values[...] = covariance / (p.std(axis=1) * t.std(axis=1))


def concordance_correlation(values, pred, target, epsilon):
    """values[i] := 2 covariance / (var p + var t + (mean p - mean t)^2 + epsilon)"""
    p, t = wide(pred), wide(target)
    covariance = ((p - _mean(p)) * (t - _mean(t))).mean(axis=1)
    apart = (p.mean(axis=1) - t.mean(axis=1)) ** 2
    spread = p.var(axis=1) + t.var(axis=1) + apart
    values[...] = 2 * covariance / (spread + epsilon)


def _mean(a):
    return a.mean(axis=1, keepdims=True)


def mean_accumulate(total, values, weight):
    """total[0] += sum(weight * values); total[1] += sum(weight), weight None: ones"""
    factors = np.ones(len(values)) if weight is None else wide(weight)
    total[0] += (factors * values).sum()
    total[1] += factors.sum()
