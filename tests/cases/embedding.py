"""Cases of tables and masks."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal


def _codes(rng, shape):
    return rng.integers(-1, shape.inputs + 1, shape.rows).astype(np.int32)


def _mask(rng, dtype, shape):
    return rng.integers(0, 2, shape.rows).astype(dtype)


def _forward(rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows, shape.units),
        "codes": _codes(rng, shape),
        "weight": normal(rng, dtype, shape.inputs, shape.units),
    }


def _backward(rng, shape, dtype):
    return {
        "dweight": blank(dtype, shape.inputs, shape.units),
        "dout": normal(rng, dtype, shape.rows, shape.units),
        "codes": _codes(rng, shape),
    }


def _scale(arguments, expected):
    """The sum of the magnitudes of the terms, times their number."""
    codes, dout = arguments["codes"], magnitude(arguments["dout"])
    rows = [codes == c for c in range(len(arguments["dweight"]))]
    scale = np.zeros(arguments["dweight"].shape)
    for c, chosen in enumerate(rows):
        scale[c] = dout[chosen].sum(axis=0) * chosen.sum()
    return {"dweight": scale}


def _masking(rng, shape, dtype):
    inp = normal(rng, dtype, shape.rows, shape.units)
    inp[::3] = 0.5
    inp[1::3, :1] = 0.5
    return {
        "out": blank(dtype, *inp.shape),
        "mask": blank(dtype, shape.rows),
        "inp": inp,
        "value": 0.5,
    }


def _masking_backward(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "mask": _mask(rng, dtype, shape),
    }


def _codes_mask(rng, shape, dtype):
    codes = rng.integers(-1, 2, shape.rows).astype(np.int32)
    return {"mask": blank(dtype, shape.rows), "codes": codes}


def _weights(mean, weighted, rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows),
        "mask": _mask(rng, dtype, shape),
        "weight": normal(rng, dtype, shape.rows) if weighted else None,
        "mean": mean,
    }


CASES = [
    Case("embedding_forward", ("out",), _forward),
    Case("embedding_backward", ("dweight",), _backward, scale=_scale),
    Case("masking_forward", ("out", "mask"), _masking),
    Case("masking_backward", ("dinp",), _masking_backward),
    Case("codes_mask", ("mask",), _codes_mask),
    Case("masked_weights", ("out",), partial(_weights, False, True), "sum"),
    Case("masked_weights", ("out",), partial(_weights, True, False), "mean"),
    Case("masked_weights", ("out",), partial(_weights, True, True), "weighted mean"),
]
