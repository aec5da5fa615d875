"""Callbacks around real trainings."""

import subprocess
import sys

import numpy as np
import pytest

from fastnn import Sequential
from fastnn.callbacks import (
    Callback,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    TerminateOnNaN,
)
from fastnn.layers import Dense, Input
from fastnn.optimizers import SGD
from fastnn.utils import set_random_seed


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(100, 3)).astype(np.float32)
    return x, x @ np.array([[1.0], [2.0], [-1.0]], np.float32)


@pytest.fixture
def model():
    set_random_seed(0)
    model = Sequential([Input(shape=(3,)), Dense(1)])
    model.compile(optimizer=SGD(0.05), loss="mean_squared_error")
    return model


class Calls(Callback):
    def __init__(self):
        self.seen = []

    def on_train_begin(self, logs=None):
        self.seen.append("train begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.seen.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(f"batch {batch}")
        assert logs["loss"] > 0

    def on_test_begin(self, logs=None):
        self.seen.append("test begin")

    def on_test_end(self, logs=None):
        self.seen.append("test end")

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(f"end {epoch} {' '.join(sorted(logs))}")

    def on_train_end(self, logs=None):
        self.seen.append("train end")


def test_hooks_are_called_in_order(model, problem):
    calls = Calls()
    model.fit(
        *problem,
        epochs=2,
        batch_size=40,
        validation_split=0.2,
        callbacks=[calls],
        verbose=0,
    )
    epochs = [
        [
            f"epoch {epoch}",
            "batch 0",
            "batch 1",
            "test begin",
            "test end",
            f"end {epoch} loss val_loss",
        ]
        for epoch in range(2)
    ]
    assert calls.seen == ["train begin", *epochs[0], *epochs[1], "train end"]


def test_watching_batches_changes_no_bit(model, problem):
    start = model.get_weights()
    model.fit(*problem, epochs=3, shuffle=False, verbose=0)
    expected = model.get_weights()
    model.set_weights(start)
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    model.fit(*problem, epochs=3, shuffle=False, callbacks=[watch], verbose=0)
    for one, other in zip(model.get_weights(), expected, strict=True):
        assert np.array_equal(one, other)


def test_a_batch_hook_can_stop_training(model, problem):
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    history = model.fit(
        *problem, epochs=5, batch_size=10, callbacks=[Stop()], verbose=0
    )
    assert history.epoch == [0]


def test_early_stopping_restores_the_best_weights(model, problem):
    x, y = problem
    seen = []
    keep = LambdaCallback(on_epoch_end=lambda *_: seen.append(model.get_weights()))
    # Targets that contradict those of training: validation gets worse from the start.
    stop = EarlyStopping(patience=3, restore_best_weights=True)
    history = model.fit(
        x, y, epochs=50, validation_data=(x, -y), callbacks=[keep, stop], verbose=0
    )
    best = int(np.argmin(history.history["val_loss"]))
    assert len(history.epoch) < 50
    assert len(history.epoch) == best + 4
    for one, other in zip(model.get_weights(), seen[best], strict=True):
        assert np.array_equal(one, other)


def test_a_checkpoint_can_be_loaded(model, problem, tmp_path):
    path = tmp_path / "best.weights.npz"
    keep = ModelCheckpoint(path, save_weights_only=True)
    model.fit(*problem, epochs=3, callbacks=[keep], verbose=0)
    expected = model.get_weights()
    model.fit(*problem, epochs=1, verbose=0)
    model.load_weights(path)
    for one, other in zip(model.get_weights(), expected, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
class TestNonFiniteLoss:
    @pytest.fixture
    def broken(self, problem):
        x, y = problem
        x[25, 1] = np.nan
        return x, y

    def test_terminate_on_nan_stops_before_the_update(self, model, broken, capsys):
        history = model.fit(
            *broken,
            epochs=5,
            batch_size=10,
            shuffle=False,
            callbacks=[TerminateOnNaN()],
            verbose=0,
        )
        assert len(history.epoch) <= 1
        assert all(np.isfinite(w).all() for w in model.get_weights())
        assert "Training stopped" in capsys.readouterr().out

    def test_terminate_on_nan_can_raise(self, model, broken):
        with pytest.raises(RuntimeError, match="Training stopped"):
            model.fit(*broken, callbacks=[TerminateOnNaN(raise_error=True)], verbose=0)
        model.fit(np.ones((4, 3)), np.ones(4), verbose=0)  # still usable


def test_lines_and_bars_of_a_real_training(model, problem, capsys):
    model.fit(*problem, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2"
    assert lines[1].startswith("4/4 - 0s - ")
    assert "/step - loss: " in lines[1]
    model.fit(*problem, epochs=2, verbose=1)
    assert "4/4" in capsys.readouterr().out
    model.fit(*problem, epochs=2, verbose="auto")  # no terminal: lines
    assert capsys.readouterr().out.startswith("Epoch 1/2\n4/4 - ")


def test_what_takes_long_to_import_is_imported_when_used():
    program = (
        "import sys, fastnn, fastnn.datasets\n"
        "late = {'tqdm', 'urllib.request', 'ssl', 'numpy.random'}\n"
        "print(sorted(late & set(sys.modules)))"
    )
    before = "import sys, numpy; print('numpy.random' in sys.modules)"
    run = [sys.executable, "-c"]
    numpy_has_it = subprocess.check_output([*run, before], text=True).strip() == "True"
    loaded = subprocess.check_output([*run, program], text=True).strip()
    assert loaded == ("['numpy.random']" if numpy_has_it else "[]")
