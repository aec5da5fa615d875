"""Cases of the kernels that prepare features."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal, uniform

PERIODS = (1, 3)


def _settings(invert, rng, shape, dtype):
    n = max(shape.inputs, 1)
    return {
        "before": blank(dtype, shape.rows),
        "scale": blank(dtype, shape.rows),
        "after": blank(dtype, shape.rows),
        "mean": normal(rng, dtype, n),
        "variance": uniform(rng, dtype, 0, 4, n) * (rng.uniform(size=n) > 0.2),
        "index": rng.integers(0, n, shape.rows).astype(np.int32),
        "epsilon": 1e-7,
        "invert": invert,
    }


def _forward(period, rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "out": blank(dtype, *size),
        "inp": normal(rng, dtype, *size),
        "before": normal(rng, dtype, period, shape.units),
        "scale": normal(rng, dtype, period, shape.units),
        "after": normal(rng, dtype, period, shape.units),
    }


def _terms(arguments, expected):
    """The sum of the magnitudes of what the result is added up from."""
    rows = np.arange(len(arguments["inp"])) % len(arguments["before"])
    before, scale, after = (
        magnitude(arguments[name])[rows] for name in ("before", "scale", "after")
    )
    return {"out": (magnitude(arguments["inp"]) + before) * scale + after}


def _backward(period, rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "scale": normal(rng, dtype, period, shape.units),
    }


def _digitize(rng, shape, dtype):
    boundaries = np.sort(normal(rng, dtype, shape.inputs))
    inp = normal(rng, dtype, shape.rows, shape.units)
    if boundaries.size and inp.size:
        inp.flat[0] = boundaries[0]
    return {
        "out": np.full(inp.shape, 7, np.int32),
        "inp": inp,
        "boundaries": boundaries,
    }


def _encode(count, weighted, rng, shape, dtype):
    codes = rng.integers(-1, shape.units + 1, (shape.rows, shape.inputs))
    return {
        "out": blank(dtype, shape.rows, shape.units),
        "codes": codes.astype(np.int32),
        "weight": normal(rng, dtype, shape.units) if weighted else None,
        "count": count,
    }


def _to_values(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "out": blank(dtype, *size),
        "codes": rng.integers(-9, 2**20, size).astype(np.int32),
    }


def _to_codes(rng, shape, dtype):
    inp = normal(rng, dtype, shape.rows, shape.units) * 100
    for i, value in enumerate([3e9, -3e9, np.inf, np.nan][: inp.size]):
        inp.flat[i] = value
    return {"codes": np.full(inp.shape, 7, np.int32), "inp": inp}


CASES = [
    *(
        Case(
            "normalization_settings",
            ("before", "scale", "after"),
            partial(_settings, invert),
            "inverted" if invert else "",
        )
        for invert in (False, True)
    ),
    *(
        Case("affine_forward", ("out",), partial(_forward, period), str(period), _terms)
        for period in PERIODS
    ),
    *(
        Case("affine_backward", ("dinp",), partial(_backward, period), str(period))
        for period in PERIODS
    ),
    Case("digitize", ("out",), _digitize),
    Case("encode_forward", ("out",), partial(_encode, False, False), "present"),
    Case("encode_forward", ("out",), partial(_encode, True, False), "counted"),
    Case("encode_forward", ("out",), partial(_encode, True, True), "weighted"),
    Case("codes_to_values", ("out",), _to_values),
    Case("values_to_codes", ("codes",), _to_codes),
]
