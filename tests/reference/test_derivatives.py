"""Every backward of the reference is the derivative of its forward."""

import numpy as np
import pytest
from cases import CASES, Shape
from cases.activations import FUNCTIONS, reads_input, settings_of
from numerical_gradient import numerical_gradient

from . import KERNELS

LOSSES = [
    case
    for case in CASES
    if "values" in case.outputs and case.outputs[0] in ("dpred", "dlogits")
    if case.variant != "without gradient"
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_activation(function):
    inp = np.array([-2.0, -0.7, -0.1, 0.1, 0.7, 2.0])
    dout = np.array([1.0, -2.0, 3.0, 0.5, -1.0, 2.0])
    out, dinp = np.empty(6), np.empty(6)
    settings = settings_of(function)

    def objective(x):
        KERNELS[f"{function}_forward"](out, x, *settings)
        return out @ dout

    expected = numerical_gradient(objective, inp)
    objective(inp)
    kept = inp if reads_input(function) else out
    KERNELS[f"{function}_backward"](dinp, dout, kept, *settings)
    np.testing.assert_allclose(dinp, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "glu"])
def test_along_rows(name, rng):
    inp, dout = rng.normal(size=(3, 8 if name == "glu" else 4)), rng.normal(size=(3, 4))
    out, dinp = np.empty_like(dout), np.empty_like(inp)

    def objective(x):
        KERNELS[f"{name}_forward"](out, x)
        return (out * dout).sum()

    expected = numerical_gradient(objective, inp)
    objective(inp)
    KERNELS[f"{name}_backward"](dinp, dout, inp if name == "glu" else out)
    np.testing.assert_allclose(dinp, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", ["input", "weight", "bias"])
def test_dense(name, rng):
    position = ["input", "weight", "bias"].index(name)
    tensors = [rng.normal(size=s) for s in [(3, 4), (4, 5), (5,)]]
    out, dout = np.empty((3, 5)), rng.normal(size=(3, 5))

    def objective(x):
        moved = [x if i == position else t for i, t in enumerate(tensors)]
        KERNELS["dense_forward"](out, *moved)
        return (out * dout).sum()

    others = {
        "input": (dout, tensors[1], None),
        "weight": (tensors[0], dout),
        "bias": (dout,),
    }
    gradient = np.empty_like(tensors[position])
    KERNELS[f"dense_backward_{name}"](gradient, *others[name])
    expected = numerical_gradient(objective, tensors[position])
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("case", LOSSES, ids=str)
def test_loss(case, rng):
    arguments = case.arguments(rng, Shape(3, 1, 4), np.dtype("float64"))
    pred = "logits" if "logits" in arguments else "pred"
    weight = arguments["weight"]
    factors = arguments["scale"] * (np.ones(3) if weight is None else weight)

    def objective(x):
        KERNELS[case.kernel](*{**arguments, pred: x}.values())
        return factors @ arguments["values"]

    expected = numerical_gradient(objective, arguments[pred], step=1e-4)
    objective(arguments[pred])
    gradient = arguments[case.outputs[0]]
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-9)


def test_loss_gradient_is_zero_where_the_probability_is_limited():
    pred = np.array([[1e-9, 0.5], [1 - 1e-9, 0.5]])
    values, gradient = np.empty(2), np.empty((2, 2))
    target = np.ones((2, 2))
    KERNELS["binary_crossentropy"](gradient, values, pred, target, None, 1.0, 0.0, 1e-7)
    np.testing.assert_array_equal(gradient[:, 0], 0)
    np.testing.assert_allclose(gradient[:, 1], -1)


def test_penalty():
    weight = np.array([-2.0, -0.3, 0.4, 1.0])
    gradient = np.ones(4)
    expected = numerical_gradient(lambda w: KERNELS["l1_l2_value"](w, 0.2, 0.3), weight)
    KERNELS["l1_l2_backward"](gradient, weight, 0.2, 0.3)
    np.testing.assert_allclose(gradient, 1 + expected, rtol=1e-9)
