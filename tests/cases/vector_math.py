"""Cases of the elementary functions."""

from functools import partial

from .case import Case, blank, uniform


def _arguments(low, high, rng, shape, dtype):
    inp = uniform(rng, dtype, low, high, shape.rows)
    return {"out": blank(dtype, shape.rows), "inp": inp}


CASES = [
    Case("exp", ("out",), partial(_arguments, -80, 80)),
    Case("log", ("out",), partial(_arguments, 1e-30, 2), "around 1"),
    Case("log", ("out",), partial(_arguments, 1, 1e30), "large"),
    Case("log1p", ("out",), partial(_arguments, -0.9, 2), "around 1"),
    Case("log1p", ("out",), partial(_arguments, -1e-3, 1e-3), "around 0"),
    Case("log1p", ("out",), partial(_arguments, 1, 1e30), "large"),
    Case("erf", ("out",), partial(_arguments, -6, 6)),
    Case("erf", ("out",), partial(_arguments, -1e-3, 1e-3), "around 0"),
]
