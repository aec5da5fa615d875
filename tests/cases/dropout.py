"""Cases of dropout."""

from functools import partial

import numpy as np

from .case import Case, blank, normal

KEY = 0x1234_5678_9ABC_DEF1


def _forward(rate, rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "out": blank(dtype, *size),
        "mask": np.full(size, 7, np.uint8),
        "inp": normal(rng, dtype, *size),
        "rate": rate,
        "key": KEY,
        "step": 5,
    }


def _backward(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "mask": rng.integers(0, 2, size=size, dtype=np.uint8),
        "rate": 0.4,
    }


CASES = [
    *(
        Case("dropout_forward", ("out", "mask"), partial(_forward, rate), str(rate))
        for rate in (0.0, 0.25, 0.9)
    ),
    Case("dropout_backward", ("dinp",), _backward),
]
