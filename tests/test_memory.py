"""Memory: nothing grows with use, and what is dropped is freed at once."""

import gc
import os
import subprocess
import sys
import weakref

import numpy as np
import pytest

from fastnn.callbacks import EarlyStopping, LambdaCallback
from fastnn.layers import Dense, Dropout, Flatten, Input
from fastnn.models import Sequential

ALLOWED = 2 * 2**20  # bytes


def make_model():
    model = Sequential([Input((20,)), Dense(64, "relu"), Dropout(0.1), Dense(3)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(64, 20)).astype(np.float32)
    return x, x[:, :3].copy()


def refused(model, x, y):
    with pytest.raises(ValueError, match="rows"):
        model.fit(x, y[:1])


USES = {
    "predict": lambda m, x, y: (m.predict(x), m.predict(x, batch_size=8, verbose=0)),
    "fit": lambda m, x, y: m.fit(x, y, epochs=2, verbose=0),
    "fit with all": lambda m, x, y: m.fit(
        x,
        y,
        validation_split=0.2,
        verbose=0,
        sample_weight=np.ones(len(x)),
        callbacks=[EarlyStopping(restore_best_weights=True), LambdaCallback()],
    ),
    "evaluate": lambda m, x, y: m.evaluate(x, y, verbose=0),
    "train_on_batch": lambda m, x, y: m.train_on_batch(x, y),
    "explain": lambda m, x, y: m.explain(),
    "summary": lambda m, x, y: m.summary(),
    "refused": refused,
}


@pytest.mark.parametrize("use", USES)
def test_a_model_is_freed_without_the_garbage_collector(use, problem, capsys):
    gc.collect()
    gc.disable()
    try:
        model = make_model()
        data = tuple(array.copy() for array in problem)
        USES[use](model, *data)
        gone = [weakref.ref(model), weakref.ref(model.layers[0])]
        gone += [weakref.ref(v) for v in model.weights]
        gone += [weakref.ref(v.arena) for v in model.weights if v.arena]
        gone += [weakref.ref(model.optimizer), weakref.ref(data[0])]
        del model, data
        assert [reference() for reference in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_the_data_are_let_go_while_the_model_lives(problem):
    model = make_model()
    gc.disable()
    try:
        x, y = (array.copy() for array in problem)
        gone = weakref.ref(x), weakref.ref(y)
        model.fit(x, y, verbose=0)
        model.evaluate(x, y, verbose=0)
        model.predict(x)
        del x, y
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


def test_a_history_does_not_keep_the_model(problem):
    model = make_model()
    history = model.fit(*problem, verbose=0)
    gone = weakref.ref(model)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()
    assert history.model is None
    assert len(history.history["loss"]) == 1


def test_float32_data_are_not_copied(rng):
    x = rng.normal(size=(1000, 20)).astype(np.float32)
    from fastnn.training.inputs import labelled

    arrays = labelled(make_model(), x, x[:, :3].copy())
    assert np.shares_memory(arrays.x, x)


def resident():
    """Bytes of this process in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def predict_rounds(model, x, y, count):
    for _ in range(count):
        model.predict_on_batch(x)


def train_rounds(model, x, y, count):
    for _ in range(count):
        model.train_on_batch(x, y)


def build_rounds(model, x, y, count):
    for _ in range(count):
        new = make_model()
        new.fit(x, y, batch_size=16, verbose=0)


def layer_rounds(model, x, y, count):
    for _ in range(count):
        Dense(30, "relu")(x)
        Flatten()(x)


ROUNDS = {
    "predict_on_batch": (predict_rounds, 20_000),
    "train_on_batch": (train_rounds, 5_000),
    "build, fit, delete": (build_rounds, 200),
    "layers by themselves": (layer_rounds, 500),
}


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
@pytest.mark.parametrize("name", ROUNDS)
def test_memory_stays_flat(name):
    """In a process of its own: what other tests left would blur the figures."""
    result = subprocess.run(
        [sys.executable, __file__, name], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) < ALLOWED


def growth(name):
    """Bytes that a process grows by in the rounds after a warm-up."""
    work, count = ROUNDS[name]
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 20)).astype(np.float32)
    y, model = x[:, :3].copy(), make_model()
    work(model, x, y, max(count // 5, 50))
    before = resident()
    work(model, x, y, count)
    return resident() - before


if __name__ == "__main__":
    print(growth(sys.argv[1]))
