"""Ctrl-C during a training."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import fastnn
from fastnn.layers import Dense, Input
from fastnn.models import Sequential

SLOWEST_ANSWER = 0.6  # seconds; 0.1 is what is promised of a machine that is idle


@pytest.fixture(autouse=True)
def listening():
    """A program that a shell starts in the background ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def model():
    model = Sequential([Input((20,)), Dense(64, "relu"), Dense(1)])
    model.compile("adam", "mse")
    return model


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(20_000, 20)).astype(np.float32)
    return x, x[:, :1]


def interrupt_after(seconds, sent):
    def send():
        time.sleep(seconds)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize("verbose", [0, 1])
def test_an_interrupt_is_answered_soon(model, problem, verbose, capsys):
    sent = []
    thread = interrupt_after(0.4, sent)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*problem, epochs=1_000_000, verbose=verbose)
    answered = time.perf_counter()
    thread.join()
    assert answered - sent[0] < SLOWEST_ANSWER
    assert len(model.history.history["loss"]) == len(model.history.epoch)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    epochs = len(model.history.epoch)
    assert model.optimizer.iterations >= epochs * 625
    assert model.fit(*problem, epochs=2, verbose=0).epoch == [0, 1]


def test_in_the_middle_of_a_long_epoch(model):
    problem = np.zeros((1_000_000, 20), np.uint8), np.zeros(1_000_000, np.uint8)
    sent = []
    thread = interrupt_after(0.3, sent)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*problem, batch_size=1, shuffle=False, verbose=0)
    answered = time.perf_counter()
    thread.join()
    assert answered - sent[0] < SLOWEST_ANSWER
    assert model.history.epoch == []
    assert model.optimizer.iterations > 0


def test_during_validation(model, problem):
    sent = []
    thread = interrupt_after(0.3, sent)
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            problem[0][:32], problem[1][:32], epochs=10**6, verbose=0,
            validation_data=problem, validation_batch_size=1,
        )  # fmt: skip
    answered = time.perf_counter()
    thread.join()
    assert answered - sent[0] < SLOWEST_ANSWER
    model.evaluate(*problem, verbose=0)


@pytest.mark.parametrize("threads", [1, 2])
def test_during_a_prediction(threads, rng):
    before = fastnn.get_num_threads()
    fastnn.set_num_threads(threads)
    model = Sequential([Input((20,)), Dense(512, "relu"), Dense(512, "relu"), Dense(1)])
    one = rng.normal(size=(1, 20)).astype(np.float32)
    model.predict(one)
    sent = []
    thread = interrupt_after(0.3, sent)
    try:
        with pytest.raises(KeyboardInterrupt):
            model.predict_on_batch(np.broadcast_to(one, (5_000_000, 20)))
        answered = time.perf_counter()
        assert answered - sent[0] < SLOWEST_ANSWER
        assert np.isfinite(model.predict(one)).all()
    finally:
        thread.join()
        fastnn.set_num_threads(before)
