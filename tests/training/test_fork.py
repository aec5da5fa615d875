"""Forked children of a process that has trained with several threads."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import fastnn
from fastnn.callbacks import LambdaCallback
from fastnn.layers import Dense, Input
from fastnn.models import Sequential

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

LONGEST = 60  # seconds that a child may take


@pytest.fixture(autouse=True)
def two_threads():
    before = fastnn.get_num_threads()
    fastnn.set_num_threads(2)
    yield
    fastnn.set_num_threads(before)


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(512, 64)).astype(np.float32)
    return x, rng.integers(0, 10, 512)


@pytest.fixture
def model():
    model = Sequential([Input((64,)), Dense(512, "relu"), Dense(512, "relu")])
    model.add(Dense(10, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def in_child(work):
    """Process id of a child that exits with 0 if `work()` is true."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return child


def status_of(child):
    """How the child ended; it is killed if it hangs."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hangs"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_children_train_and_predict(model, problem):
    model.fit(*problem, batch_size=256, verbose=0)
    expected = model.predict(problem[0]).tobytes()

    def work():
        same = model.predict(problem[0]).tobytes() == expected
        model.fit(*problem, batch_size=256, epochs=2, verbose=0)
        new = Sequential([Input((64,)), Dense(512, "relu"), Dense(10, "softmax")])
        new.compile("adam", "sparse_categorical_crossentropy")
        new.fit(*problem, batch_size=256, verbose=0)
        return same and np.isfinite(model.predict(problem[0])).all()

    children = [in_child(work) for _ in range(2)]
    assert [status_of(child) for child in children] == [0, 0]
    # and the parent goes on as if nothing had happened
    assert model.predict(problem[0]).tobytes() == expected
    model.fit(*problem, batch_size=256, verbose=0)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_made_while_another_thread_trains(model, problem):
    inside, leave = threading.Event(), threading.Event()

    def wait(batch, logs):
        inside.set()
        assert leave.wait(LONGEST)

    callback = LambdaCallback(on_train_batch_end=wait)
    options = {"batch_size": 256, "verbose": 0}
    thread = threading.Thread(
        target=lambda: model.fit(*problem, callbacks=[callback], **options)
    )
    thread.start()
    try:
        assert inside.wait(LONGEST)
        child = in_child(lambda: model.fit(*problem, **options).epoch == [0])
        assert status_of(child) == 0
    finally:
        leave.set()
        thread.join(LONGEST)
    model.fit(*problem, **options)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_goes_on_where_the_parent_is(model, problem):
    """Both go on within `fit`."""
    children = []

    def fork(epoch, logs):
        children.append(os.fork())

    callback = LambdaCallback(on_epoch_begin=fork)
    status = 1
    try:
        history = model.fit(*problem, batch_size=256, verbose=0, callbacks=[callback])
        status = 0 if np.isfinite(history.history["loss"]).all() else 2
    finally:
        if children == [0]:
            os._exit(status)
    assert status == status_of(children[0]) == 0


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_grandchild(model, problem):
    model.fit(*problem, batch_size=256, verbose=0)

    def work():
        model.fit(*problem, batch_size=256, verbose=0)
        grandchild = in_child(
            lambda: model.fit(*problem, batch_size=256, verbose=0).epoch == [0]
        )
        return status_of(grandchild) == 0

    assert status_of(in_child(work)) == 0
