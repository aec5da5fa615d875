"""Cases of the normalizations."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal, uniform

EPSILON = 1e-3


def _mask(masked, rng, shape, dtype):
    return (rng.uniform(size=shape.rows) > 0.3).astype(dtype) if masked else None


def _statistics(masked, rng, shape, dtype):
    return {
        "mean": blank(dtype, shape.units),
        "variance": blank(dtype, shape.units),
        "inp": normal(rng, dtype, shape.rows, shape.units) + 3,
        "mask": _mask(masked, rng, shape, dtype),
        "epsilon": 1e-7,
    }


def _statistics_scale(arguments, expected):
    """Means are sums of magnitudes; errors of the mean come back in the variance."""
    x = magnitude(arguments["inp"])
    terms = x.sum(axis=0) / max(len(x), 1)
    return {"mean": terms, "variance": magnitude(expected["variance"]) + 1e-6 * terms}


def _scale(weights, corrected, rng, shape, dtype):
    n = shape.rows
    return {
        **{name: blank(dtype, n) for name in ("inverse", "scale", "after")},
        "variance": uniform(rng, dtype, 0, 4, n),
        "gamma": normal(rng, dtype, n) if "gamma" in weights else None,
        "beta": normal(rng, dtype, n) if "beta" in weights else None,
        "correction": normal(rng, dtype, 2, n) if corrected else None,
        "epsilon": EPSILON,
    }


def _scale_scale(arguments, expected):
    gamma, beta, correction = (
        0.0 if arguments[name] is None else magnitude(arguments[name])
        for name in ("gamma", "beta", "correction")
    )
    d = correction[1] if np.ndim(correction) else 0.0
    gamma = 1.0 if arguments["gamma"] is None else gamma
    return {"after": np.broadcast_to(gamma * d + beta, expected["after"].shape)}


def _backward(masked, corrected, rng, shape, dtype):
    rows, n = shape.rows, shape.units
    return {
        "dinp": blank(dtype, rows, n),
        "dgamma": blank(dtype, n),
        "dbeta": blank(dtype, n),
        "dout": normal(rng, dtype, rows, n),
        "inp": normal(rng, dtype, rows, n),
        "mean": normal(rng, dtype, n),
        "inverse": uniform(rng, dtype, 0.5, 2, n),
        "scale": normal(rng, dtype, n),
        "correction": normal(rng, dtype, 2, n) if corrected else None,
        "mask": _mask(masked, rng, shape, dtype),
        "epsilon": 1e-7,
    }


def _backward_scale(arguments, expected):
    """The sums of the magnitudes of the terms."""
    a = {k: magnitude(v) for k, v in arguments.items() if isinstance(v, np.ndarray)}
    r, d = a.get("correction", np.array([[1.0], [0.0]]))
    count = max(np.count_nonzero(a.get("mask", np.ones(len(a["inp"])))), 1e-7)
    n = (a["inp"] + a["mean"]) * a["inverse"]
    total, product = a["dout"].sum(axis=0), (a["dout"] * n).sum(axis=0)
    return {
        "dbeta": total,
        "dgamma": r * product + d * total,
        "dinp": a["scale"] * (a["dout"] + (total + n * product) / count),
    }


def _moving(rng, shape, dtype):
    return {
        "average": normal(rng, dtype, shape.rows),
        "value": normal(rng, dtype, shape.rows),
        "momentum": 0.75,
    }


def _moving_scale(arguments, expected):
    parts = magnitude(arguments["average"]), magnitude(arguments["value"])
    return {"average": parts[0] + parts[1]}


OUTPUTS = ("dinp", "dgamma", "dbeta")

CASES = [
    *(
        Case(
            "batch_statistics",
            ("mean", "variance"),
            partial(_statistics, masked),
            "masked" if masked else "",
            _statistics_scale,
        )
        for masked in (False, True)
    ),
    *(
        Case(
            "normalization_scale",
            ("inverse", "scale", "after"),
            partial(_scale, weights, corrected),
            f"{'-'.join(weights) or 'alone'}{'-corrected' if corrected else ''}",
            _scale_scale,
        )
        for weights in ((), ("gamma",), ("beta",), ("gamma", "beta"))
        for corrected in (False, True)
    ),
    *(
        Case(
            "batch_normalization_backward",
            OUTPUTS,
            partial(_backward, masked, corrected),
            variant,
            _backward_scale,
        )
        for masked, corrected, variant in (
            (False, False, ""),
            (True, False, "masked"),
            (False, True, "corrected"),
        )
    ),
    Case("moving_average", ("average",), _moving, scale=_moving_scale),
]
