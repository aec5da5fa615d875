"""Whole trainings, step by step, against the trainer in NumPy."""

import numpy as np
import pytest
from reference import golden
from twins import (
    LOSSES,
    batches,
    random_targets,
    random_weights,
    twins,
)

from fastnn import random
from fastnn.utils import set_random_seed

OPTIMIZERS = {
    "sgd": ("sgd", {"learning_rate": 0.05}),
    "momentum": ("sgd", {"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov": ("sgd", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("rmsprop", {"learning_rate": 0.01}),
    "rmsprop centered": (
        "rmsprop",
        {"learning_rate": 0.005, "momentum": 0.5, "centered": True},
    ),
    "adam": ("adam", {"learning_rate": 0.01}),
    "amsgrad": ("adam", {"learning_rate": 0.01, "beta_2": 0.7, "amsgrad": True}),
}
SMOOTHED = [name for name in LOSSES if "entropy" in name and "sparse" not in name]
ROWS, BATCH = 23, 8  # the last batch has 7 rows


def assert_same_weights(model, twin, rtol=1e-9):
    for ours, theirs in zip(model.get_weights(), twin.parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_with_every_optimizer(loss, optimizer, rng):
    rule, settings = OPTIMIZERS[optimizer]
    functions = ("tanh", "softplus", LOSSES[loss][2])
    weights = random_weights(rng, 5, 9, 4, 3)
    model, twin = twins(weights, functions, loss, rule, settings)
    x, y = rng.normal(size=(ROWS, 5)), random_targets(rng, loss, ROWS, 3)
    history = model.fit(x, y, BATCH, epochs=4, shuffle=False, verbose=0).history
    expected = twin.fit(x, y, [batches(ROWS, BATCH)] * 4)
    np.testing.assert_allclose(
        history["loss"], [epoch["loss"] for epoch in expected], rtol=1e-9
    )
    assert_same_weights(model, twin)
    assert model.optimizer.iterations == twin.optimizer.iterations == 12


@pytest.mark.parametrize("loss", LOSSES)
def test_weighted_rows(loss, rng):
    weights = random_weights(rng, 4, 6, 3)
    model, twin = twins(weights, ("relu", LOSSES[loss][2]), loss, "adam")
    x, y = rng.normal(size=(ROWS, 4)), random_targets(rng, loss, ROWS, 3)
    weight = rng.uniform(0, 2, ROWS)
    history = model.fit(
        x, y, BATCH, epochs=3, shuffle=False, sample_weight=weight, verbose=0
    ).history
    expected = twin.fit(x, y, [batches(ROWS, BATCH)] * 3, weight)
    np.testing.assert_allclose(
        history["loss"], [epoch["loss"] for epoch in expected], rtol=1e-9
    )
    assert_same_weights(model, twin)


@pytest.mark.parametrize(
    "loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"]
)
def test_weighted_classes(loss, rng):
    weights = random_weights(rng, 4, 6, 3)
    model, twin = twins(weights, ("elu", "softmax"), loss, "sgd")
    x, y = rng.normal(size=(ROWS, 4)), random_targets(rng, loss, ROWS, 3)
    labels = y if y.ndim == 1 else y.argmax(axis=1)
    model.fit(
        x, y, BATCH, epochs=2, shuffle=False, class_weight={0: 3.0, 2: 0.5}, verbose=0
    )
    twin.fit(x, y, [batches(ROWS, BATCH)] * 2, np.array([3.0, 1.0, 0.5])[labels])
    assert_same_weights(model, twin)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("loss", SMOOTHED)
def test_smoothed_labels_and_penalties(loss, smoothing, rng):
    weights = random_weights(rng, 4, 6, 3)
    more = {"label_smoothing": smoothing, "l1": 0.01, "l2": 0.03}
    functions = ("leaky_relu", LOSSES[loss][2])
    model, twin = twins(weights, functions, loss, "rmsprop", **more)
    x, y = rng.normal(size=(ROWS, 4)), random_targets(rng, loss, ROWS, 3)
    history = model.fit(x, y, BATCH, epochs=3, shuffle=False, verbose=0).history
    expected = twin.fit(x, y, [batches(ROWS, BATCH)] * 3)
    np.testing.assert_allclose(
        history["loss"], [epoch["loss"] for epoch in expected], rtol=1e-9
    )
    assert_same_weights(model, twin)


def test_shuffled_rows_come_in_the_order_of_random_permutation(rng):
    weights = random_weights(rng, 4, 6, 1)
    functions = ("tanh", "linear")
    model, twin = twins(weights, functions, "mean_squared_error", "adam")
    x, y = rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 1))
    set_random_seed(11)
    model.fit(x, y, BATCH, epochs=3, verbose=0)
    set_random_seed(11)
    seed = random.next_seed()
    orders = [random.permutation(seed, epoch, ROWS) for epoch in range(3)]
    twin.fit(x, y, [batches(ROWS, BATCH, order) for order in orders])
    assert_same_weights(model, twin)
    assert not np.array_equal(orders[0], orders[1])


def test_float32_stays_near_the_reference(rng):
    weights = random_weights(rng, 20, 64, 32, 1)
    functions = ("relu", "relu", "linear")
    model, twin = twins(
        weights, functions, "mean_squared_error", "adam", dtype="float32"
    )
    x, y = rng.normal(size=(200, 20)), rng.normal(size=(200, 1))
    history = model.fit(x, y, 32, epochs=2, shuffle=False, verbose=0).history
    expected = twin.fit(x, y, [batches(200, 32)] * 2)
    np.testing.assert_allclose(
        history["loss"], [epoch["loss"] for epoch in expected], rtol=1e-4
    )
    assert_same_weights(model, twin, rtol=1e-3)


def test_a_layer_without_bias(rng):
    (first, _), last = random_weights(rng, 4, 6, 2)
    functions = ("sigmoid", "linear")
    weights = [(first, None), last]
    model, twin = twins(weights, functions, "mean_squared_error", "adam")
    x, y = rng.normal(size=(ROWS, 4)), rng.normal(size=(ROWS, 2))
    model.fit(x, y, BATCH, epochs=2, shuffle=False, verbose=0)
    twin.fit(x, y, [batches(ROWS, BATCH)] * 2)
    assert_same_weights(model, twin)


@pytest.mark.parametrize("name", golden.TRAININGS)
def test_golden_losses_of_each_batch(name):
    training = golden.TRAININGS[name]
    rule, settings = training["optimizer"]
    more = {k: training[k] for k in ("l1", "l2")}
    if training["loss_settings"]:
        more["label_smoothing"] = training["loss_settings"][0]
    model, _ = twins(
        golden.weights(training["units"]),
        training["functions"],
        training["loss"],
        rule,
        settings,
        **more,
    )
    x, y, weight = golden.data(training["target"])
    losses = []
    for batch in (batch for epoch in training["epochs"] for batch in epoch):
        some = weight[batch] if training["weighted"] else None
        model.reset_metrics()
        losses.append(model.train_on_batch(x[batch], y[batch], some))
    np.testing.assert_allclose(losses, golden.LOSSES[name], rtol=golden.ACCURACY)
