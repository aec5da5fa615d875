"""Calls in any order: predictions are always those of the weights as they are."""

import copy
import pickle

import numpy as np
import pytest

import fastnn
from fastnn.callbacks import LambdaCallback
from fastnn.layers import Dense, Dropout, Input
from fastnn.models import Sequential, clone_model

FUNCTIONS = {"linear": lambda x: x, "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}
X = np.random.default_rng(7).normal(size=(9, 3)).astype(np.float32)


class Life:
    """A model, what it shares layers with, and chance."""

    def __init__(self, seed):
        fastnn.utils.set_random_seed(seed)
        self.rng = np.random.default_rng(seed)
        self.model = Sequential([Input((3,)), self.layer(), Dense(2)])
        self.model.compile("adam", "mse")
        self.all = [self.model]

    def any_of(self, *values):
        return values[self.rng.integers(len(values))]

    def layer(self):
        units, function = self.any_of(1, 5, 17, 130), self.any_of(*FUNCTIONS)
        dense = Dense(units, function)
        return self.any_of(dense, dense, Dropout(0.5), Sequential([Dense(4), dense]))

    def data(self):
        rows = self.any_of(1, 7, 40)
        x = self.rng.normal(size=(rows, 3)).astype(self.any_of("float32", "float64"))
        return x, np.ones((rows, self.model.output_shape[-1]))

    def take(self, model):
        self.all = [*self.all[-4:], model]
        self.model = model

    # ---- what may happen

    def fit(self):
        self.model.fit(*self.data(), self.any_of(1, 5, 99), verbose=0)

    def evaluate(self):
        self.model.evaluate(*self.data(), self.any_of(1, 5, 99), verbose=0)

    def train_on_batch(self):
        self.model.train_on_batch(*self.data())

    def compute_gradients(self):
        self.model.compute_gradients(*self.data())

    def compile(self):
        optimizer = self.any_of("sgd", "adam", "muon", "lamb")
        self.model.compile(optimizer, self.any_of("mse", "mae"), metrics=["mse"])

    def add(self):
        self.model.add(self.layer())

    def pop(self):
        if len(self.model.layers) > 1:
            self.model.pop(rebuild=self.any_of(True, False))
            self.model.build()

    def freeze(self):
        layer = self.any_of(*self.model.layers)
        layer.trainable = not layer.trainable

    def change(self):
        for layer in self.model.layers:
            if isinstance(layer, Dense):
                layer.activation = fastnn.activations.get(self.any_of(*FUNCTIONS))

    def set_weights(self):
        self.model.set_weights([w * 0.5 for w in self.model.get_weights()])

    def surround(self):
        outer = Sequential([Input((3,)), self.model, *self.any_of([], [Dense(2)])])
        outer.compile("sgd", "mse")
        self.take(outer)

    def duplicate(self):
        make = self.any_of(copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)))
        self.take(make(self.model))

    def clone(self):
        new = clone_model(self.model)
        new.compile("sgd", "mse")
        new.set_weights(self.model.get_weights())
        self.take(new)

    def go_back(self):
        self.model = self.any_of(*self.all)

    def threads(self):
        fastnn.set_num_threads(self.any_of(1, 2, 3))

    def nest(self):
        x, y = self.data()
        inner = LambdaCallback(
            on_test_batch_end=lambda batch, logs: self.model.test_on_batch(x[:1], y[:1])
        )
        self.model.evaluate(x, y, 3, verbose=0, callbacks=[inner])

    def change_within(self):
        act = self.any_of(self.add, self.pop, self.compile, self.change, self.freeze)
        callback = LambdaCallback(on_epoch_end=lambda epoch, logs: act())
        x, y = self.data()
        self.model.fit(x, y, 5, 3, verbose=0, callbacks=[callback])


NAMES = [name for name in vars(Life) if callable(vars(Life)[name])]
ACTS = NAMES[NAMES.index("fit") :]


def by_hand(layers, x):
    for layer in layers:
        if isinstance(layer, Sequential):
            x = by_hand(layer.layers, x)
        elif isinstance(layer, Dense):
            x = x @ layer.kernel.numpy() + layer.bias.numpy()
            x = FUNCTIONS[layer.activation.__name__](x)
    return x


@pytest.mark.parametrize("seed", range(12))
def test_predictions_follow_the_weights(seed):
    before, life, done = fastnn.get_num_threads(), Life(seed), []
    try:
        for _ in range(40):
            done.append(life.any_of(*ACTS))
            try:
                getattr(life, done[-1])()
            except ValueError as error:  # outputs that no longer fit what is around
                assert "Received: " in str(error)
            for model in life.all:
                try:
                    found = model.predict(X)
                except ValueError as error:
                    assert "for which it is built" in str(error)
                    continue
                expected = by_hand(model.layers, X.astype(np.float64))
                np.testing.assert_allclose(
                    found, expected, 1e-3, 1e-3, err_msg=f"after {done}"
                )
    finally:
        fastnn.set_num_threads(before)
