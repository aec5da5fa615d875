"""Models with a `compute_loss` or `compute_metrics` of their own."""

import numpy as np
import pytest

import fastnn
from fastnn.layers import Dense, Dropout, Input
from fastnn.models import Sequential
from fastnn.regularizers import Regularizer


class OwnLoss(Sequential):
    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        return super().compute_loss(x, y, y_pred, sample_weight, training)


class LossByHand(Sequential):
    def compute_loss(self, x, y, y_pred, sample_weight=None):
        return np.mean((y - y_pred) ** 2) + sum(self.losses)


class OwnMetrics(Sequential):
    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, y, y_pred, sample_weight)


class Cubes(Regularizer):
    def __call__(self, x):
        return 0.1 * np.sum(np.abs(x) ** 3)

    def gradient(self, x):
        return 0.3 * x * np.abs(x)


def trained(kind, x, y, penalty):
    fastnn.utils.set_random_seed(1)
    layers = [
        Dense(4, "tanh", activity_regularizer=penalty),
        Dropout(0.5, seed=2),
        Dense(1, kernel_regularizer="l2", activity_regularizer="l1"),
    ]
    model = kind([Input((3,)), Sequential(layers)])
    model.compile("adam", "mse", metrics=["mae"])
    history = model.fit(
        x, y, batch_size=5, epochs=3, verbose=0, validation_data=(x, y)
    ).history
    on_batch = model.test_on_batch(x, y, return_dict=True)
    return history | {f"{name} alone": value for name, value in on_batch.items()}


@pytest.mark.parametrize("kind", [OwnLoss, LossByHand, OwnMetrics])
@pytest.mark.parametrize("penalty", ["l1_l2", Cubes()])
def test_penalties_on_outputs_count(kind, penalty, rng):
    x = rng.normal(size=(12, 3)).astype(np.float32)
    y = x[:, :1] - x[:, 1:2]
    expected = trained(Sequential, x, y, penalty)
    found = trained(kind, x, y, penalty)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, 1e-4, err_msg=name)


def test_penalties_are_those_on_weights_afterwards(rng):
    x = rng.normal(size=(4, 3)).astype(np.float32)
    model = OwnLoss([Dense(1, activity_regularizer="l2", input_dim=3)])
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], verbose=0)
    model.evaluate(x, x[:, :1], verbose=0)
    assert model.losses == []
