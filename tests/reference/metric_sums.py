"""Sums over batches for metrics that are no mean of rows.

Shapes: pred and target (rows, n), weight (rows,) or None, sums float64.
"""

import numpy as np

from .precision import wide

__all__ = ["f_score_sums", "r2_sums", "threshold_counts"]


def threshold_counts(
    counts, pred, target, weight, thresholds, column_weight, least, column, top_k
):
    """counts[0, s] += weight of true positives: where pred > thresholds[s] and target
    is not zero; counts[1]: of false positives, [2]: true, [3]: false negatives

    counts is (4, thresholds, n), or (4, thresholds, 1) for all columns together. A
    weight is weight[i] * column_weight[j]. Unless `column` is -1 only that column
    counts; if `top_k` is not 0 only the k largest columns of a row can be positive, of
    equal ones the first. With `least`, the thresholds are 0, 1 / steps, ..., 1, and
    pred exceeds the first ceil(pred * steps) of them, in its own type, and `least` at
    any rate.
    """
    rows, n = pred.shape
    over = pred[None] > thresholds[:, None, None]
    if least is not None:
        steps = pred.dtype.type(len(thresholds) - 1)
        exceeded = np.maximum(np.ceil(np.clip(pred, 0, 1) * steps), least)
        over = exceeded[None] > np.arange(len(thresholds))[:, None, None]
    if top_k:
        order = np.argsort(-pred, axis=1, kind="stable")
        kept = np.zeros(pred.shape, bool)
        np.put_along_axis(kept, order[:, :top_k], True, axis=1)
        over = over & kept
    factors = np.ones((rows, n))
    if weight is not None:
        factors *= wide(weight)[:, None]
    if column_weight is not None:
        factors *= wide(column_weight)
    if column >= 0:
        factors *= np.arange(n) == column
    true = target != 0
    for plane, where in enumerate(
        (over & true, over & ~true, ~over & ~true, ~over & true)
    ):
        sums = (where * factors).sum(axis=1)
        counts[plane] += sums if counts.shape[2] == n else sums.sum(1, keepdims=True)


def f_score_sums(sums, pred, target, weight, threshold):
    """sums += weight of p t, of p (1 - t), of (1 - p) t, and of t

    p is 1 where pred > threshold; for a threshold of NaN where pred is the largest of
    its row and not zero. sums is (4, n), or (4, 1) for all columns together.
    """
    positive = pred > threshold
    if np.isnan(threshold):
        positive = (pred == pred.max(axis=1, keepdims=True)) & (np.abs(pred) > 1e-9)
    p, t = positive.astype(float), wide(target)
    factors = np.ones((len(pred), 1)) if weight is None else wide(weight)[:, None]
    for row, terms in enumerate((p * t, p * (1 - t), (1 - p) * t, t)):
        total = (factors * terms).sum(axis=0)
        sums[row] += total if len(sums[row]) == len(total) else total.sum()


def r2_sums(sums, samples, pred, target, weight):
    """sums (4, n) += the sums of w t^2, w t, w (t - p)^2 and w of each column;
    samples (1,) += number of values"""
    p, t = wide(pred), wide(target)
    factors = np.ones((len(pred), 1)) if weight is None else wide(weight)[:, None]
    for row, terms in enumerate((t * t, t, (t - p) ** 2, np.ones_like(t))):
        sums[row] += (factors * terms).sum(axis=0)
    samples += pred.size
