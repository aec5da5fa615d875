"""Cases of the dense layer.

An error is measured by the sum of the absolute values of all products, times their
number. An activation after the sum passes the error on at most as large as it is, or,
like the exponential function, as large as its result. Where the sum is as near to a
jump of the activation as the error allows, either side of it is right.
"""

from functools import partial

import numpy as np

from .activations import FUNCTIONS, NO_SETTINGS, kept_of, named_settings
from .case import Case, blank, magnitude, normal

JUMPS = {"threshold": (0.25,), "hard_shrink": (-0.5, 0.5)}


def _forward(function, bias, rng, shape, dtype):
    rows, inputs, units = shape
    return {
        "out": blank(dtype, rows, units),
        "inp": normal(rng, dtype, rows, inputs),
        "weight": normal(rng, dtype, inputs, units),
        "bias": normal(rng, dtype, units) if bias else None,
        "function": function,
        **NO_SETTINGS,
        **named_settings(function),
    }


def _scale_forward(arguments, expected):
    total = magnitude(arguments["inp"]) @ magnitude(arguments["weight"])
    if arguments["bias"] is not None:
        total += magnitude(arguments["bias"])
    terms = len(arguments["weight"]) + 2
    steep = np.maximum(magnitude(expected["out"]), 1)
    scale = terms * total * steep + 4 * steep
    for jump in JUMPS.get(arguments["function"], ()):
        scale[_near(jump, arguments, terms * total)] = np.inf
    return {"out": scale}


def _near(jump, arguments, scale):
    """Where rounding decides on which side of a jump the sum is."""
    inp, weight, bias = (arguments[name] for name in ("inp", "weight", "bias"))
    total = inp.astype(np.float64) @ weight.astype(np.float64) + bias
    return np.abs(total - jump) <= np.finfo(inp.dtype).eps * scale


def _backward_weight(rng, shape, dtype):
    rows, inputs, units = shape
    return {
        "dweight": blank(dtype, inputs, units),
        "inp": normal(rng, dtype, rows, inputs),
        "dout": normal(rng, dtype, rows, units),
    }


def _scale_backward_weight(arguments, expected):
    total = magnitude(arguments["inp"]).T @ magnitude(arguments["dout"])
    return {"dweight": len(arguments["inp"]) * total}


def _backward_bias(rng, shape, dtype):
    dout = normal(rng, dtype, shape.rows, shape.units)
    return {"dbias": blank(dtype, shape.units), "dout": dout}


def _scale_backward_bias(arguments, expected):
    dout = arguments["dout"]
    return {"dbias": len(dout) * magnitude(dout).sum(axis=0)}


def _backward_input(function, rng, shape, dtype):
    rows, inputs, units = shape
    kept = kept_of(function, rng, dtype, rows, inputs)
    return {
        "dinp": blank(dtype, rows, inputs),
        "dout": normal(rng, dtype, rows, units),
        "weight": normal(rng, dtype, inputs, units),
        "kept": None if function == "linear" else kept,
        "function": function,
        **NO_SETTINGS,
        **named_settings(function),
    }


def _scale_backward_input(arguments, expected):
    total = magnitude(arguments["dout"]) @ magnitude(arguments["weight"]).T
    return {"dinp": (arguments["weight"].shape[1] + 4) * total}


CASES = [
    *(
        Case(
            "dense_forward",
            ("out",),
            partial(_forward, function, True),
            function,
            _scale_forward,
        )
        for function in FUNCTIONS
    ),
    Case(
        "dense_forward",
        ("out",),
        partial(_forward, "relu", False),
        "relu without bias",
        _scale_forward,
    ),
    Case(
        "dense_backward_weight",
        ("dweight",),
        _backward_weight,
        scale=_scale_backward_weight,
    ),
    Case("dense_backward_bias", ("dbias",), _backward_bias, scale=_scale_backward_bias),
    *(
        Case(
            "dense_backward_input",
            ("dinp",),
            partial(_backward_input, function),
            function,
            _scale_backward_input,
        )
        for function in FUNCTIONS
    ),
]
