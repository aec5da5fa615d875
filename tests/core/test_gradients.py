"""Every backward is the derivative of its forward, by finite differences."""

import numpy as np
import pytest
from cases import CASES, Shape
from cases.activations import FUNCTIONS, reads_input, settings_of
from numerical_gradient import numerical_gradient

SHAPE = Shape(4, 3, 5)
DOUBLE = np.dtype("float64")
LOSS_CASES = [c for c in CASES if "values" in c.outputs[1:] and c.scale]
WITH_GRADIENT = [case for case in LOSS_CASES if case.variant != "without gradient"]


def away_from_kinks(array):
    """The same, moved to at least 0.02 from whole numbers, halves and quarters."""
    return np.round(array, 1) + 0.07


def assert_gradient(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_activation(kernels, function, rng):
    forward, settings = getattr(kernels, f"{function}_forward"), settings_of(function)
    inp = away_from_kinks(2 * rng.normal(size=11))
    dout = rng.normal(size=11)
    out, dinp = np.empty(11), np.empty(11)

    def objective(x):
        forward(out, x, *settings)
        return float(out @ dout)

    expected = numerical_gradient(objective, inp)
    forward(out, inp, *settings)
    kept = inp if reads_input(function) else out
    getattr(kernels, f"{function}_backward")(dinp, dout, kept, *settings)
    assert_gradient(dinp, expected)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "glu"])
def test_along_rows(kernels, name, rng):
    units = 10 if name == "glu" else 5
    inp, dout = rng.normal(size=(4, units)), rng.normal(size=(4, 5))
    out, dinp = np.empty_like(dout), np.empty_like(inp)
    forward = getattr(kernels, f"{name}_forward")

    def objective(x):
        forward(out, x)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, inp)
    forward(out, inp)
    kept = inp if name == "glu" else out
    getattr(kernels, f"{name}_backward")(dinp, dout, kept)
    assert_gradient(dinp, expected)


def test_dropout(kernels, rng):
    inp, dout = rng.normal(size=(2, 4, 5))
    out, dinp = np.empty((2, 4, 5))
    mask = np.empty((4, 5), np.uint8)
    settings = None, 0.3, 0.9, 0.3, -1.2, False

    def objective(x):
        kernels.dropout_forward(out, mask, x, *settings, 99, 4)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, inp)
    kernels.dropout_backward(dinp, dout, mask, 0.9)
    assert_gradient(dinp, expected)


def test_gaussian_dropout(kernels, rng):
    inp, dout = rng.normal(size=(2, 4, 5))
    out, noise, dinp = np.empty((3, 4, 5))

    def objective(x):
        kernels.gaussian_dropout_forward(out, noise, x, 0.3, 99, 4)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, inp)
    kernels.gaussian_dropout_backward(dinp, dout, noise)
    assert_gradient(dinp, expected)


def test_repeat(kernels, rng):
    inp, dout = rng.normal(size=(2, 5)), rng.normal(size=(6, 5))
    out, dinp = np.empty_like(dout), np.empty_like(inp)

    def objective(x):
        kernels.repeat_forward(out, x, 3)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, inp)
    kernels.repeat_backward(dinp, dout, 3)
    assert_gradient(dinp, expected)


def test_embedding(kernels, rng):
    weight, dout = rng.normal(size=(4, 5)), rng.normal(size=(6, 5))
    codes = np.array([1, 3, 1, 0, 3, 3], np.int32)
    out, dweight = np.empty_like(dout), np.empty_like(weight)

    def objective(x):
        kernels.embedding_forward(out, codes, x)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, weight)
    kernels.embedding_backward(dweight, dout, codes)
    assert_gradient(dweight, expected)


def test_activity(kernels, rng):
    inp, dout = away_from_kinks(rng.normal(size=(3, 5))), rng.normal(size=(3, 5))
    values, dinp = np.empty(3), np.empty_like(inp)

    def objective(x):
        kernels.activity_values(values, x, 0.02, 0.3)
        return float(values.sum() + (x * dout).sum())

    expected = numerical_gradient(objective, inp)
    kernels.activity_backward(dinp, dout, inp, 0.02, 0.3)
    assert_gradient(dinp, expected)


@pytest.mark.parametrize("argument", ["inp", "weight", "bias"])
def test_dense(kernels, argument, rng):
    rows, inputs, units = SHAPE
    tensors = {
        "inp": rng.normal(size=(rows, inputs)),
        "weight": rng.normal(size=(inputs, units)),
        "bias": rng.normal(size=units),
    }
    out, dout = np.empty((rows, units)), rng.normal(size=(rows, units))

    def objective(x):
        kernels.dense_forward(out, *{**tensors, argument: x}.values())
        return float((out * dout).sum())

    expected = numerical_gradient(objective, tensors[argument])
    gradient = np.empty_like(tensors[argument])
    if argument == "inp":
        kernels.dense_backward_input(gradient, dout, tensors["weight"], None)
    elif argument == "weight":
        kernels.dense_backward_weight(gradient, tensors["inp"], dout)
    else:
        kernels.dense_backward_bias(gradient, dout)
    assert_gradient(gradient, expected)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_two_dense_layers(kernels, function, rng):
    """The derivative with respect to the first layer's sum, through its activation."""
    rows, inputs, units = SHAPE
    total = away_from_kinks(rng.normal(size=(rows, inputs)))
    settings = settings_of(function)
    weight, identity = rng.normal(size=(inputs, units)), np.eye(inputs)
    hidden, out = np.empty((rows, inputs)), np.empty((rows, units))
    dout = rng.normal(size=(rows, units))

    def objective(x):
        kernels.dense_forward(hidden, x, identity, None, function, *settings)
        kernels.dense_forward(out, hidden, weight, None)
        return float((out * dout).sum())

    expected = numerical_gradient(objective, total)
    objective(total)
    gradient = np.empty_like(total)
    kept = total if reads_input(function) else hidden
    kernels.dense_backward_input(gradient, dout, weight, kept, function, *settings)
    assert_gradient(gradient, expected)


@pytest.mark.parametrize("case", WITH_GRADIENT, ids=str)
def test_loss(kernels, case, rng):
    kernel = getattr(kernels, case.kernel)
    arguments = case.arguments(rng, SHAPE, DOUBLE)
    gradient = arguments[case.outputs[0]]
    pred = "logits" if "logits" in arguments else "pred"
    if case.kernel == "mean_absolute_error":
        arguments["target"] = arguments["pred"] + away_from_kinks(arguments["target"])
    weight = arguments["weight"]
    factors = arguments["scale"] * (np.ones(SHAPE.rows) if weight is None else weight)

    def objective(x):
        kernel(*{**arguments, pred: x}.values())
        return float(factors @ arguments["values"])

    expected = numerical_gradient(objective, arguments[pred], step=1e-4)
    kernel(*arguments.values())
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-9)


def test_penalty(kernels, rng):
    weight = away_from_kinks(rng.normal(size=9))
    gradient = np.ones(9)
    expected = numerical_gradient(lambda w: kernels.l1_l2_value(w, 0.02, 0.3), weight)
    kernels.l1_l2_backward(gradient, weight, 0.02, 0.3)
    assert_gradient(gradient, 1 + expected)
