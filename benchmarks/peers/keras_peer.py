"""Keras on its JAX backend, as a user writes it: Sequential, compile, fit."""

from __future__ import annotations

from functools import partial

import keras
from keras.layers import Dense, Input

from benchmarks import cases


class Peer:
    """Training by `fit`, prediction by `predict_on_batch`."""

    def __init__(self, threads):
        self.threads = threads  # XLA takes its threads from the process's affinity
        keras.utils.set_random_seed(cases.SEED)

    def version(self):
        return f"{keras.__version__} on {keras.backend.backend()}"

    def train_case(self, case, data):
        keras.backend.clear_session()
        model = build(case)

        def run(epochs):
            history = model.fit(
                data.x, data.y, epochs=epochs, batch_size=case.batch_size, verbose=0
            )
            return history.history["loss"][-1]

        return run

    def predict_case(self, case):
        model = build(case)
        if case.whole:
            return partial(model.predict, verbose=0)
        return model.predict_on_batch


def build(case):
    model = keras.Sequential([Input(shape=(case.widths[0],))])
    for units in case.widths[1:-1]:
        model.add(Dense(units, activation="relu"))
    last = "softmax" if case.classify else "linear"
    model.add(Dense(case.widths[-1], activation=last))
    optimizer = keras.optimizers.Adam(
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
