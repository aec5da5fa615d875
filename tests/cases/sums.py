"""Cases of the sums."""

from .case import Case, blank, magnitude, normal


def _add(rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows, shape.units),
        "a": normal(rng, dtype, shape.rows, shape.units),
        "b": normal(rng, dtype, shape.rows, shape.units),
    }


def _scale(arguments, expected):
    return {"out": magnitude(arguments["a"]) + magnitude(arguments["b"])}


CASES = [Case("add", ("out",), _add, scale=_scale)]
