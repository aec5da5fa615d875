"""Cases of the activation functions."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal, uniform

FUNCTIONS = ("linear", "relu", "sigmoid", "tanh", "leaky_relu", "elu", "softplus")
ALPHA = 0.3


def outputs_of(function, rng, dtype, *shape):
    """Values that the function can return, on both sides of its kink."""
    low = {"sigmoid": 0.01, "softplus": 0.01, "elu": -ALPHA}.get(function, -0.99)
    return uniform(rng, dtype, low, 0.99, *shape)


def _forward(rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows)
    return {"out": blank(dtype, shape.rows), "inp": inp, "alpha": ALPHA}


def _backward(function, rng, shape, dtype):
    return {
        "dinp": blank(dtype, shape.rows),
        "dout": normal(rng, dtype, shape.rows),
        "out": outputs_of(function, rng, dtype, shape.rows),
        "alpha": ALPHA,
    }


def _scale_backward(arguments, expected):
    """1 - out ** 2 and out + alpha lose digits that `out` has not got."""
    return {"dinp": magnitude(arguments["dout"])}


def _softmax_forward(rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows, shape.units)
    return {"out": blank(dtype, *inp.shape), "inp": inp}


def _scale_softmax_forward(arguments, expected):
    """exp(x - max) has the relative error of x - max times |x - max|."""
    inp = arguments["inp"]
    distance = inp.max(axis=1, keepdims=True, initial=-np.inf) - inp
    return {"out": expected["out"] * (1.0 + distance)}


def _softmax_backward(rng, shape, dtype):
    out = uniform(rng, dtype, 0.05, 1.0, shape.rows, shape.units)
    out /= out.sum(axis=1, keepdims=True)
    dout = normal(rng, dtype, *out.shape)
    return {"dinp": blank(dtype, *out.shape), "dout": dout, "out": out}


def _scale_softmax_backward(arguments, expected):
    dout, out = magnitude(arguments["dout"]), magnitude(arguments["out"])
    inner = (dout * out).sum(axis=1, keepdims=True)
    return {"dinp": out * (dout + inner * np.sqrt(1 + out.shape[1]))}


CASES = [
    *(Case(f"{function}_forward", ("out",), _forward) for function in FUNCTIONS),
    *(
        Case(
            f"{function}_backward",
            ("dinp",),
            partial(_backward, function),
            scale=_scale_backward if function in ("tanh", "elu") else None,
        )
        for function in FUNCTIONS
    ),
    Case("softmax_forward", ("out",), _softmax_forward, scale=_scale_softmax_forward),
    Case(
        "softmax_backward",
        ("dinp",),
        _softmax_backward,
        scale=_scale_softmax_backward,
    ),
]
