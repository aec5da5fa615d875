"""Losses beyond the squared error and the cross entropies; see `losses`."""

import numpy as np

from .losses import limited, one_hot, smoothed, store
from .precision import wide

__all__ = [
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sigmoid_binary_focal_crossentropy",
    "softmax_categorical_focal_crossentropy",
    "squared_hinge",
    "tversky",
    "tversky_of_batch",
]


def mean_absolute_percentage_error(dpred, values, pred, target, weight, scale, epsilon):
    """values[i] := 100 mean_j |pred - target| / max(|target|, epsilon)"""
    difference = wide(pred) - wide(target)
    size = np.maximum(np.abs(wide(target)), _rounded(epsilon, pred))
    values[...] = 100 * (np.abs(difference) / size).mean(axis=1)
    store(dpred, 100 * np.sign(difference) / size / pred.shape[1], weight, scale)


def mean_squared_logarithmic_error(dpred, values, pred, target, weight, scale, epsilon):
    """values[i] := mean_j (log(1 + pred) - log(1 + target))^2, both at least epsilon"""
    least = _rounded(epsilon, pred)
    p, t = (np.maximum(wide(array), least) for array in (pred, target))
    difference = np.log1p(p) - np.log1p(t)
    values[...] = (difference**2).mean(axis=1)
    slope = np.where(wide(pred) < least, 0, 2 * difference / (1 + p))
    store(dpred, slope / pred.shape[1], weight, scale)


def huber(dpred, values, pred, target, weight, scale, delta):
    """values[i] := mean_j e^2 / 2 where |e| <= delta else delta |e| - delta^2 / 2"""
    e = wide(pred) - wide(target)
    size = np.abs(e)
    far = delta * size - delta**2 / 2
    values[...] = np.where(size <= delta, e**2 / 2, far).mean(axis=1)
    store(dpred, np.clip(e, -delta, delta) / pred.shape[1], weight, scale)


def log_cosh(dpred, values, pred, target, weight, scale):
    """values[i] := mean_j log cosh(e), cosh(e) - 1 = 2 sinh(e / 2)^2 near zero"""
    e = wide(pred) - wide(target)
    size = np.abs(e)
    near = np.log1p(2 * np.sinh(np.minimum(size, 1) / 2) ** 2)
    far = size + np.log1p(np.exp(-2 * size)) - np.log(2)
    values[...] = np.where(size < 1, near, far).mean(axis=1)
    store(dpred, np.tanh(e) / pred.shape[1], weight, scale)


def poisson(dpred, values, pred, target, weight, scale, epsilon):
    """values[i] := mean_j pred - target log(pred + epsilon)"""
    p = wide(pred) + _rounded(epsilon, pred)
    values[...] = (wide(pred) - wide(target) * np.log(p)).mean(axis=1)
    store(dpred, (1 - wide(target) / p) / pred.shape[1], weight, scale)


def kl_divergence(dpred, values, pred, target, weight, scale, epsilon):
    """values[i] := sum_j t log(t / p), both within [epsilon, 1]"""
    low = _rounded(epsilon, pred)
    p, t = (np.clip(wide(array), low, 1) for array in (pred, target))
    values[...] = (t * np.log(t / p)).sum(axis=1)
    store(dpred, np.where(p == wide(pred), -t / p, 0), weight, scale)


def cosine_similarity(dpred, values, pred, target, weight, scale, epsilon):
    """values[i] := -sum_j t_j p_j, both divided by their norms, at least epsilon"""
    norms = [np.linalg.norm(wide(a), axis=1, keepdims=True) for a in (pred, target)]
    p, t = (
        wide(array) / np.maximum(norm, epsilon)
        for array, norm in zip((pred, target), norms, strict=True)
    )
    cosine = (p * t).sum(axis=1, keepdims=True)
    values[...] = -cosine[:, 0]
    along = np.where(norms[0] > epsilon, cosine * p, 0)
    store(dpred, (along - t) / np.maximum(norms[0], epsilon), weight, scale)


def hinge(dpred, values, pred, target, weight, scale):
    """values[i] := mean_j max(1 - target pred, 0)"""
    t = _signs(target)
    margin = np.maximum(1 - t * wide(pred), 0)
    values[...] = margin.mean(axis=1)
    store(dpred, -t * (margin > 0) / pred.shape[1], weight, scale)


def squared_hinge(dpred, values, pred, target, weight, scale):
    """values[i] := mean_j max(1 - target pred, 0)^2"""
    t = _signs(target)
    margin = np.maximum(1 - t * wide(pred), 0)
    values[...] = (margin**2).mean(axis=1)
    store(dpred, -2 * t * margin / pred.shape[1], weight, scale)


def categorical_hinge(dpred, values, pred, target, weight, scale):
    """values[i] := max(1 + max_j (1 - t) p - sum_j t p, 0)"""
    t, p = wide(target), wide(pred)
    wrong = (1 - t) * p
    value = 1 + wrong.max(axis=1) - (t * p).sum(axis=1)
    values[...] = np.maximum(value, 0)
    slope = one_hot(wrong.argmax(axis=1), pred.shape[1]) * (1 - t) - t
    store(dpred, slope * (value > 0)[:, None], weight, scale)


def binary_focal_crossentropy(
    dpred, values, pred, target, weight, scale, label_smoothing, gamma, yes, no,
    epsilon,
):  # fmt: skip
    """values[i] := mean_j w f^gamma c: how far p is off, and its cross entropy"""
    value, slope = _binary_focal(
        wide(pred), pred.dtype, target, label_smoothing, gamma, yes, no, epsilon
    )
    values[...] = value.mean(axis=1)
    store(dpred, slope / pred.shape[1], weight, scale)


def sigmoid_binary_focal_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing, gamma, yes,
    no, epsilon,
):  # fmt: skip
    """values[i] := the same of sigmoid(logits), out := sigmoid(logits)"""
    p = 1 / (1 + np.exp(-wide(logits)))
    if out is not None:
        out[...] = p
    value, slope = _binary_focal(
        p, logits.dtype, target, label_smoothing, gamma, yes, no, epsilon
    )
    values[...] = value.mean(axis=1)
    store(dlogits, slope * p * (1 - p) / logits.shape[1], weight, scale)


def categorical_focal_crossentropy(
    dpred, values, pred, target, weight, scale, label_smoothing, gamma, epsilon, alpha
):
    """values[i] := -sum_j alpha_j t_j (1 - p_j)^gamma log p_j, p = pred over its sum"""
    total = wide(pred).sum(axis=1, keepdims=True)
    q = wide(pred) / total
    t = wide(alpha) * smoothed(target, label_smoothing)
    values[...], slope = _categorical_focal(q, pred.dtype, t, gamma, epsilon)
    dot = (slope * q).sum(axis=1, keepdims=True)
    store(dpred, (slope - dot) / total, weight, scale)


def softmax_categorical_focal_crossentropy(
    dlogits, values, out, logits, target, weight, scale, label_smoothing, gamma,
    epsilon, alpha,
):  # fmt: skip
    """values[i] := the same of softmax(logits), out := softmax(logits)"""
    x = wide(logits)
    q = np.exp(x - x.max(axis=1, keepdims=True, initial=-np.inf))
    q /= q.sum(axis=1, keepdims=True)
    if out is not None:
        out[...] = q
    t = wide(alpha) * smoothed(target, label_smoothing)
    values[...], slope = _categorical_focal(q, logits.dtype, t, gamma, epsilon)
    dot = (slope * q).sum(axis=1, keepdims=True)
    store(dlogits, q * (slope - dot), weight, scale)


def categorical_generalized_cross_entropy(
    dpred, values, pred, labels, weight, scale, q
):
    """values[i] := (1 - p^q) / q, p = pred[i, labels[i]]"""
    t = one_hot(labels, pred.shape[1])
    p = (t * wide(pred)).sum(axis=1)
    values[...] = (1 - p**q) / q
    store(dpred, -t * (p ** (q - 1))[:, None], weight, scale)


def tversky(dpred, values, pred, target, weight, scale, alpha, beta, epsilon):
    """values[i] := 1 - I / (I + alpha (sum t - I) + beta (sum p - I) + epsilon)"""
    values[...], slope = _overlap(wide(pred), wide(target), alpha, beta, epsilon, 1)
    store(dpred, slope, weight, scale)


def tversky_of_batch(dpred, values, pred, target, weight, scale, alpha, beta, epsilon):
    """values[i] := that of all rows together"""
    value, slope = _overlap(wide(pred), wide(target), alpha, beta, epsilon, (0, 1))
    values[...] = value
    total = len(pred) if weight is None else wide(weight).sum()
    store(dpred, slope, None, scale * total)


def circle(
    dpred, values, mask, pred, labels, weight, scale, gamma, margin, remove_diagonal
):
    """values[i] := softplus(log sum_j near + log sum_j far), mask := values > 0"""
    p = wide(pred)
    dots = p @ p.T
    d = np.maximum(1 - dots, 0)
    same = labels[:, None] == labels
    pairs = ~np.eye(len(p), dtype=bool) if remove_diagonal else np.full(d.shape, True)
    near = -gamma * np.maximum(margin + d, 0) * (margin - d)
    far = gamma * np.maximum(1 + margin - d, 0) * (1 - margin - d)
    terms = [np.where(same & pairs, near, -np.inf), np.where(same, -np.inf, far)]
    sums = [np.logaddexp.reduce(term, axis=1, initial=-np.inf) for term in terms]
    values[...] = np.logaddexp(0, sums[0] + sums[1])
    mask[...] = values > 0
    if dpred is None:
        return
    factors = np.ones(len(p)) if weight is None else wide(weight)
    factors = scale * factors * -np.expm1(-values)
    slopes = [
        np.where(margin + d > 0, 2 * gamma * d, 0),
        np.where(1 + margin - d > 0, 2 * gamma * (d - 1), 0),
    ]
    shares = np.zeros_like(d)
    for term, total, slope in zip(terms, sums, slopes, strict=True):
        known = np.isfinite(total)
        shares[known] += np.exp(term[known] - total[known, None]) * slope[known]
    shares = np.where(dots < 1, -factors[:, None] * shares, 0)
    dpred[...] = (shares + shares.T) @ p


def _rounded(number, array):
    return float(array.dtype.type(number))


def _signs(target):
    t = wide(target)
    return 2 * t - 1 if np.isin(t, (0, 1)).all() else t


def _binary_focal(p, dtype, target, label_smoothing, gamma, yes, no, epsilon):
    """(w f^gamma c, its derivative by p)"""
    t = wide(target) * (1 - label_smoothing) + 0.5 * label_smoothing
    q, inside = limited(p, dtype, epsilon)
    f, w = t * (1 - p) + (1 - t) * p, t * yes + (1 - t) * no
    c = -(t * np.log(q) + (1 - t) * np.log1p(-q))
    slope = gamma * f ** (gamma - 1) * (1 - 2 * t) * c if gamma else 0
    slope = slope + np.where(inside, f**gamma * (q - t) / (q * (1 - q)), 0)
    return w * f**gamma * c, w * slope


def _categorical_focal(q, dtype, t, gamma, epsilon):
    """(-sum t (1 - p)^gamma log p, its derivative by p), p = q limited"""
    p, inside = limited(q, dtype, epsilon)
    value = -(t * (1 - p) ** gamma * np.log(p)).sum(axis=1)
    slope = (1 - p) ** gamma / p
    if gamma:
        slope = slope - gamma * (1 - p) ** (gamma - 1) * np.log(p)
    return value, np.where(inside, -t * slope, 0)


def _overlap(p, t, alpha, beta, epsilon, axis):
    both = (t * p).sum(axis=axis, keepdims=True)
    all_t, all_p = (a.sum(axis=axis, keepdims=True) for a in (t, p))
    whole = both + alpha * (all_t - both) + beta * (all_p - both) + epsilon
    value = 1 - both / whole
    slope = (both * (t * (1 - alpha - beta) + beta) - whole * t) / whole**2
    return value[:, 0] if axis == 1 else value, slope
