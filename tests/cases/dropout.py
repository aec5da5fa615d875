"""Cases of dropout and noise."""

from functools import partial

import numpy as np

from .case import Case, blank, magnitude, normal

KEY = 0x1234_5678_9ABC_DEF1


def _forward(rate, settings, shared, rng, shape, dtype):
    size = shape.rows, shape.units
    scale, shift, dropped = settings
    source = rng.integers(0, max(shape.rows // 2, 1), shape.rows).astype(np.int32)
    return {
        "out": blank(dtype, *size),
        "mask": np.full(size, 7, np.uint8),
        "inp": normal(rng, dtype, *size),
        "source": source if shared else None,
        "rate": rate,
        "scale": scale,
        "shift": shift,
        "dropped": dropped,
        "single": shared == "rows and columns",
        "key": KEY,
        "step": 5,
    }


def _scale(arguments, expected):
    shift, dropped = abs(arguments["shift"]), abs(arguments["dropped"])
    scaled = magnitude(arguments["inp"]) * arguments["scale"] + shift
    return {
        "out": np.where(expected["mask"], scaled, dropped),
        "mask": magnitude(expected["mask"]),
    }


def _backward(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "mask": rng.integers(0, 2, size=size, dtype=np.uint8),
        "scale": 1 / 0.6,
    }


def _noise(dropout, rng, shape, dtype):
    size = shape.rows, shape.units
    further = {"noise": blank(dtype, *size)} if dropout else {}
    return {
        "out": blank(dtype, *size),
        **further,
        "inp": normal(rng, dtype, *size),
        "stddev": 0.75,
        "key": KEY,
        "step": 2**33 + 1,
    }


def _noise_backward(rng, shape, dtype):
    size = shape.rows, shape.units
    return {
        "dinp": blank(dtype, *size),
        "dout": normal(rng, dtype, *size),
        "noise": normal(rng, dtype, *size),
    }


def _terms(arguments, expected):
    """The noise is 1 plus a number of any sign, the sum a number plus another."""
    inp = magnitude(arguments["inp"])
    if "noise" not in expected:
        return {"out": inp + magnitude(expected["out"] - arguments["inp"])}
    noise = 1 + magnitude(expected["noise"] - 1.0)
    return {"noise": noise, "out": inp * noise}


DROPOUT = {rate: (1 / (1 - rate), 0.0, 0.0) for rate in (0.0, 0.25, 0.9)}

CASES = [
    *(
        Case(
            "dropout_forward",
            ("out", "mask"),
            partial(_forward, rate, settings, ""),
            str(rate),
        )
        for rate, settings in DROPOUT.items()
    ),
    *(
        Case(
            "dropout_forward",
            ("out", "mask"),
            partial(_forward, 0.4, (0.9, 0.3, -1.2), shared),
            shared or "shifted",
            _scale,
        )
        for shared in ("", "rows", "rows and columns")
    ),
    Case("dropout_backward", ("dinp",), _backward),
    Case("gaussian_noise_forward", ("out",), partial(_noise, False), scale=_terms),
    Case(
        "gaussian_dropout_forward",
        ("out", "noise"),
        partial(_noise, True),
        scale=_terms,
    ),
    Case("gaussian_dropout_backward", ("dinp",), _noise_backward),
]
