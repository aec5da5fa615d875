"""What results do not depend on, to the last bit: threads, batches, neighbours."""

import threading

import numpy as np
import pytest

import fastnn
from fastnn.layers import Dense, Dropout, Input, Layer
from fastnn.models import Sequential
from fastnn.training import plans
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


def programs_made(monkeypatch):
    """A list that grows with each workspace that predictions are given."""
    made, bind = [], plans.bind

    def count(*arguments):
        made.append(arguments)
        return bind(*arguments)

    monkeypatch.setattr(plans, "bind", count)
    return made


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", ["float32", "float64", "float16"])
def test_predictions_divided_over_threads(kind, training, rng, monkeypatch):
    made = programs_made(monkeypatch)
    fastnn.set_num_threads(1)
    model = Sequential([Input((20,)), Dense(64, "relu"), Dropout(0.5, seed=3)])
    model.add(Dense(2, "sigmoid"))
    x = rng.normal(size=(25_013, 20)).astype(kind)
    expected = model(x, training=training)
    assert np.array_equal(expected, model(x.astype("float64"), training=training))
    for threads in (2, 3, 4):
        fastnn.set_num_threads(threads)
        assert model(x, training=training).tobytes() == expected.tobytes()
        assert len(made) == threads  # a workspace for each, kept
    model(x[:100], training=training)
    assert len(made) == 4


def test_few_rows_of_a_large_network_are_divided_within_operations(rng, monkeypatch):
    made = programs_made(monkeypatch)
    model = large_model()
    x, _ = problem(rng, 239)
    fastnn.set_num_threads(1)
    expected = [model.predict(x[:rows]).tobytes() for rows in (1, 2, 40, 239)]
    for threads in (2, 3):
        fastnn.set_num_threads(threads)
        received = [model.predict(x[:rows]).tobytes() for rows in (1, 2, 40, 239)]
        assert received == expected
    assert len(made) == 1


def test_own_layers_are_called_by_the_caller_alone(rng, monkeypatch):
    made = programs_made(monkeypatch)
    threads = []

    class Twice(Layer):
        def call(self, inputs):
            threads.append(threading.get_ident())
            return inputs * 2

    fastnn.set_num_threads(2)
    model = Sequential([Input((20,)), Dense(64, "relu"), Twice(), Dense(1)])
    x = rng.normal(size=(20_000, 20)).astype(np.float32)
    whole = model.predict(x)
    assert len(made) == 1
    assert set(threads) == {threading.get_ident()}
    assert whole[-3:].tobytes() == model.predict(x[-3:]).tobytes()


def many_inputs(threads, x, y):
    """Weights of a network that reads each row of `x` where it lies, if it can."""
    fastnn.set_num_threads(threads)
    set_random_seed(1)
    model = Sequential([Input((300,)), Dense(20, "tanh"), Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=2, verbose=0)
    evaluated = model.evaluate(x, y, batch_size=50, verbose=0)
    return [w.tobytes() for w in model.get_weights()], evaluated, model.predict(x)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_rows_listed_and_rows_gathered(threads, rng):
    x = rng.integers(0, 256, size=(613, 300)).astype("uint8")
    y = rng.integers(0, 3, 613)
    expected = many_inputs(1, x, y)
    for own in (
        x, x.astype("float32"), x.astype("float64"), x.astype("float32", order="F"),
        x.astype("float32")[::-1].copy()[::-1],
        np.repeat(x.astype("float32"), 2, axis=0)[::2],
        np.hstack([x, x]).astype("float32")[:, 300:],
    ):  # fmt: skip
        received = many_inputs(threads, own, y)
        assert received[:2] == expected[:2]
        assert received[2].tobytes() == expected[2].tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows_read_in_place_and_rows_gathered(dtype, rng):
    model = large_model(dtype)
    x = rng.integers(-9, 9, size=(500, 64)).astype(dtype)
    expected = model.predict(x).tobytes()
    other = "float64" if dtype == "float32" else "float32"
    wide = np.zeros((500, 67), dtype)
    wide[:, 2:66] = x
    odd = np.zeros((500, 64 * x.itemsize + 4), np.uint8)  # rows of 64.5 numbers
    odd[:, : 64 * x.itemsize] = x.view(np.uint8)
    forms = [x.astype(other), x.astype("float16"), wide[:, 2:66], x[::-1].copy()[::-1]]
    forms.append(np.ndarray((500, 64), dtype, odd, strides=(odd.shape[1], x.itemsize)))
    for form in forms:
        for method in (model.predict_on_batch, model.predict):
            assert method(form).tobytes() == expected
        assert model.predict_one(form[7]).tobytes() == model.predict(x[7:8]).tobytes()


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
        model.optimizer.iterations.assign(0)
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
