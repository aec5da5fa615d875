"""Losses, one value for each row, and their gradients.

``values`` float64 (rows,) receives the unweighted loss of each row. The gradient,
(rows, n) or None, receives ``weight[i] * scale * d values[i] / d pred[i]``; a missing
``weight`` stands for ones. A mean over the batch is ``scale = 1 / rows``.

The probability forms limit a probability to [epsilon, 1 - epsilon], as Keras does,
with these two numbers rounded to the array's type; where the limit holds the
derivative is zero. The logit forms need no limit and are exact.
"""

import numpy as np

from . import activations
from .precision import wide

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "label_mask",
    "mean_absolute_error",
    "mean_squared_error",
    "sigmoid_binary_crossentropy",
    "softmax_categorical_crossentropy",
    "softmax_sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy",
]

EPSILON = 1e-7  # Keras's


def mean_squared_error(dpred, values, pred, target, weight, scale):
    """values[i] := mean_j (pred[i, j] - target[i, j]) ** 2"""
    difference = wide(pred) - wide(target)
    values[...] = (difference**2).mean(axis=1)
    store(dpred, 2 * difference / pred.shape[1], weight, scale)


def mean_absolute_error(dpred, values, pred, target, weight, scale):
    """values[i] := mean_j |pred[i, j] - target[i, j]|; the derivative at 0 is 0"""
    difference = wide(pred) - wide(target)
    values[...] = np.abs(difference).mean(axis=1)
    store(dpred, np.sign(difference) / pred.shape[1], weight, scale)


def binary_crossentropy(
    dpred, values, pred, target, weight, scale, label_smoothing, epsilon=EPSILON
):
    """values[i] := -mean_j (t log p + (1 - t) log(1 - p)), p limited, t smoothed"""
    t = wide(target) * (1 - label_smoothing) + 0.5 * label_smoothing
    p, inside = limited(pred, pred.dtype, epsilon)
    values[...] = -(t * np.log(p) + (1 - t) * np.log1p(-p)).mean(axis=1)
    slope = np.where(inside, (p - t) / (p * (1 - p)), 0)
    store(dpred, slope / pred.shape[1], weight, scale)


def categorical_crossentropy(
    dpred, values, pred, target, weight, scale, label_smoothing, epsilon=EPSILON
):
    """values[i] := -sum_j t_j log p_j, p = pred over its row's sum, limited"""
    t = smoothed(target, label_smoothing)
    _categorical(dpred, values, pred, t, weight, scale, epsilon)


def sparse_categorical_crossentropy(
    dpred, values, pred, labels, weight, scale, epsilon=EPSILON
):
    """values[i] := -log p[labels[i]], p = pred over its row's sum, limited"""
    t = one_hot(labels, pred.shape[1])
    _categorical(dpred, values, pred, t, weight, scale, epsilon)


def sigmoid_binary_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing
):
    """values[i] := mean_j (log(1 + exp(x)) - t x), out := sigmoid(logits)

    This is -t log s - (1 - t) log(1 - s) with s = sigmoid(x), written without s, and
    log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)).
    """
    t = wide(target) * (1 - label_smoothing) + 0.5 * label_smoothing
    x = wide(logits)
    sigmoid = np.empty_like(x)
    activations.sigmoid_forward(sigmoid, x, 0.0)
    losses = np.maximum(x, 0) - t * x + np.log1p(np.exp(-np.abs(x)))
    values[...] = losses.mean(axis=1)
    if out is not None:
        out[...] = sigmoid
    store(dlogits, (sigmoid - t) / logits.shape[1], weight, scale)


def softmax_categorical_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing
):
    """values[i] := -sum_j t_j log softmax(logits)_j, out := softmax(logits)"""
    t = smoothed(target, label_smoothing)
    _softmax_categorical(dlogits, values, out, logits, t, weight, scale)


def softmax_sparse_categorical_crossentropy(
    dlogits, values, out, logits, labels, weight, scale
):
    """values[i] := -log softmax(logits)[labels[i]], out := softmax(logits)"""
    t = one_hot(labels, logits.shape[1])
    _softmax_categorical(dlogits, values, out, logits, t, weight, scale)


def store(gradient, slope, weight, scale):
    """gradient[i] := weight[i] * scale * slope[i], if there is a gradient"""
    if gradient is None:
        return
    factors = np.ones(len(slope)) if weight is None else wide(weight)
    gradient[...] = (factors * scale)[:, None] * slope


def limited(probability, dtype, epsilon):
    """(the probability within its limits, whether it was inside them)"""
    low, high = np.array([epsilon, 1 - epsilon], dtype=dtype)
    inside = (probability >= low) & (probability <= high)
    return np.clip(wide(probability), low, high), inside


def smoothed(target, label_smoothing):
    """The targets moved towards the uniform distribution over the classes."""
    return wide(target) * (1 - label_smoothing) + label_smoothing / target.shape[1]


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def _categorical(dpred, values, pred, t, weight, scale, epsilon):
    """q = pred / sum(pred), p = limited q, value = -sum t log p

    d value / d pred_j = (g_j - sum_k g_k q_k) / sum(pred), g_k = -t_k / p_k inside.
    """
    total = wide(pred).sum(axis=1, keepdims=True)
    q = wide(pred) / total
    p, inside = limited(q, pred.dtype, epsilon)
    values[...] = -(t * np.log(p)).sum(axis=1)
    g = np.where(inside, -t / p, 0)
    store(dpred, (g - (g * q).sum(axis=1, keepdims=True)) / total, weight, scale)


def _softmax_categorical(dlogits, values, out, logits, t, weight, scale):
    """value = sum_j t_j (log sum_k exp(x_k) - x_j), slope = softmax * sum(t) - t"""
    shifted = wide(logits) - wide(logits).max(axis=1, keepdims=True, initial=-np.inf)
    log_total = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    softmax = np.exp(shifted - log_total)
    values[...] = (t * (log_total - shifted)).sum(axis=1)
    if out is not None:
        out[...] = softmax
    store(dlogits, softmax * t.sum(axis=1, keepdims=True) - t, weight, scale)


def label_mask(mask, labels, ignored):
    """mask[i] := labels[i] != ignored"""
    mask[...] = labels != ignored
