"""The reference trainer's gradients and sums, by finite differences and by hand."""

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

from .sequential import Dense, Dropout, Sequential, sgd

LOSSES = {
    "mean_squared_error": ("linear", ()),
    "binary_crossentropy": ("sigmoid", (0.1,)),
    "categorical_crossentropy": ("softmax", (0.1,)),
    "softmax_categorical_crossentropy": ("linear", (0.1,)),
}


def small_model(rng, loss, metric=None):
    function, settings = LOSSES[loss]
    first = rng.normal(size=(3, 6))
    first += np.copysign(0.1, first)  # |w| has no derivative at zero
    layers = [
        Dense(first, rng.normal(size=6), "tanh", l1=0.01, l2=0.02),
        Dropout(0.4, key=17),
        Dense(rng.normal(size=(6, 4)), None, function),
    ]
    return Sequential(layers, loss, sgd(0.1), metric, settings)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_of_a_whole_model(loss, rng):
    model = small_model(rng, loss)
    x, y = rng.normal(size=(5, 3)), np.eye(4)[rng.integers(0, 4, size=5)]
    weight = rng.uniform(0.5, 2, size=5)
    gradients = [g.copy() for g in model.gradients_on_batch(x, y, weight)[1]]
    for parameter, gradient in zip(model.parameters, gradients, strict=True):

        def objective(value, parameter=parameter):
            kept = parameter.copy()
            parameter[...] = value
            result = model.gradients_on_batch(x, y, weight)[0]
            parameter[...] = kept
            return result

        expected = numerical_gradient(objective, parameter.copy())
        np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-9)


def test_dropout_acts_only_while_training(rng):
    model = small_model(rng, "mean_squared_error")
    x = rng.normal(size=(5, 3))
    first, second = model.forward(x), model.forward(x)
    np.testing.assert_array_equal(first, second)
    assert (model.forward(x, training=True) != first).any()


def test_metric_of_an_epoch_counts_every_row_once(rng):
    model = small_model(rng, "categorical_crossentropy", "categorical_accuracy")
    model.optimizer = sgd(0.0)
    model.layers.pop(1)
    x, y = rng.normal(size=(7, 3)), np.eye(4)[rng.integers(0, 4, size=7)]
    history = model.fit(x, y, [[np.arange(4), np.arange(4, 7)]])
    agree = model.forward(x).argmax(axis=1) == y.argmax(axis=1)
    np.testing.assert_allclose(history[0]["metric"], agree.mean())
    loss, hits = model.test_on_batch(x, y)
    np.testing.assert_allclose(history[0]["loss"], loss)
    assert hits == agree.sum()
