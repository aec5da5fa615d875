"""Cases of what moves data."""

from .case import Case, blank, normal


def _permute(rng, shape, dtype):
    inp = normal(rng, dtype, shape.rows, shape.units)
    return {"out": blank(dtype, shape.units, shape.rows), "inp": inp}


CASES = [Case("permute", ("out",), _permute)]
