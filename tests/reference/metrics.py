"""Metrics, one value for each row, and the sum that makes a mean of them.

Shapes: values float64 (rows,), pred and target (rows, n), labels int32 (rows,).
"""

import numpy as np

from .precision import wide

__all__ = [
    "binary_accuracy",
    "categorical_accuracy",
    "mean_accumulate",
    "sparse_categorical_accuracy",
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


def mean_accumulate(total, values, weight):
    """total[0] += sum(weight * values); total[1] += sum(weight), weight None: ones"""
    factors = np.ones(len(values)) if weight is None else wide(weight)
    total[0] += (factors * values).sum()
    total[1] += factors.sum()
