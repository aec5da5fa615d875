"""Cases of the penalties."""

from .case import Case, magnitude, normal

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


CASES = [
    Case("l1_l2_value", (), _value),
    Case("l1_l2_backward", ("dweight",), _backward, scale=_scale_backward),
]
