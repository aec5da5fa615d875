"""Cases of the metrics."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, uniform
from .losses import distributions, labels


def _binary_accuracy(threshold, rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "values": blank(np.float64, shape.rows),
        "pred": rng.integers(0, 5, size=size).astype(dtype) / 4,  # some at it exactly
        "target": rng.integers(0, 2, size=size).astype(dtype),
        "threshold": threshold,
    }


def _accuracy(name, target, rng, shape, dtype):
    levels = rng.integers(0, 4, size=(shape.rows, shape.units))  # many equal maxima
    return {
        "values": blank(np.float64, shape.rows),
        "pred": levels.astype(dtype),
        name: target(rng, shape, dtype),
    }


def _top_k(name, target, rng, shape, dtype):
    return {**_accuracy(name, target, rng, shape, dtype), "k": 2}


def _similarity(rng, shape, dtype):
    size = shape.rows, shape.units
    pred, target = rng.normal(size=(2, *size)).astype(dtype)
    target[::3] = pred[::3]
    return {
        "values": blank(np.float64, shape.rows),
        "pred": pred,
        "target": target,
        "epsilon": 1e-7,
    }


def _scale_similarity(arguments, expected):
    """Numbers from -1 to 1, from sums of n terms; one number varies not at all."""
    return {"values": np.full(expected["values"].shape, arguments["pred"].shape[1] + 1)}


def _mean_accumulate(weighted, rng, shape, dtype):
    return {
        "total": np.array([1.5, 2.0]),
        "values": rng.normal(size=shape.rows),
        "weight": uniform(rng, dtype, 0.1, 2, shape.rows) if weighted else None,
    }


def _scale_mean_accumulate(arguments, expected):
    values, weight = magnitude(arguments["values"]), arguments["weight"]
    weight = np.ones(len(values)) if weight is None else magnitude(weight)
    sums = np.array([(weight * values).sum(), weight.sum()])
    return {"total": (2 + len(values)) * (arguments["total"] + sums)}


CASES = [
    *(
        Case(
            "binary_accuracy",
            ("values",),
            partial(_binary_accuracy, threshold),
            str(threshold),
            needs_columns=True,
        )
        for threshold in (0.5, 0.25)
    ),
    Case(
        "categorical_accuracy",
        ("values",),
        partial(_accuracy, "target", distributions),
        needs_columns=True,
    ),
    Case(
        "sparse_categorical_accuracy",
        ("values",),
        partial(_accuracy, "labels", labels),
        needs_columns=True,
    ),
    Case(
        "top_k_categorical_accuracy",
        ("values",),
        partial(_top_k, "target", distributions),
        needs_columns=True,
    ),
    Case(
        "sparse_top_k_categorical_accuracy",
        ("values",),
        partial(_top_k, "labels", labels),
        needs_columns=True,
    ),
    *(
        Case(name, ("values",), _similarity, "", _scale_similarity, needs_columns=True)
        for name in ("cosine", "concordance_correlation", "pearson_correlation")
    ),
    *(
        Case(
            "mean_accumulate",
            ("total",),
            partial(_mean_accumulate, weighted),
            "weighted" if weighted else "plain",
            _scale_mean_accumulate,
        )
        for weighted in (True, False)
    ),
]
