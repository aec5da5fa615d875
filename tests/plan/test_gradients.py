"""Gradients of whole networks in float64, against finite differences.

A step of plain gradient descent with learning rate 1 subtracts the gradient, which is
how it is read off here; the loss is what `test_on_batch` returns.
"""

import functools

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

from fastnn import activations, losses, regularizers
from fastnn.layers import Activation, Dense, Dropout, Flatten, Input, Layer
from fastnn.models import Sequential
from fastnn.optimizers import SGD

ROWS = 4
FUNCTIONS = ["linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu"]
FUNCTIONS += ["softplus"]

LOSSES = {
    "mean_squared_error": (losses.MeanSquaredError(), "linear"),
    "mean_absolute_error": (losses.MeanAbsoluteError(), "linear"),
    "binary": (losses.BinaryCrossentropy(), "sigmoid"),
    "binary, smoothed": (losses.BinaryCrossentropy(label_smoothing=0.2), "sigmoid"),
    "binary of tanh": (losses.BinaryCrossentropy(from_logits=True), "tanh"),
    "binary of softmax": (losses.BinaryCrossentropy(), "softmax"),
    "categorical": (losses.CategoricalCrossentropy(), "softmax"),
    "categorical of sigmoid": (losses.CategoricalCrossentropy(), "sigmoid"),
    "categorical logits": (
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "linear",
    ),
    "sparse": (losses.SparseCategoricalCrossentropy(), "softmax"),
    "sparse of sigmoid": (losses.SparseCategoricalCrossentropy(), "sigmoid"),
    "sparse logits": (losses.SparseCategoricalCrossentropy(from_logits=True), "relu"),
}


@activations.with_derivative(lambda x: np.cos(x))
def sine(x):
    return np.sin(x)


class Gate(Layer):
    """A layer of the user's own, with a weight."""

    def build(self, input_shape):
        self.power = self.add_weight((input_shape[-1],), "ones", name="power")

    def call(self, inputs):
        return inputs * self.power.value**2

    def backward(self, inputs, outputs, gradients):
        dpower = (2 * inputs * self.power.value * gradients).sum(axis=0)
        return gradients * self.power.value**2, {"power": dpower}


def targets(loss, rng, units):
    if loss.target == "labels":
        return rng.integers(0, units, ROWS)
    if "categorical" in loss.name:
        return np.eye(units)[rng.integers(0, units, ROWS)]
    if "binary" in loss.name:
        return rng.random((ROWS, units))
    return 3 + rng.normal(size=(ROWS, units))  # away from the kink of |x|


def check(model, loss, rng, weight=None, rtol=1e-6):
    """Compares all gradients of a model, at weights away from kinks."""
    model.compile(SGD(1.0), loss)
    start = [rng.normal(size=w.shape) * 0.8 for w in model.weights]
    for value in start:
        value += np.copysign(0.1, value)  # |w| has no derivative at zero
    x = rng.normal(size=(ROWS, *model.input_shape[1:]))
    y = targets(model.loss, rng, model.output_shape[-1])

    def objective(value, index):
        changed = [value if i == index else w for i, w in enumerate(start)]
        model.set_weights(changed)
        model.reset_metrics()
        return model.test_on_batch(x, y, sample_weight=weight)

    model.set_weights(start)
    model.train_on_batch(x, y, sample_weight=weight)
    gradients = [a - b for a, b in zip(start, model.get_weights(), strict=True)]
    for i, gradient in enumerate(gradients):
        expected = numerical_gradient(
            functools.partial(objective, index=i), start[i], step=1e-4
        )
        np.testing.assert_allclose(gradient, expected, rtol=rtol, atol=1e-7)


def network(*functions, units=3, **dense):
    layers = [Input((3,))]
    layers += [Dense(4, function, dtype="float64", **dense) for function in functions]
    return Sequential([*layers, Dense(units, dtype="float64", **dense)])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions(function, rng):
    check(network(function, function), "mse", rng)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("weighted", [False, True])
def test_losses(name, weighted, rng):
    loss, last = LOSSES[name]
    model = network("tanh")
    model.add(Activation(last))
    check(model, loss, rng, rng.uniform(0.5, 2, ROWS) if weighted else None)


@pytest.mark.parametrize(
    "reduction", ["sum", "sum_over_batch_size", "mean_with_sample_weight"]
)
def test_reductions(reduction, rng):
    loss = losses.MeanSquaredError(reduction=reduction)
    check(network("tanh"), loss, rng, rng.uniform(0.5, 2, ROWS))


@pytest.mark.parametrize(
    "penalty", [regularizers.L1(0.1), regularizers.L2(0.2), regularizers.L1L2(0.1, 0.3)]
)
def test_regularizers(penalty, rng):
    model = network("tanh", kernel_regularizer=penalty, bias_regularizer=penalty)
    check(model, "mse", rng)


def test_no_bias(rng):
    check(network("tanh", "elu", use_bias=False), "mse", rng)


def test_higher_ranks(rng):
    model = Sequential([
        Input((2, 3)),
        Dense(4, "tanh", dtype="float64"),
        Activation("softplus"),
        Flatten(),
        Dense(2, dtype="float64"),
    ])  # fmt: skip
    check(model, "mse", rng)


def test_the_user_s_own_parts(rng):
    def cubic(y_true, y_pred):
        return (np.abs(y_true - y_pred) ** 3).mean(axis=-1)

    model = network("tanh")
    model.add(Gate(dtype="float64"))
    model.add(Activation(sine))
    model.add(Dense(2, dtype="float64"))
    check(model, cubic, rng, rtol=1e-5)


def test_a_frozen_layer_passes_gradients_on(rng):
    model = network("tanh", "elu")
    model.layers[1].trainable = False
    x, y = rng.normal(size=(ROWS, 3)), rng.normal(size=(ROWS, 3))
    model.compile(SGD(1.0), "mse")
    start = model.get_weights()
    model.train_on_batch(x, y)
    frozen = [a - b for a, b in zip(start, model.get_weights(), strict=True)]
    model.layers[1].trainable = True
    model.set_weights(start)
    model.train_on_batch(x, y)
    free = [a - b for a, b in zip(start, model.get_weights(), strict=True)]
    for i in (0, 1, 4, 5):
        np.testing.assert_array_equal(frozen[i], free[i])
    assert not frozen[2].any()
    assert free[2].any()


def test_dropout_passes_gradients_where_it_kept(rng):
    model = Sequential([
        Input((6,)), Dense(8, dtype="float64"), Dropout(0.5, seed=3)
    ])  # fmt: skip
    model.compile(SGD(1.0), "mse")
    x, y = rng.normal(size=(1, 6)), np.zeros((1, 8))
    model.layers[0].bias.assign(np.arange(1, 9))
    start = model.get_weights()
    model.train_on_batch(x, y)
    dbias = start[1] - model.get_weights()[1]
    out = (x @ start[0] + start[1])[0]
    kept = dbias != 0
    assert 0 < kept.sum() < 8
    np.testing.assert_allclose(dbias[kept], 2 * (2 * out / 8 * 2)[kept])
