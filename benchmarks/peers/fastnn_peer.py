"""fastnn as a user writes it: Sequential, compile, fit."""

from __future__ import annotations

import fastnn
from benchmarks import cases
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.optimizers import Adam


class Peer:
    """Training by `fit`, prediction by `predict_on_batch`."""

    def __init__(self, threads):
        fastnn.set_num_threads(threads)
        fastnn.utils.set_random_seed(cases.SEED)

    def version(self):
        return fastnn.__version__

    def train_case(self, case, data):
        model = build(case)

        def run(epochs):
            history = model.fit(
                data.x, data.y, epochs=epochs, batch_size=case.batch_size, verbose=0
            )
            return history.history["loss"][-1]

        return run

    def predict_case(self, case):
        return build(case).predict_on_batch

    def leak_case(self, case, data):
        """A callable that repeats what the case's name says, once per count."""
        if case.name == "leak_build":
            return lambda count: build_and_forget(case, data, count)
        model = build(case)

        def predict(count):
            for _ in range(count):
                model.predict_on_batch(data.x)

        def train(count):
            for _ in range(count):
                model.train_on_batch(data.x, data.y)

        return predict if case.name == "leak_predict" else train


def build(case):
    """The case's network, compiled, with the weights that all peers start from."""
    model = Sequential([Input(shape=(case.widths[0],))])
    for units in case.widths[1:-1]:
        model.add(Dense(units, activation="relu"))
    last = "softmax" if case.classify else "linear"
    model.add(Dense(case.widths[-1], activation=last))
    optimizer = Adam(
        learning_rate=cases.LEARNING_RATE,
        beta_1=cases.BETA_1,
        beta_2=cases.BETA_2,
        epsilon=cases.EPSILON,
    )
    if case.classify:
        model.compile(
            optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"]
        )
    else:
        model.compile(optimizer=optimizer, loss="mean_squared_error")
    model.set_weights(cases.first_weights(case))
    return model


def build_and_forget(case, data, count):
    for _ in range(count):
        build(case).fit(data.x, data.y, batch_size=case.batch_size, verbose=0)
