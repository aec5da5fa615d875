"""What results do not depend on, to the last bit: threads, batches, neighbours."""

import numpy as np
import pytest

import fastnn
from fastnn.layers import Dense, Dropout, Input
from fastnn.models import Sequential
from fastnn.utils import set_random_seed

DTYPES = ["float32", "float64"]


@pytest.fixture(autouse=True)
def threads_as_before():
    before = fastnn.get_num_threads()
    yield
    fastnn.set_num_threads(before)


def large_model(dtype="float32"):
    """A network that is worth a second thread at 256 rows."""
    set_random_seed(1)
    model = Sequential([
        Input((64,)),
        Dense(512, "relu", dtype=dtype, kernel_regularizer="l2"),
        Dropout(0.25, seed=5),
        Dense(512, "tanh", dtype=dtype),
        Dense(10, "softmax", dtype=dtype),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def problem(rng, rows, dtype="float32"):
    x = rng.normal(size=(rows, 64)).astype(dtype)
    return x, rng.integers(0, 10, rows)


def trained(rng_seed, threads, dtype):
    fastnn.set_num_threads(threads)
    rng = np.random.default_rng(rng_seed)
    model = large_model(dtype)
    x, y = problem(rng, 700, dtype)
    history = model.fit(x, y, batch_size=256, epochs=2, verbose=0).history
    used = model.plans._steps[True].threads_for(256)
    return used, history, model.get_weights(), model.predict(x), model.evaluate(
        x, y, batch_size=256, verbose=0
    )  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
def test_training_with_one_two_and_three_threads(dtype):
    used, *expected = trained(3, 1, dtype)
    assert used == 1
    for threads in (2, 3):
        used, *received = trained(3, threads, dtype)
        assert used == threads  # otherwise this test proves nothing
        assert received[0] == expected[0]
        for ours, theirs in zip(received[1], expected[1], strict=True):
            assert ours.tobytes() == theirs.tobytes()
        assert received[2].tobytes() == expected[2].tobytes()
        assert received[3] == expected[3]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_gives_the_same_bits_in_any_batch(dtype, rng):
    model = large_model(dtype)
    x, _ = problem(rng, 613, dtype)
    whole = model.predict(x)
    for rows in (1, 2, 3, 5, 8, 17, 64, 300):
        begin = int(rng.integers(0, len(x) - rows + 1))
        part = model.predict_on_batch(x[begin : begin + rows])
        assert part.tobytes() == whole[begin : begin + rows].tobytes(), rows
    order = rng.permutation(len(x))
    assert model.predict(x[order]).tobytes() == whole[order].tobytes()


def test_dropout_drops_the_same_whoever_computes_it(rng):
    model = large_model()
    x, _ = problem(rng, 600)
    fastnn.set_num_threads(1)
    expected = model(x, training=True)
    fastnn.set_num_threads(2)
    assert model(x, training=True).tobytes() == expected.tobytes()


def test_dropout_differs_from_step_to_step_and_is_seeded(rng):
    x = np.ones((64, 100), np.float32)
    y = np.zeros((64, 100), np.float32)

    def losses():
        model = Sequential([Input((100,)), Dropout(0.5, seed=3)])
        model.compile("sgd", "mse")
        epochs = model.fit(x, y, batch_size=64, epochs=1, verbose=0).history["loss"]
        steps = [model.train_on_batch(x, y)]
        model.optimizer.iterations = 0
        return epochs + steps

    first = losses()
    assert losses() == first
    assert 1.8 < first[0] < 2.2  # kept elements are doubled, half of them remain


def test_the_same_seed_gives_the_same_training(rng):
    x, y = problem(rng, 100)
    runs = []
    for _ in range(2):
        model = large_model()
        set_random_seed(9)
        model.fit(x, y, epochs=2, verbose=0)
        runs.append(b"".join(w.tobytes() for w in model.get_weights()))
    assert runs[0] == runs[1]
