"""fastnn as a user writes it: Sequential, compile, fit."""

from __future__ import annotations

from functools import partial

import numpy as np

import fastnn
from benchmarks import cases, peak
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.optimizers import Adam


class Peer:
    """Training by `fit`, prediction by `predict_on_batch` or `predict`."""

    dtype = "float32"  # of the layers
    data = np.float32

    def __init__(self, threads):
        self.threads = threads
        fastnn.set_num_threads(threads)
        fastnn.utils.set_random_seed(cases.SEED)

    def version(self):
        return fastnn.__version__

    def train_case(self, case, data):
        model = build(case, self.dtype)
        x, y = (
            data.x.astype(self.data, copy=False),
            data.y.astype(self.data, copy=False),
        )

        def run(epochs):
            history = model.fit(
                x, y, epochs=epochs, batch_size=case.batch_size, verbose=0
            )
            return history.history["loss"][-1]

        return run

    def predict_case(self, case):
        model = build(case, self.dtype)
        if case.whole:
            return partial(model.predict, verbose=0)
        return model.predict_on_batch

    def peak(self, case):
        """Floating-point operations a second that all threads together reach now."""
        return peak.multiply_adds(fastnn, np.dtype(self.data).name, self.threads)

    def peak_case(self, case):
        return partial(peak.measure, fastnn, self.threads)

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


class OneThread(Peer):
    """The same on one thread, whatever the others have."""

    def __init__(self, threads):
        super().__init__(1)


class Float64(Peer):
    """The same in float64, data included."""

    dtype = "float64"
    data = np.float64


class MixedBfloat16(Peer):
    """Products of bfloat16 operands, the rest float32."""

    dtype = "mixed_bfloat16"


def build(case, dtype="float32"):
    """The case's network, compiled, with the weights that all peers start from."""
    model = Sequential([Input(shape=(case.widths[0],))])
    for units in case.widths[1:-1]:
        model.add(Dense(units, activation="relu", dtype=dtype))
    last = "softmax" if case.classify else "linear"
    model.add(Dense(case.widths[-1], activation=last, dtype=dtype))
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
