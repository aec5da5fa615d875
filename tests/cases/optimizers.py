"""Cases of the update rules."""

from functools import partial

from .case import Case, magnitude, normal, uniform

MOMENTUM = 0.9
LEARNING_RATE = 0.05
ADAM = {"learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}


def _sgd(slots, rng, shape, dtype):
    arguments = {"weight": normal(rng, dtype, shape.rows)}
    if slots:
        arguments["velocity"] = normal(rng, dtype, shape.rows)
    arguments["grad"] = normal(rng, dtype, shape.rows)
    arguments["learning_rate"] = LEARNING_RATE
    if slots:
        arguments["momentum"] = MOMENTUM
    return arguments


def _rmsprop(momentum, centered, rng, shape, dtype):
    average = normal(rng, dtype, shape.rows) * dtype.type(0.3)
    # The mean of squares is never below the square of the mean.
    velocity = average**2 + uniform(rng, dtype, 0.1, 1, shape.rows)
    slot = normal(rng, dtype, shape.rows)
    return {
        "weight": normal(rng, dtype, shape.rows),
        "velocity": velocity,
        "momentum_slot": slot if momentum else None,
        "average_gradient": average if centered else None,
        "grad": normal(rng, dtype, shape.rows),
        "learning_rate": LEARNING_RATE,
        "rho": 0.9,
        "momentum": momentum,
        "epsilon": 1e-7,
    }


def _adam(amsgrad, step, rng, shape, dtype):
    arguments = {
        "weight": normal(rng, dtype, shape.rows),
        "momentum": normal(rng, dtype, shape.rows),
        "velocity": uniform(rng, dtype, 0.1, 1, shape.rows),
    }
    if amsgrad:
        arguments["velocity_hat"] = uniform(rng, dtype, 0.1, 1, shape.rows)
    return {**arguments, "grad": normal(rng, dtype, shape.rows), **ADAM, "step": step}


def _scale(arguments, expected):
    """Every output is a sum of its old value and a step."""
    return {
        name: magnitude(arguments[name])
        + magnitude(expected[name] - arguments[name])
        + magnitude(arguments["grad"]) ** (2 if name.startswith("velocity") else 1)
        for name in arguments
        if name in expected and expected[name] is not None
    }


def _cases():
    yield Case("sgd_update", ("weight",), partial(_sgd, False), scale=_scale)
    for rule in ("momentum", "nesterov"):
        outputs = ("weight", "velocity")
        build = partial(_sgd, True)
        yield Case(f"sgd_{rule}_update", outputs, build, scale=_scale)
    outputs = ("weight", "velocity", "momentum_slot", "average_gradient")
    for momentum in (0.0, MOMENTUM):
        for centered in (False, True):
            variant = f"{momentum} {'centered' if centered else 'plain'}"
            build = partial(_rmsprop, momentum, centered)
            yield Case("rmsprop_update", outputs, build, variant, _scale)
    for step in (1, 7, 100_000):
        outputs = ("weight", "momentum", "velocity")
        build = partial(_adam, False, step)
        yield Case("adam_update", outputs, build, str(step), _scale)
        outputs += ("velocity_hat",)
        build = partial(_adam, True, step)
        yield Case("adam_amsgrad_update", outputs, build, str(step), _scale)


CASES = list(_cases())
