"""Cases of the constraints."""

from .case import Case, normal

EPSILON = 1e-7


def _norm(groups, across, low=0.5, high=1.5, rate=1.0):
    def arguments(rng, shape, dtype):
        sizes = tuple(shape.rows if size is None else size for size in groups)
        rows = sizes[0] * sizes[1] * sizes[2] * sizes[3]
        return {
            "weight": normal(rng, dtype, rows, shape.units),
            "low": low,
            "high": high,
            "rate": rate,
            "epsilon": EPSILON,
            "groups": sizes,
            "across": across,
        }

    return arguments


def _weight(rng, shape, dtype):
    return {"weight": normal(rng, dtype, shape.rows)}


def _case(variant, *arguments, **settings):
    return Case(
        "norm_constraint", ("weight",), _norm(*arguments, **settings), variant=variant
    )


CASES = [
    _case("columns", (1, None, 1, 1), False),
    _case("rows", (None, 1, 1, 1), True),
    _case("whole", (1, None, 1, 1), True, rate=0.25),
    _case("runs", (2, None, 3, 2), False, rate=0.25),
    _case("runs_across", (2, 3, None, 2), True),
    _case("unit", (1, None, 1, 1), False, low=1.0, high=1.0),
    Case("non_negative_constraint", ("weight",), _weight),
]
