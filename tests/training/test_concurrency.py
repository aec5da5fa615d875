"""Several Python threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fastnn
from fastnn.callbacks import LambdaCallback
from fastnn.layers import Dense, Dropout, Input
from fastnn.models import Sequential
from fastnn.optimizers import Adam
from fastnn.utils import set_random_seed

TIMEOUT = 60


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(600, 20)).astype(np.float32)
    return x, np.sin(x[:, :1])


def make_model(seed=0):
    set_random_seed(seed)
    model = Sequential([Input((20,)), Dense(64, "relu"), Dropout(0.1, seed=2)])
    model.add(Dense(1))
    model.compile(Adam(0.01), "mse", metrics=["mae"])
    return model


def test_concurrent_predictions_equal_serial_ones(problem):
    model, (x, _) = make_model(), problem
    parts = [x[i : i + n] for n in (1, 3, 17, 300) for i in range(0, 300, n)]
    expected = [model.predict_on_batch(part).tobytes() for part in parts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            received = pool.map(model.predict_on_batch, parts, timeout=TIMEOUT)
            assert [part.tobytes() for part in received] == expected


def test_the_first_prediction_may_be_concurrent(problem):
    model, (x, _) = make_model(), problem
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(model.predict, [x] * 8, timeout=TIMEOUT))
    assert len({result.tobytes() for result in results}) == 1


def test_a_model_may_be_built_by_many_at_once(problem):
    for _ in range(20):
        model = Sequential([Dense(64, "relu"), Dense(64), Dense(2)])
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(model.predict, [problem[0]] * 8, timeout=TIMEOUT))
        assert len({result.tobytes() for result in results}) == 1
        assert len(model.weights) == 6


def test_weights_move_once_whoever_comes_first(problem):
    """All programs must see the weights that training changes."""
    x, y = problem
    for _ in range(20):
        model = make_model()
        with ThreadPoolExecutor(4) as pool:
            first = [pool.submit(model.predict, x[:3]) for _ in range(3)]
            model.fit(x, y, batch_size=300, verbose=0)
            for each in first:
                each.result(TIMEOUT)
            results = list(pool.map(model.predict, [x] * 4, timeout=TIMEOUT))
        copy = make_model()
        copy.set_weights(model.get_weights())
        expected = copy.predict(x).tobytes()
        assert [result.tobytes() for result in results] == [expected] * 4


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_many_calls_of_all_kinds_at_once(rng, threads):
    """8 threads, each with an `out` of its own, on rows enough to be divided."""
    model = make_model()
    x = rng.normal(size=(20_000, 20)).astype(np.float32)
    sizes = [1, 5, 17, 121, 600, 9001, 20_000]
    before = fastnn.get_num_threads()
    fastnn.set_num_threads(1)
    expected = model.predict(x)

    def work(seed):
        out = np.empty((len(x), 1), np.float32)
        for i, rows in enumerate(np.random.default_rng(seed).permutation(sizes * 6)):
            given = x[:rows].astype(("float32", "float64")[(seed + i) % 2])
            assert model.predict(given, out=out[:rows]) is not None
            assert out[:rows].tobytes() == expected[:rows].tobytes()
            assert model(given).tobytes() == expected[:rows].tobytes()
            one = model.predict_one(x[rows - 1])
            assert one.tobytes() == expected[rows - 1].tobytes()
        return seed

    try:
        fastnn.set_num_threads(threads)
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(8), timeout=TIMEOUT)) == list(range(8))
    finally:
        fastnn.set_num_threads(before)


def in_training(model, problem, act):
    """Calls `act` while another thread is within `model.fit`."""
    inside, leave = threading.Event(), threading.Event()

    def wait(*_):
        inside.set()
        assert leave.wait(TIMEOUT)

    callback = LambdaCallback(on_epoch_end=wait)
    thread = threading.Thread(
        target=model.fit, args=problem, kwargs={"callbacks": [callback], "verbose": 0}
    )
    thread.start()
    try:
        assert inside.wait(TIMEOUT)
        act()
    finally:
        leave.set()
        thread.join(TIMEOUT)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "method",
    [
        "fit", "train_on_batch", "evaluate", "test_on_batch", "compute_gradients",
        "train_step", "test_step",
    ],
)  # fmt: skip
def test_one_model_is_trained_by_one_thread(problem, method):
    model = make_model()
    data = [problem] if method.endswith("_step") else problem

    def act():
        with pytest.raises(RuntimeError, match="no other thread"):
            getattr(model, method)(*data)

    in_training(model, problem, act)
    getattr(model, method)(*data)  # afterwards all is well


def test_prediction_beside_training_is_fine(problem):
    model = make_model()
    in_training(model, problem, lambda: model.predict(problem[0]))


def test_predictions_during_a_training_change_nothing(problem):
    model, other = make_model(), make_model()
    stop = threading.Event()

    def predict():
        while not stop.is_set():
            assert np.isfinite(model.predict_on_batch(problem[0][:5])).all()

    with ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(predict)
        model.fit(*problem, epochs=10, shuffle=False, verbose=0)
        stop.set()
        watcher.result(TIMEOUT)
    other.fit(*problem, epochs=10, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("threads", [1, 2])
def test_models_train_side_by_side(problem, threads):
    def train(model):
        model.fit(*problem, epochs=5, shuffle=False, batch_size=300, verbose=0)
        return b"".join(w.tobytes() for w in model.get_weights())

    before = fastnn.get_num_threads()
    fastnn.set_num_threads(threads)
    try:
        expected = [train(make_model(seed)) for seed in range(3)]
        models = [make_model(seed) for seed in range(3)]
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(train, models, timeout=TIMEOUT)) == expected
    finally:
        fastnn.set_num_threads(before)
