"""Cases of the further update rules over vectors, and of what surrounds every rule."""

from functools import partial

from .case import Case, magnitude, normal, uniform

ADAM = {"learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-7}
SLOTS = {  # rule: slots, and whether their values are positive
    "adagrad": {"accumulator": True},
    "adadelta": {"accumulated_grad": True, "accumulated_delta_var": True},
    "adamax": {"momentum": False, "norm": True},
    "nadam": {"momentum": False, "velocity": True},
    "ftrl": {"accumulator": True, "linear": False},
    "lion": {"momentum": False},
    "schedule_free": {"momentum": False, "velocity": True},
}
FTRL = {
    "learning_rate": 0.05,
    "learning_rate_power": -0.5,
    "l1": 0.01,
    "l2": 0.02,
    "l2_shrinkage": 0.03,
    "beta": 0.1,
}


def _rule(rule, scalars, rng, shape, dtype):
    arguments = {"weight": normal(rng, dtype, shape.rows)}
    for name, positive in SLOTS[rule].items():
        arguments[name] = (
            uniform(rng, dtype, 0.1, 1, shape.rows)
            if positive
            else normal(rng, dtype, shape.rows)
        )
    return {**arguments, "grad": normal(rng, dtype, shape.rows), **scalars}


def _scale(arguments, expected):
    """Every output is a sum of terms of about these sizes."""
    found = {}
    for name, value in expected.items():
        if name not in arguments or not hasattr(value, "shape"):
            continue
        terms = magnitude(arguments[name]) + magnitude(value - arguments[name])
        for other in ("grad", "weight", "momentum", "linear"):
            if other in arguments:
                terms = terms + magnitude(arguments[other])
        found[name] = terms + magnitude(arguments["grad"]) ** 2
    return found


def _ftrl_scale(arguments, expected):
    """A difference of powers is divided by the learning rate, and so are its errors."""
    scale = _scale(arguments, expected)
    rate = arguments["learning_rate"]
    power = -arguments["learning_rate_power"]
    w, after = magnitude(arguments["weight"]), magnitude(expected["accumulator"])
    linear = scale["linear"] + 2 * after**power / rate * w
    return {**scale, "linear": linear, "weight": linear * rate / after**power + w}


def _schedule_free_scale(arguments, expected):
    scale = _scale(arguments, expected)
    terms = magnitude(arguments["weight"]) + magnitude(arguments["momentum"])
    return {**scale, "weight": scale["weight"] + terms / arguments["beta_1"]}


def _rules():
    yield "adagrad", "", {"learning_rate": 0.05, "epsilon": 1e-7}, _scale
    yield "adadelta", "", {"learning_rate": 0.5, "rho": 0.95, "epsilon": 1e-7}, _scale
    lion = {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.99}
    yield "lion", "", lion, _scale
    for step in (1, 7, 100_000):
        yield "adamax", str(step), {**ADAM, "step": step}, _scale
        product = 0.4 * 0.8 ** min(step, 50)
        nadam = {**ADAM, "product": product, "step": step}
        yield "nadam", str(step), nadam, _scale
    for warmup, step in ((0.0, 1), (5.0, 2), (5.0, 400)):
        free = {**ADAM, "warmup_steps": warmup, "step": step}
        yield "schedule_free", f"{warmup} {step}", free, _schedule_free_scale
    for power in (-0.5, -0.3, 0.0):
        scalars = {**FTRL, "learning_rate_power": power}
        yield "ftrl", str(power), scalars, _ftrl_scale


def _vectors(names, scalars, rng, shape, dtype):
    return {**{name: normal(rng, dtype, shape.rows) for name in names}, **scalars}


def _sums(arguments, expected):
    """A sum of the arrays that came in."""
    terms = sum(magnitude(a) for a in arguments.values() if hasattr(a, "shape"))
    return {name: terms for name in ("average", "total", "grad") if name in arguments}


def _cases():
    for rule, variant, scalars, scale in _rules():
        outputs = ("weight", *SLOTS[rule])
        build = partial(_rule, rule, scalars)
        yield Case(f"{rule}_update", outputs, build, variant, scale)
    decay = {"learning_rate": 0.1, "decay": 0.5}
    build = partial(_vectors, ("weight",), decay)
    yield Case("weight_decay", ("weight",), build)
    build = partial(_vectors, ("grad",), {"limit": 0.7})
    yield Case("clip_values", ("grad",), build)
    for limit in (0.5, 1e6):
        for whole in (False, True):
            scalars = {"limit": limit, "whole": whole}
            build = partial(_vectors, ("grad",), scalars)
            variant = f"{limit} {'whole' if whole else 'each'}"
            yield Case("clip_norm", ("grad",), build, variant)
    for keep in (0.0, 0.9):
        build = partial(_vectors, ("average", "weight"), {"keep": keep})
        yield Case("average_update", ("average",), build, str(keep), _sums)
    for due in (False, True):
        build = partial(_vectors, ("total", "grad"), {"due": due, "count": 3.0})
        variant = "due" if due else "not due"
        yield Case("accumulate", ("total", "grad"), build, variant, _sums)
    build = partial(_vectors, ("grad",), {"factor": 1024.0})
    yield Case("unscale", ("grad",), build)


CASES = list(_cases())
