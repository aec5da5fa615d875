"""A user's own layer, activation, loss and metric, against built-in ones."""

import numpy as np
import pytest

from fastnn import activations, losses, metrics
from fastnn.layers import Activation, Dense, Input, Layer
from fastnn.models import Sequential
from fastnn.optimizers import Adam
from fastnn.utils import set_random_seed


class OwnDense(Layer):
    def __init__(self, units, **base):
        super().__init__(**base)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), "glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return inputs @ self.kernel.value + self.bias.value

    def backward(self, inputs, outputs, gradients):
        return gradients @ self.kernel.value.T, {
            "kernel": inputs.T @ gradients,
            "bias": gradients.sum(axis=0),
        }


@activations.with_derivative(lambda x: 1 - np.tanh(x) ** 2)
def own_tanh(x):
    return np.tanh(x)


def own_loss(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean(axis=-1)


class OwnLoss(losses.Loss):
    def call(self, y_true, y_pred):
        return own_loss(y_true, y_pred)

    def gradient(self, y_true, y_pred):
        return 2 * (y_pred - y_true) / y_pred.shape[-1]


class OwnMetric(metrics.Metric):
    def __init__(self, name="mae", **base):
        super().__init__(name=name, **base)
        self.total = self.add_variable((), "zeros", name="total", dtype="float64")
        self.count = self.add_variable((), "zeros", name="count", dtype="float64")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.value[...] += np.abs(y_true - y_pred).mean(axis=-1).sum()
        self.count.value[...] += len(y_true)

    def result(self):
        return float(self.total.value / self.count.value) if self.count.value else 0.0


def build(layer, function, loss, metric):
    set_random_seed(1)
    model = Sequential([Input((4,)), Dense(6, dtype="float64")])
    model.add(Activation(function))
    model.add(layer(5, dtype="float64", name="middle"))
    model.add(Dense(2, dtype="float64"))
    model.compile(Adam(0.01), loss, metrics=[metric])
    return model


BUILT_IN = (Dense, "tanh", "mse", "mae")
OWN = (OwnDense, own_tanh, OwnLoss, OwnMetric)


@pytest.mark.parametrize("part", [0, 1, 2, 3, "all", "numerical"])
def test_own_parts_train_like_built_in_ones(part, rng):
    parts = list(BUILT_IN)
    if part == "numerical":
        parts[2] = own_loss
    elif part == "all":
        parts = [OWN[0], OWN[1], OWN[2](), OWN[3]()]
    else:
        parts[part] = OWN[part] if part < 2 else OWN[part]()
    own, model = build(*parts), build(*BUILT_IN)
    x, y = rng.normal(size=(50, 4)), rng.normal(size=(50, 2))
    settings = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}
    settings["validation_split"] = 0.2
    received = own.fit(x, y, **settings).history
    expected = model.fit(x, y, **settings).history
    assert received.keys() == expected.keys()
    rtol = 1e-5 if part == "numerical" else 1e-9
    for name, values in expected.items():
        np.testing.assert_allclose(received[name], values, rtol=rtol)
    for ours, theirs in zip(own.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-8)
    np.testing.assert_allclose(own.predict(x), model.predict(x), rtol=1e-4, atol=1e-8)


def test_a_function_as_a_metric(rng):
    def largest(y_true, y_pred):
        return np.abs(y_true - y_pred).max(axis=-1)

    model = Sequential([Input((4,)), Dense(2)])
    model.compile("sgd", "mse", metrics=[largest])
    x, y = rng.normal(size=(50, 4)), rng.normal(size=(50, 2))
    values = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    expected = np.abs(model.predict(x) - y).max(axis=-1).mean()
    assert values["largest"] == pytest.approx(expected, rel=1e-5)


def test_what_a_layer_is_given_in_training():
    seen = []

    class Spy(Layer):
        def call(self, inputs, training=False):
            seen.append((inputs.shape, inputs.dtype.name, training))
            return inputs

        def compute_output_shape(self, input_shape):
            return input_shape

        def backward(self, inputs, outputs, gradients):
            seen.append((gradients.shape, gradients.dtype.name, "backward"))
            return gradients

    model = Sequential([Input((4,)), Dense(3), Spy()])
    model.compile("sgd", "mse")
    x, y = np.ones((5, 4)), np.ones((5, 3))
    model.fit(x, y, batch_size=3, shuffle=False, verbose=0)
    float32 = [((rows, 3), "float32") for rows in (3, 2)]
    assert seen == [(*shape, kind) for shape in float32 for kind in (True, "backward")]
    seen.clear()
    model.predict(x)
    model.evaluate(x, y, verbose=0)
    assert {kind for *_, kind in seen} == {False}


def test_the_weights_of_an_own_layer_are_penalised(rng):
    class Scale(Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(
                (input_shape[-1],), "ones", name="factor", regularizer="l2"
            )

        def call(self, inputs):
            return inputs * self.factor.value

        def backward(self, inputs, outputs, gradients):
            return gradients * self.factor.value, {
                "factor": (inputs * gradients).sum(axis=0)
            }

    model = Sequential([Input((3,)), Scale()])
    model.compile("sgd", "mse")
    x = rng.normal(size=(10, 3))
    assert model.evaluate(x, x, verbose=0) == pytest.approx(0.03)
    model.fit(x, x, verbose=0, epochs=50)
    assert (model.get_weights()[0] < 1).all()


def test_labels_for_an_own_loss(rng):
    def cross_entropy(y_true, y_pred):
        assert y_true.shape == (len(y_pred), 1)
        index = y_true.astype(int)
        return -np.log(np.take_along_axis(y_pred, index, axis=1))[:, 0]

    x, y = rng.normal(size=(30, 4)), rng.integers(0, 3, (30, 1))
    results = []
    for loss in (cross_entropy, "sparse_categorical_crossentropy"):
        set_random_seed(2)
        model = Sequential([Input((4,)), Dense(3, "softmax")])
        model.compile("sgd", loss)
        model.fit(x, y, epochs=3, shuffle=False, verbose=0)
        results.append(model.get_weights()[0])
    np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-5)


def test_an_activation_without_a_derivative():
    with pytest.raises(ValueError, match="derivative"):
        Sequential([Input((4,)), Dense(3, lambda x: x**3)])
