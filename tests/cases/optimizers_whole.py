"""Cases of the rules that look at a weight as a whole, and of the parts of Muon's."""

from functools import partial

from .case import Case, blank, magnitude, normal, uniform

ADAFACTOR = {
    "learning_rate": 0.05,
    "beta_2_decay": -0.8,
    "epsilon_1": 1e-30,
    "epsilon_2": 1e-3,
    "clip_threshold": 1.0,
}
LAMB = {"learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-7}


def _adafactor(matrices, step, rng, shape, dtype):
    count = matrices or 1
    rows = shape.inputs if matrices else 1
    full = (count * rows, shape.units)
    return {
        "weight": normal(rng, dtype, *full),
        "velocity": uniform(rng, dtype, 0.1, 1, *full),
        "row_mean": uniform(rng, dtype, 0.1, 1, count, rows) if matrices else None,
        "column_mean": uniform(rng, dtype, 0.1, 1, count, shape.units)
        if matrices
        else None,
        "grad": normal(rng, dtype, *full),
        **ADAFACTOR,
        "step": step,
    }


def _adafactor_scale(arguments, expected):
    """Means are sums of squares; a step is a product of means. Those of columns are
    sums over as many terms as there are rows."""
    found = {}
    row_mean = arguments["row_mean"]
    terms = 1 if row_mean is None else 1 + row_mean.shape[1] / 4
    for name in ("weight", "velocity", "row_mean", "column_mean"):
        if expected[name] is not None:
            old, new = arguments[name], expected[name]
            size = magnitude(old) + magnitude(new) + magnitude(new - old)
            found[name] = terms * size
    return found


def _lamb(step, rng, shape, dtype):
    return {
        "weight": normal(rng, dtype, shape.rows),
        "momentum": normal(rng, dtype, shape.rows),
        "velocity": uniform(rng, dtype, 0.1, 1, shape.rows),
        "grad": normal(rng, dtype, shape.rows),
        **LAMB,
        "step": step,
    }


def _lamb_scale(arguments, expected):
    return {
        name: magnitude(arguments[name])
        + magnitude(expected[name] - arguments[name])
        + magnitude(arguments["grad"]) ** (2 if name == "velocity" else 1)
        for name in ("weight", "momentum", "velocity")
    }


def _direction(nesterov, rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows),
        "momentum": normal(rng, dtype, shape.rows),
        "grad": normal(rng, dtype, shape.rows),
        "keep": 0.95,
        "nesterov": nesterov,
    }


def _direction_scale(arguments, expected):
    terms = magnitude(arguments["momentum"]) + magnitude(arguments["grad"])
    return {"momentum": terms, "out": 2 * terms}


def _transposes(rng, shape, dtype):
    return {
        "out": blank(dtype, shape.rows, shape.units),
        "out_transposed": blank(dtype, shape.units, shape.rows),
        "inp": normal(rng, dtype, shape.rows, shape.units),
    }


def _product(turned, based, rng, shape, dtype):
    rows, depth, columns = shape
    return {
        "out": blank(dtype, rows, columns),
        "out_transposed": blank(dtype, columns, rows) if turned else None,
        "left": normal(rng, dtype, rows, depth),
        "right": normal(rng, dtype, depth, columns),
        "base": normal(rng, dtype, rows, columns) if based else None,
        "alpha": 0.5,
        "beta": -1.5,
    }


def _symmetric(based, rng, shape, dtype):
    left = normal(rng, dtype, shape.rows, shape.units)
    base = normal(rng, dtype, shape.rows, shape.rows)
    return {
        "out": blank(dtype, shape.rows, shape.rows),
        "left": left,
        "right": left.T.copy(),
        "base": base + base.T if based else None,
        "alpha": 0.5,
        "beta": -1.5,
    }


def _product_scale(arguments, expected):
    left, right = magnitude(arguments["left"]), magnitude(arguments["right"])
    terms = left.shape[1] + 2
    scale = terms * (left @ right)
    if arguments["base"] is not None:
        scale = scale + terms * magnitude(arguments["base"])
    return {"out": scale, "out_transposed": scale.T}


def _symmetric_scale(arguments, expected):
    return {"out": _product_scale(arguments, expected)["out"]}


def _muon(rng, shape, dtype):
    return {
        "weight": normal(rng, dtype, shape.rows, shape.units),
        "change": normal(rng, dtype, shape.rows, shape.units),
        "learning_rate": 0.05,
        "factor": 3.0,
    }


def _muon_scale(arguments, expected):
    return {"weight": magnitude(arguments["weight"]) + magnitude(arguments["change"])}


def _cases():
    outputs = ("weight", "velocity", "row_mean", "column_mean")
    for matrices in (0, 1, 3):
        for step in (1, 50):
            build = partial(_adafactor, matrices, step)
            yield Case(
                "adafactor_update", outputs, build, f"{matrices} {step}",
                _adafactor_scale, needs_columns=True,
            )  # fmt: skip
    outputs = ("weight", "momentum", "velocity")
    for step in (1, 50):
        build = partial(_lamb, step)
        yield Case("lamb_update", outputs, build, str(step), _lamb_scale)
    for nesterov in (False, True):
        build = partial(_direction, nesterov)
        variant = "nesterov" if nesterov else "plain"
        outputs = ("out", "momentum")
        yield Case("muon_direction", outputs, build, variant, _direction_scale)
    outputs = ("out", "out_transposed")
    yield Case("normalized_transposes", outputs, _transposes)
    for turned in (False, True):
        for based in (False, True):
            build = partial(_product, turned, based)
            variant = f"{int(turned)}{int(based)}"
            yield Case("mixed_product", outputs, build, variant, _product_scale)
    for based in (False, True):
        build, variant = partial(_symmetric, based), "based" if based else "plain"
        yield Case("symmetric_product", ("out",), build, variant, _symmetric_scale)
    yield Case("muon_update", ("weight",), _muon, scale=_muon_scale)


CASES = list(_cases())
