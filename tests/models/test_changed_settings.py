"""What is set on a model that was used already."""

import numpy as np
import pytest

import fastnn
from fastnn.callbacks import LambdaCallback
from fastnn.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Embedding,
    GaussianNoise,
    GroupNormalization,
    Input,
    LeakyReLU,
    PReLU,
    RepeatVector,
)
from fastnn.models import Model, Sequential

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)


@pytest.mark.parametrize(
    ("layer", "name", "value"),
    [
        (lambda: Dense(3), "activation", fastnn.activations.softmax),
        (lambda: LeakyReLU(0.1), "negative_slope", 0.5),
        (lambda: BatchNormalization(), "epsilon", 1.0),
        (lambda: Dropout(0.0), "rate", 0.5),
        (lambda: GaussianNoise(0.0), "stddev", 0.5),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_settings_of_layers(layer, name, value, inside):
    changed = layer()
    model = Sequential([Input((3,)), Sequential([changed]) if inside else changed])
    training = name in ("rate", "stddev")
    before = model(X, training=training)
    setattr(changed, name, value)
    after = model(X, training=training)
    assert not np.array_equal(after, before)


def test_a_rate_of_dropout_for_each_epoch():
    drop = Dropout(0.0)
    model = Sequential([Input((3,)), drop, Dense(1)])
    model.compile(fastnn.optimizers.SGD(0.0), "mse")
    everything = LambdaCallback(
        on_epoch_begin=lambda epoch, logs: setattr(drop, "rate", float(epoch))
    )
    history = model.fit(X, X[:, :1], epochs=2, callbacks=[everything], verbose=0)
    bias, y = model.get_weights()[1], X[:, :1]
    first, second = history.history["loss"]
    assert first == pytest.approx(((model.predict(X) - y) ** 2).mean(), rel=1e-5)
    assert second == pytest.approx(((bias - y) ** 2).mean(), rel=1e-5)


def test_compile_looks_at_everything_anew():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    before = model.evaluate(X, X[:, :1], verbose=0)
    kernel = model.layers[0].kernel
    kernel.regularizer = fastnn.regularizers.L2(2.0)
    model.compile("sgd", "mse")
    expected = before + 2 * (kernel.numpy() ** 2).sum()
    assert model.evaluate(X, X[:, :1], verbose=0) == pytest.approx(expected, rel=1e-5)


class Two(Model):
    def __init__(self):
        super().__init__()
        self.first = Dense(4)
        self.rest = [Dense(2)]

    def call(self, inputs):
        return self.rest[0](self.first(inputs))


@pytest.mark.parametrize("name", ["first", "rest", "more"])
@pytest.mark.parametrize("several", [False, True])
def test_no_new_layers_once_it_is_built(name, several):
    model = Two()
    before = model.predict(X)
    with pytest.raises(ValueError, match=r"Received: .*dense"):
        setattr(model, name, [Dense(5)] if several else Dense(5))
    assert np.array_equal(model.predict(X), before)
    model.first = model.first  # is nothing new
    model.seen = [1, 2]


def test_no_new_variables_once_it_is_built():
    layer = Dense(2, input_dim=3)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="Received: extra=<Variable"):
        layer.extra = fastnn.Variable(1.0)
    assert len(layer.weights) == 2


@pytest.mark.parametrize(
    ("layer", "name", "value"),
    [
        (lambda: Dense(3), "units", 1000),
        (lambda: BatchNormalization(), "axis", 1),
        (lambda: GroupNormalization(3), "groups", 1),
        (lambda: PReLU(), "shared_axes", [1]),
        (lambda: Embedding(9, 4), "output_dim", 5),
    ],
)
def test_what_weights_are_made_for_stays_as_it_is(layer, name, value):
    layer = layer()
    model = Sequential([Input((2, 3)), layer])
    x = np.ones((4, 2, 3), np.int32)
    before = model.predict(x)
    with pytest.raises(ValueError, match=f"Received: {name}="):
        setattr(layer, name, value)
    setattr(layer, name, getattr(layer, name))
    model.compile("sgd", "mse")
    assert np.array_equal(model.predict(x), before)


def test_outputs_of_another_shape_are_not_held_against_targets():
    repeat = RepeatVector(2)
    model = Sequential([Input((3,)), repeat])
    model.compile("sgd", "mse")
    targets = np.ones((8, 2, 3), np.float32)
    model.evaluate(X, targets, verbose=0)
    repeat.n = 500
    with pytest.raises(ValueError, match=r"Received: \(500, 3\)"):
        model.evaluate(X, targets, verbose=0)
