"""Cases of rows that are repeated."""

from functools import partial

from .case import Case, blank, magnitude, normal


def _forward(n, rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows * n, shape.units),
        "inp": normal(rng, dtype, shape.rows, shape.units),
        "n": n,
    }


def _backward(n, rng, shape, dtype):
    return {
        "dinp": blank(dtype, shape.rows, shape.units),
        "dout": normal(rng, dtype, shape.rows * n, shape.units),
        "n": n,
    }


def _scale(arguments, expected):
    terms = magnitude(arguments["dout"]).reshape(
        len(arguments["dinp"]), arguments["n"], arguments["dinp"].shape[1]
    )
    return {"dinp": arguments["n"] * terms.sum(axis=1)}


CASES = [
    *(Case("repeat_forward", ("out",), partial(_forward, n), str(n)) for n in (1, 3)),
    *(
        Case("repeat_backward", ("dinp",), partial(_backward, n), str(n), _scale)
        for n in (1, 3)
    ),
]
