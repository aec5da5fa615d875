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


def _blocks(height, across, shape):
    """(rows, columns, shape of gamma, number of blocks)"""
    rows, n = shape.rows * height, shape.units * across
    return rows, n, (height if across == 1 else 1, n), shape.rows * across


def _forward(height, across, mode, weights, rng, shape, dtype):
    rows, n, of_gamma, count = _blocks(height, across, shape)
    return {
        "out": blank(dtype, rows, n),
        "mean": blank(dtype, count),
        "inverse": blank(dtype, count),
        "inp": normal(rng, dtype, rows, n) + 0.5,
        "gamma": normal(rng, dtype, *of_gamma) if "gamma" in weights else None,
        "beta": normal(rng, dtype, *of_gamma) if "beta" in weights else None,
        "height": height,
        "across": across,
        "mode": mode,
        "epsilon": EPSILON,
    }


def _forward_scale(arguments, expected):
    """An error of the divisor counts in proportion, one of the mean by the terms; a
    block of one element is a difference of nothing, divided by next to nothing."""
    x = magnitude(arguments["inp"])
    largest = x.max(initial=0) + 1
    factor = magnitude(expected["inverse"]).max(initial=0)
    gamma = 1.0 if arguments["gamma"] is None else magnitude(arguments["gamma"]).max()
    beta = 0.0 if arguments["beta"] is None else magnitude(arguments["beta"]).max()
    size = max(arguments["height"] * x.shape[1] // arguments["across"], 1)
    return {
        "out": np.full(x.shape, largest * factor * gamma + beta) * size**0.5,
        "mean": np.full(expected["mean"].shape, largest),
        "inverse": magnitude(expected["inverse"]) * size**0.5,
    }


def _blocks_backward(height, across, mode, gamma, left_out, rng, shape, dtype):
    rows, n, of_gamma, count = _blocks(height, across, shape)
    weights = left_out != "weights"
    return {
        "dinp": None if left_out == "inp" else blank(dtype, rows, n),
        "dgamma": blank(dtype, *of_gamma) if weights else None,
        "dbeta": blank(dtype, *of_gamma) if weights else None,
        "dout": normal(rng, dtype, rows, n),
        "inp": normal(rng, dtype, rows, n),
        "mean": normal(rng, dtype, count) * (mode in (0, 2)),
        "inverse": uniform(rng, dtype, 0.5, 2, count),
        "gamma": normal(rng, dtype, *of_gamma) if gamma else None,
        "height": height,
        "across": across,
        "mode": mode,
        "epsilon": EPSILON,
    }


def _blocks_backward_scale(arguments, expected):
    """Bounds made of the largest terms, and how many there are."""
    d, x, mean = (magnitude(arguments[n]).max(initial=0) + 1e-3
                  for n in ("dout", "inp", "mean"))  # fmt: skip
    gamma = 1.0 if arguments["gamma"] is None else magnitude(arguments["gamma"]).max()
    width = arguments["inp"].shape[1] // arguments["across"]
    size = max(arguments["height"] * width, 1)
    products = size if arguments["mode"] == 3 else 1
    terms = d * max(gamma, 1) * 2 * (1 + products * 4 * (x + mean) ** 2)
    each = np.ones(arguments["inp"].shape)
    rows = np.full(arguments["dgamma"].shape if arguments["dgamma"] is not None else 0,
                   float(max(arguments["inp"].shape[0], 1)))  # fmt: skip
    return {
        "dinp": each * terms * size**0.5,
        "dgamma": rows * d * 2 * (x + mean),
        "dbeta": rows * d,
    }


def _prelu(period, rng, shape, dtype):
    rows, n = shape.rows * period, shape.units
    return {
        "out": blank(dtype, rows, n),
        "inp": normal(rng, dtype, rows, n),
        "alpha": normal(rng, dtype, period, n),
    }


def _prelu_backward(period, left_out, rng, shape, dtype):
    rows, n = shape.rows * period, shape.units
    inp = normal(rng, dtype, rows, n)
    inp[rng.uniform(size=inp.shape) < 0.1] = 0
    return {
        "dinp": None if left_out == "dinp" else blank(dtype, rows, n),
        "dalpha": None if left_out == "dalpha" else blank(dtype, period, n),
        "dout": normal(rng, dtype, rows, n),
        "inp": inp,
        "alpha": normal(rng, dtype, period, n),
    }


def _prelu_scale(arguments, expected):
    if arguments["dalpha"] is None:
        return {}
    terms = magnitude(arguments["dout"]) * magnitude(arguments["inp"])
    return {"dalpha": terms.reshape(-1, *arguments["alpha"].shape).sum(axis=0)}


def _spread(rng, shape, dtype):
    n = max(shape.inputs, 1)
    return {
        "out": blank(dtype, shape.rows),
        "inp": normal(rng, dtype, n),
        "index": rng.integers(0, n, shape.rows).astype(np.int32),
    }


def _collect(rng, shape, dtype):
    n, owners = shape.rows, max(shape.units, 1)
    owner = rng.integers(0, owners, n)
    first = np.searchsorted(np.sort(owner), np.arange(owners + 1))
    return {
        "out": blank(dtype, owners),
        "inp": normal(rng, dtype, n),
        "places": rng.permutation(owners).astype(np.int32),
        "order": np.argsort(owner, kind="stable").astype(np.int32),
        "first": first.astype(np.int32),
    }


def _collect_scale(arguments, expected):
    return {"out": np.full(expected["out"].shape, magnitude(arguments["inp"]).sum())}


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
    *(
        Case(
            "normalization_forward",
            ("out", "mean", "inverse"),
            partial(_forward, height, across, mode, weights),
            f"{height}-{across}-{mode}-{'-'.join(weights)}",
            _forward_scale,
            needs_columns=True,
        )
        for height, across, mode, weights in (
            (1, 1, 0, ("gamma", "beta")),
            (3, 1, 0, ("gamma",)),
            (2, 3, 0, ("gamma", "beta")),
            (1, 2, 0, ("beta",)),
            (1, 1, 1, ("gamma",)),
            (2, 1, 2, ("gamma",)),
            (3, 1, 3, ()),
        )
    ),
    *(
        Case(
            "normalization_backward",
            OUTPUTS,
            partial(_blocks_backward, height, across, mode, gamma, left_out),
            f"{height}-{across}-{mode}-{left_out}",
            _blocks_backward_scale,
            needs_columns=True,
        )
        for height, across, mode, gamma, left_out in (
            (1, 1, 0, True, ""),
            (3, 1, 0, False, "weights"),
            (2, 3, 0, True, ""),
            (2, 1, 0, True, "inp"),
            (1, 1, 1, True, ""),
            (2, 1, 2, True, ""),
            (3, 1, 3, False, "weights"),
        )
    ),
    *(
        Case("prelu_forward", ("out",), partial(_prelu, period), str(period))
        for period in (1, 3)
    ),
    *(
        Case(
            "prelu_backward",
            ("dinp", "dalpha"),
            partial(_prelu_backward, period, left_out),
            f"{period}-{left_out}",
            _prelu_scale,
            needs_columns=True,
        )
        for period, left_out in ((1, ""), (3, ""), (1, "dinp"), (3, "dalpha"))
    ),
    Case("spread", ("out",), _spread),
    Case("collect", ("out",), _collect, scale=_collect_scale),
]
