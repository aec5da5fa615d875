"""Cases of the penalties."""

import numpy as np

from .case import Case, blank, magnitude, normal

L1, L2 = 0.02, 0.3


def _value(rng, shape, dtype):
    weight = normal(rng, dtype, shape.rows)
    weight[::5] = 0
    return {"weight": weight, "l1": L1, "l2": L2}


def _backward(rng, shape, dtype):
    dweight = normal(rng, dtype, shape.rows)
    return {"dweight": dweight, **_value(rng, shape, dtype)}


def _scale_backward(arguments, expected):
    weight = magnitude(arguments["weight"])
    return {"dweight": magnitude(arguments["dweight"]) + L1 + 2 * L2 * weight}


def _values(rng, shape, dtype):
    inp = normal(rng, dtype, shape.rows, shape.units)
    return {"values": np.full(shape.rows, np.nan), "inp": inp, "l1": L1, "l2": L2}


def _activity(rng, shape, dtype):
    size = shape.rows, shape.units
    inp = normal(rng, dtype, *size)
    inp[::5] = 0
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "inp": inp,
        "l1": L1,
        "l2": L2,
    }


def _scale_activity(arguments, expected):
    terms = L1 + 2 * L2 * magnitude(arguments["inp"])
    return {"dinp": magnitude(arguments["dout"]) + terms}


CASES = [
    Case("l1_l2_value", (), _value),
    Case("l1_l2_backward", ("dweight",), _backward, scale=_scale_backward),
    Case("activity_values", ("values",), _values),
    Case("activity_backward", ("dinp",), _activity, scale=_scale_activity),
]
