"""Functions as layers."""

import json

import numpy as np
import pytest

import fastnn
from fastnn import activations, layers

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(40, 2)).astype("float32")


def halves(x):
    return x / 2


@activations.with_derivative(lambda x, by=2.0: by * x ** (by - 1))
def power(x, by=2.0):
    return x**by


def trained(layer):
    fastnn.utils.set_random_seed(2)
    model = fastnn.Sequential([
        layers.Input((3,)), layers.Dense(4), layer, layers.Dense(2),
    ])  # fmt: skip
    model.compile("adam", "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    return model


def test_trains_through_what_has_a_derivative():
    cube = layers.Lambda(power, arguments={"by": 3})
    own = fastnn.activations.get(
        activations.with_derivative(lambda x: 3 * x**2)(lambda x: x**3)
    )
    expected = trained(layers.Activation(own)).predict(X)
    np.testing.assert_allclose(trained(cube).predict(X), expected, rtol=1e-5)


def test_trains_through_a_backward_of_ones_own():
    class Halves(layers.Lambda):
        def backward(self, inputs, outputs, gradients):
            return gradients / 2

    expected = trained(layers.Rescaling(0.5)).predict(X)
    np.testing.assert_allclose(trained(Halves(halves)).predict(X), expected, rtol=1e-5)


def test_says_that_it_cannot_be_trained_through():
    with pytest.raises(NotImplementedError, match=r"derivative.*Received: .*halves"):
        trained(layers.Lambda(halves))


def test_in_front_needs_no_derivative():
    model = fastnn.Sequential([layers.Input((3,)), layers.Lambda(halves)])
    model.add(layers.Dense(2))
    model.compile("adam", "mse")
    assert np.isfinite(model.fit(X, Y, verbose=0).history["loss"]).all()


def test_a_named_function_is_found_if_the_caller_knows_it():
    layer = layers.Lambda(halves, name="mine")
    config = json.loads(json.dumps(layers.serialize(layer)))
    with pytest.raises(ValueError, match=r"'halves'.*Received: "):
        layers.deserialize(config)
    again = layers.deserialize(config, {"halves": halves})
    np.testing.assert_array_equal(again(X), X / 2)


def test_a_lambda_is_refused_on_loading():
    config = layers.Lambda(lambda x: x, name="mine").get_config()
    with pytest.raises(ValueError, match=r"code.*Received: "):
        layers.Lambda.from_config(config)


def test_shapes():
    columns = layers.Lambda(lambda x: x[:, :2])
    assert columns.compute_output_shape((None, 3)) == (None, 2)
    with pytest.raises(NotImplementedError, match="Received: IndexError"):
        layers.Lambda(lambda x: x[:, 5]).compute_output_shape((None, 3))


def test_mask_is_handed_on():
    seen = []

    def look(x, mask=None):
        seen.append(mask if mask is None else mask.tolist())
        return x

    model = fastnn.Sequential([
        layers.Input((2, 1)), layers.Masking(), layers.Lambda(look),
    ])  # fmt: skip
    with pytest.warns(UserWarning, match="does not support masking"):
        model.predict([[[1.0], [0.0]]])
    assert seen[-1] == [[True, False]]


def test_mask_of_its_own_reaches_the_loss():
    mask = lambda x, previous: x[..., 0] > 0  # noqa: E731
    model = fastnn.Sequential([layers.Input((2, 1)), layers.Lambda(halves, mask=mask)])
    model.compile("sgd", "mse")
    x = np.array([[[1.0], [-5.0]], [[2.0], [-7.0]]], "float32")
    assert model.evaluate(x, np.zeros_like(x), verbose=0) == pytest.approx(1.25 / 2)
