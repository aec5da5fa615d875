"""Cases of the activation functions."""

import inspect
from functools import partial

import numpy as np
from reference import KERNELS

from .case import Case, blank, magnitude, normal, uniform

FUNCTIONS = (
    "linear",
    "relu",
    "relu_capped",
    "leaky_relu",
    "rectifier",
    "threshold",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "soft_shrink",
    "hard_shrink",
    "sparse_sigmoid",
    "sparse_plus",
    "sigmoid",
    "tanh",
    "tanh_shrink",
    "elu",
    "celu",
    "selu",
    "exponential",
    "softplus",
    "log_sigmoid",
    "softsign",
    "squareplus",
    "silu",
    "gelu",
    "gelu_tanh",
    "mish",
)
ALPHA = 0.3
NO_SETTINGS = {"alpha": 0.0, "beta": 0.0, "gamma": 0.0}

# alpha, beta, gamma, where they are not those of the others
_SETTINGS = {
    "rectifier": (ALPHA, 2.5, 0.5),
    "relu_capped": (0.5,),
    "soft_shrink": (0.5,),
    "hard_shrink": (0.5,),
    "threshold": (0.25, -0.75),
    "squareplus": (2.0,),
}

# the least and the greatest value of those that cannot return just anything in (-1, 1)
_RANGES = {
    "celu": (-ALPHA, 0.99),
    "elu": (-ALPHA, 0.99),
    "exponential": (0.01, 0.99),
    "hard_sigmoid": (0, 1),
    "log_sigmoid": (-9, -0.01),
    "relu_capped": (0, 0.5),
    "selu": (-1.7, 0.99),
    "sigmoid": (0.01, 0.99),
    "softplus": (0.01, 0.99),
    "sparse_plus": (0, 2),
    "sparse_sigmoid": (0, 1),
    "squareplus": (0.01, 2),
}

# whose result is a difference, or a product with one
_DIFFERENCES = ("gelu", "gelu_tanh", "tanh_shrink", "soft_shrink", "rectifier")
# whose derivative is one
_STEEP = ("tanh", "elu", "celu", "selu", "softsign", "gelu", "gelu_tanh", "mish")
_STEEP += ("silu", "tanh_shrink", "hard_silu")


def settings_of(function):
    """What a test calls the function with after its arrays."""
    return _SETTINGS.get(function, (ALPHA,))


def reads_input(function):
    """Whether the function's backward takes the input, and not the output."""
    return "inp" in inspect.signature(KERNELS[f"{function}_backward"]).parameters


def outputs_of(function, rng, dtype, *shape):
    """Values that the function can return, on both sides of its kink."""
    return uniform(rng, dtype, *_RANGES.get(function, (-0.99, 0.99)), *shape)


def kept_of(function, rng, dtype, *shape):
    """What the function's backward can be given: outputs or inputs."""
    if reads_input(function):
        return uniform(rng, dtype, -5, 5, *shape)
    return outputs_of(function, rng, dtype, *shape)


def named_settings(function):
    return dict(zip(("alpha", "beta", "gamma"), settings_of(function), strict=False))


def _forward(function, rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows)
    arguments = {"out": blank(dtype, shape.rows), "inp": inp}
    return arguments | {**NO_SETTINGS, **named_settings(function)}


def _backward(function, rng, shape, dtype):
    return {
        "dinp": blank(dtype, shape.rows),
        "dout": normal(rng, dtype, shape.rows),
        "inp" if reads_input(function) else "out": kept_of(
            function, rng, dtype, shape.rows
        ),
        **NO_SETTINGS,
        **named_settings(function),
    }


def _scale_forward(function, arguments, expected):
    """1 + erf(x), x - tanh(x) and x - alpha lose digits; a factor of a product may be a
    denormal number."""
    inp = np.minimum(magnitude(arguments["inp"]), np.finfo(np.float32).max)
    if function in _DIFFERENCES:
        return {"out": inp + 1}
    return {"out": magnitude(expected["out"]) + 1e-30 * inp}


def _scale_backward(arguments, expected):
    """1 - out ** 2 and out + alpha lose digits that `out` has not got."""
    return {"dinp": magnitude(arguments["dout"])}


def _softmax_forward(rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows, shape.units)
    return {"out": blank(dtype, *inp.shape), "inp": inp}


def _scale_softmax_forward(arguments, expected):
    """exp(x - max) has the relative error of x - max times |x - max|."""
    inp = arguments["inp"]
    distance = inp.max(axis=1, keepdims=True, initial=-np.inf) - inp
    return {"out": expected["out"] * (1.0 + distance)}


def _softmax_backward(rng, shape, dtype):
    out = uniform(rng, dtype, 0.05, 1.0, shape.rows, shape.units)
    out /= out.sum(axis=1, keepdims=True)
    dout = normal(rng, dtype, *out.shape)
    return {"dinp": blank(dtype, *out.shape), "dout": dout, "out": out}


def _scale_softmax_backward(arguments, expected):
    dout, out = magnitude(arguments["dout"]), magnitude(arguments["out"])
    inner = (dout * out).sum(axis=1, keepdims=True)
    return {"dinp": out * (dout + inner * np.sqrt(1 + out.shape[1]))}


def _rows_forward(rng, shape, dtype):
    inp = uniform(rng, dtype, -3, 3, shape.rows, shape.units)
    return {"out": blank(dtype, *inp.shape), "inp": inp}


def _scale_log_softmax_forward(arguments, expected):
    return {
        "out": 2 + magnitude(arguments["inp"]).max(axis=1, keepdims=True, initial=0)
    }


def _log_softmax_backward(rng, shape, dtype):
    arguments = _softmax_backward(rng, shape, dtype)
    return {**arguments, "out": np.log(arguments["out"])}


def _scale_log_softmax_backward(arguments, expected):
    dout = magnitude(arguments["dout"])
    share = np.exp(arguments["out"].astype(np.float64))
    terms = 2 + np.sqrt(share.shape[1])
    return {"dinp": dout + terms * share * dout.sum(axis=1, keepdims=True)}


def _scale_sparsemax_forward(arguments, expected):
    """A difference of values of up to 6."""
    return {"out": np.full(arguments["inp"].shape, 6.0)}


def _sparsemax_backward(rng, shape, dtype):
    arguments = _softmax_backward(rng, shape, dtype)
    some = arguments["out"] * (rng.random(arguments["out"].shape) < 0.5)
    some[:, :1] = 0.5
    return {**arguments, "out": some.astype(dtype)}


def _scale_sparsemax_backward(arguments, expected):
    dout = magnitude(arguments["dout"])
    return {"dinp": dout + dout.sum(axis=1, keepdims=True)}


def _glu_forward(rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows, 2 * shape.units)
    return {"out": blank(dtype, shape.rows, shape.units), "inp": inp}


def _glu_backward(rng, shape, dtype):
    inp = uniform(rng, dtype, -9, 9, shape.rows, 2 * shape.units)
    dout = normal(rng, dtype, shape.rows, shape.units)
    return {"dinp": blank(dtype, *inp.shape), "dout": dout, "inp": inp}


def _scale_glu_backward(arguments, expected):
    """1 - sigmoid(b) loses digits."""
    dout = magnitude(arguments["dout"])
    a = magnitude(arguments["inp"])[:, : dout.shape[1]]
    return {"dinp": np.concatenate([dout, dout * a], axis=1)}


CASES = [
    *(
        Case(
            f"{function}_forward",
            ("out",),
            partial(_forward, function),
            scale=partial(_scale_forward, function),
        )
        for function in FUNCTIONS
    ),
    *(
        Case(
            f"{function}_backward",
            ("dinp",),
            partial(_backward, function),
            scale=_scale_backward if function in _STEEP else None,
        )
        for function in FUNCTIONS
    ),
    Case("softmax_forward", ("out",), _softmax_forward, scale=_scale_softmax_forward),
    Case(
        "softmax_backward",
        ("dinp",),
        _softmax_backward,
        scale=_scale_softmax_backward,
    ),
    Case(
        "log_softmax_forward",
        ("out",),
        _softmax_forward,
        scale=_scale_log_softmax_forward,
    ),
    Case(
        "log_softmax_backward",
        ("dinp",),
        _log_softmax_backward,
        scale=_scale_log_softmax_backward,
    ),
    Case(
        "sparsemax_forward",
        ("out",),
        _rows_forward,
        scale=_scale_sparsemax_forward,
    ),
    Case(
        "sparsemax_backward",
        ("dinp",),
        _sparsemax_backward,
        scale=_scale_sparsemax_backward,
    ),
    Case("glu_forward", ("out",), _glu_forward),
    Case("glu_backward", ("dinp",), _glu_backward, scale=_scale_glu_backward),
]
