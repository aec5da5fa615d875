"""Which metric a name stands for in a compiled model."""

import numpy as np
import pytest

import fastnn
from fastnn import losses, metrics
from fastnn.metrics import resolve

CATEGORICAL = losses.CategoricalCrossentropy()
SPARSE = losses.SparseCategoricalCrossentropy()
BINARY = losses.BinaryCrossentropy()


@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
@pytest.mark.parametrize(
    ("loss", "units", "cls"),
    [
        (BINARY, 1, metrics.BinaryAccuracy),
        (SPARSE, 1, metrics.BinaryAccuracy),
        (BINARY, 3, metrics.CategoricalAccuracy),
        (CATEGORICAL, 3, metrics.CategoricalAccuracy),
        (SPARSE, 3, metrics.SparseCategoricalAccuracy),
        (losses.MeanSquaredError(), 3, metrics.CategoricalAccuracy),
        (None, 3, metrics.CategoricalAccuracy),
    ],
)
def test_accuracy_by_outputs_and_targets(name, loss, units, cls):
    metric = resolve(name, loss, units)
    assert type(metric) is cls
    assert metric.name == name


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
@pytest.mark.parametrize(
    ("loss", "units", "cls"),
    [
        (BINARY, 1, metrics.BinaryCrossentropy),
        (CATEGORICAL, 3, metrics.CategoricalCrossentropy),
        (SPARSE, 3, metrics.SparseCategoricalCrossentropy),
    ],
)
def test_crossentropy_by_outputs_and_targets(name, loss, units, cls):
    assert type(resolve(name, loss, units)) is cls
    logits = type(loss)(from_logits=True)
    assert resolve(name, logits, units).from_logits


@pytest.mark.parametrize(
    ("identifier", "cls", "name"),
    [
        ("mse", metrics.MeanSquaredError, "mse"),
        ("mean_absolute_error", metrics.MeanAbsoluteError, "mean_absolute_error"),
        ("BinaryAccuracy", metrics.BinaryAccuracy, "BinaryAccuracy"),
        (metrics.BinaryAccuracy, metrics.BinaryAccuracy, "binary_accuracy"),
        (losses.mean_squared_error, metrics.MeanSquaredError, "mean_squared_error"),
        (metrics.accuracy, metrics.Accuracy, "accuracy"),
        (np.isclose, metrics.MeanMetricWrapper, "isclose"),
        (
            {"class_name": "BinaryAccuracy", "config": {"name": "b"}},
            metrics.BinaryAccuracy,
            "b",
        ),
    ],
)
def test_everything_else(identifier, cls, name):
    metric = resolve(identifier, CATEGORICAL, 3)
    assert type(metric) is cls
    assert metric.name == name


def own_loss(y_true, y_pred):
    return losses.sparse_categorical_crossentropy(y_true, y_pred)


class Own(fastnn.losses.Loss):
    def call(self, y_true, y_pred):
        return own_loss(y_true, y_pred)


@pytest.mark.parametrize("loss", [own_loss, Own()])
@pytest.mark.parametrize("shape", [(50,), (50, 1)])
def test_labels_for_a_loss_of_ones_own(loss, shape, rng):
    """The targets tell, as in Keras."""
    x, y = rng.normal(size=(50, 4)), rng.integers(0, 3, 50)
    model = fastnn.Sequential([fastnn.layers.Dense(3, "softmax", input_dim=4)])
    model.compile("sgd", loss, metrics=["accuracy"], weighted_metrics=["ce"])
    found = model.evaluate(x, y.reshape(shape), verbose=0, return_dict=True)
    p = model.predict(x)
    assert found["accuracy"] == pytest.approx((p.argmax(1) == y).mean())
    expected = -np.log(p[np.arange(50), y]).mean()
    assert found == pytest.approx({**found, "loss": expected, "ce": expected}, 1e-5)


def test_one_hot_targets_for_a_loss_of_ones_own(rng):
    x, y = rng.normal(size=(50, 4)), np.eye(3)[rng.integers(0, 3, 50)]
    model = fastnn.Sequential([fastnn.layers.Dense(3, "softmax", input_dim=4)])
    loss = lambda y_true, y_pred: np.abs(y_true - y_pred).mean(axis=-1)  # noqa: E731
    model.compile("sgd", loss, metrics=["accuracy"])
    found = model.evaluate(x, y, verbose=0, return_dict=True)["accuracy"]
    right = model.predict(x).argmax(1) == y.argmax(1)
    assert found == pytest.approx(right.mean())


def test_an_object_stays_what_it_is():
    metric = metrics.MeanSquaredError(name="mine")
    assert resolve(metric, None, 1) is metric
    assert metric.name == "mine"


@pytest.mark.parametrize("wrong", ["acuracy", None, 3])
def test_unknown(wrong):
    with pytest.raises(ValueError, match="Received: "):
        resolve(wrong, None, 1)
