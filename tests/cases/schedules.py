"""Cases of the learning rate schedules."""

from functools import partial

from .case import Case, blank, magnitude

EXPONENTIAL = {"initial": 0.5, "steps": 4, "decay_rate": 0.7}
RESTARTS = {"initial": 0.5, "steps": 4, "t_mul": 2.0, "m_mul": 0.75, "alpha": 0.1}
SETTINGS = {
    "exponential_decay": [{**EXPONENTIAL, "staircase": s} for s in (False, True)],
    "inverse_time_decay": [{**EXPONENTIAL, "staircase": s} for s in (False, True)],
    "polynomial_decay": [
        {"initial": 0.5, "steps": 6, "end": 0.125, "power": power, "cycle": cycle}
        for power in (1.0, 2.0)
        for cycle in (False, True)
    ],
    "cosine_decay": [
        {"initial": 0.5, "steps": 9, "alpha": 0.25, "peak": peak, "warmup_steps": warm}
        for peak, warm in ((0.5, 0), (1.5, 4))
    ],
    "cosine_decay_restarts": [{**RESTARTS, "t_mul": t} for t in (1.0, 1.5, 2.0)],
    "piecewise_constant_decay": [
        {"boundaries": [2, 5], "values": [1.0, 0.5, 0.25]},
        {"boundaries": [], "values": [1.0]},
    ],
}


def _arguments(settings, rng, shape, dtype):
    return {
        "rate": blank(dtype, shape.rows),
        "step": rng.integers(0, 40, shape.rows).astype(dtype),
        **settings,
    }


def _scale(arguments, expected):
    """Sums of parts of the first rate, and of the one at the peak."""
    height = max(arguments.get("initial", 0), arguments.get("peak", 0))
    return {"rate": magnitude(expected["rate"]) + height}


CASES = [
    Case(name, ("rate",), partial(_arguments, settings), str(number), _scale)
    for name, variants in SETTINGS.items()
    for number, settings in enumerate(variants)
]
