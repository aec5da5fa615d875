"""The reference trainer against losses that Keras gave."""

import numpy as np
import pytest

from . import sequential
from .golden import ACCURACY, LOSSES, TRAININGS, data, weights
from .sequential import Dense, Sequential


def model_of(training):
    layers = [
        Dense(weight, bias, function, 0.1, training["l1"], training["l2"])
        for (weight, bias), function in zip(
            weights(training["units"]), training["functions"], strict=True
        )
    ]
    rule, settings = training["optimizer"]
    optimizer = getattr(sequential, rule)(**settings)
    settings = training["loss_settings"]
    return Sequential(layers, training["loss"], optimizer, loss_settings=settings)


@pytest.mark.parametrize("name", TRAININGS)
def test_losses_of_each_batch(name):
    training = TRAININGS[name]
    model = model_of(training)
    x, y, weight = data(training["target"])
    losses = []
    for batch in (batch for epoch in training["epochs"] for batch in epoch):
        some = weight[batch] if training["weighted"] else None
        losses.append(model.train_on_batch(x[batch], y[batch], some)[0])
    np.testing.assert_allclose(losses, LOSSES[name], rtol=ACCURACY)


def test_epoch_is_the_mean_of_its_batches_weighted_by_rows():
    training = TRAININGS["sgd"]
    x, y, _ = data("values")
    history = model_of(training).fit(x, y, training["epochs"])
    by_epoch = np.reshape(LOSSES["sgd"], (4, 3)) @ [4, 4, 3] / 11
    losses = [epoch["loss"] for epoch in history]
    np.testing.assert_allclose(losses, by_epoch, rtol=ACCURACY)
