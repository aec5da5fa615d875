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


def _add_scaled(rng, shape, dtype):
    return {**_add(rng, shape, dtype), "scale": -0.7}


def _add_scaled_backward(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "db": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "scale": -0.7,
    }


CASES = [
    Case("add", ("out",), _add, scale=_scale),
    Case("add_scaled_forward", ("out",), _add_scaled, scale=_scale),
    Case("add_scaled_backward", ("db",), _add_scaled_backward),
]
