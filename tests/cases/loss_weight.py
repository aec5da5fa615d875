"""Cases of the weight of a loss."""

from .case import Case, normal


def _weigh_loss(rng, shape, dtype):
    return {
        "values": rng.normal(size=shape.rows),
        "dpred": normal(rng, dtype, shape.rows, shape.units),
        "weight": 0.7,
    }


def _of_values_alone(rng, shape, dtype):
    return {**_weigh_loss(rng, shape, dtype), "dpred": None}


CASES = [
    Case("weigh_loss", ("values", "dpred"), _weigh_loss),
    Case("weigh_loss", ("values",), _of_values_alone, "evaluate"),
]
