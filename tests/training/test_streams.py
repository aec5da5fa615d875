"""Data that come batch by batch: the same training as from arrays."""

import gc
import itertools
import threading
import time
import tracemalloc
import weakref

import numpy as np
import pytest

from fastnn.callbacks import Callback, LambdaCallback
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.utils import PyDataset, set_random_seed

ROWS, BATCH = 23, 8


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(ROWS, 4)).astype(np.float32)
    return x, np.tanh(x[:, :2] + x[:, 2:])


@pytest.fixture
def weight(rng):
    return rng.uniform(0.5, 2, ROWS).astype(np.float32)


def new_model(built=True):
    set_random_seed(3)
    layers = [Input((4,))] if built else []
    model = Sequential([*layers, Dense(6, "tanh"), Dense(2)])
    model.compile("adam", "mse", metrics=["mae"], weighted_metrics=["mse"])
    return model


def batches(*arrays, size=BATCH):
    for begin in range(0, len(arrays[0]), size):
        yield tuple(array[begin : begin + size] for array in arrays)


def endless(*arrays):
    while True:
        yield from batches(*arrays)


class Loader:
    """Can be walked through again and again, as data loaders can."""

    def __init__(self, *arrays):
        self.arrays = arrays

    def __iter__(self):
        return batches(*self.arrays)


class Parts(PyDataset):
    def __init__(self, *arrays, **workers):
        super().__init__(**workers)
        self.arrays = arrays
        self.asked, self.epochs = [], []

    def __len__(self):
        return -(-len(self.arrays[0]) // BATCH)

    def __getitem__(self, index):
        self.asked.append(index)
        part = slice(index * BATCH, (index + 1) * BATCH)
        return tuple(array[part] for array in self.arrays)

    def on_epoch_begin(self):
        self.epochs.append("begin")

    def on_epoch_end(self):
        self.epochs.append("end")


def assert_same(model, other):
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


KINDS = {
    "generator": (endless, {"steps_per_epoch": 3}),
    "loader": (Loader, {}),
    "data set": (Parts, {"shuffle": False}),
    "threads": (lambda *a: Parts(*a, workers=3, max_queue_size=2), {"shuffle": False}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_same_bits_as_from_arrays(kind, weighted, problem, weight):
    make, settings = KINDS[kind]
    arrays = (*problem, weight) if weighted else problem
    model, other = new_model(), new_model()
    history = model.fit(make(*arrays), epochs=3, verbose=0, **settings).history
    expected = other.fit(
        *problem, BATCH, epochs=3, shuffle=False, verbose=0,
        sample_weight=weight if weighted else None,
    ).history  # fmt: skip
    assert history == expected
    assert_same(model, other)
    assert model.optimizer.iterations == 9


@pytest.mark.parametrize("kind", ["loader", "data set", "threads"])
def test_evaluate_and_predict(kind, problem):
    make, _ = KINDS[kind]
    model = new_model()
    by_rows = model.evaluate(*problem, BATCH, verbose=0)
    assert model.evaluate(make(*problem), verbose=0) == by_rows
    assert np.array_equal(model.predict(make(*problem)), model.predict(problem[0]))
    some = model.predict(make(*problem), steps=2)
    assert np.array_equal(some, model.predict(problem[0][: 2 * BATCH]))


def test_predict_takes_batches_of_features_alone(problem):
    model, x = new_model(), problem[0]
    parts = (x[i : i + 5] for i in range(0, ROWS, 5))
    assert np.array_equal(model.predict(parts), model.predict(x))


def test_evaluate_goes_on_with_a_generator(problem):
    model, source = new_model(), endless(*problem)
    first = model.evaluate(source, steps=1, verbose=0)
    assert first == model.evaluate(*[a[:BATCH] for a in problem], verbose=0)
    second = model.evaluate(source, steps=1, verbose=0)
    assert second == model.evaluate(*[a[BATCH : 2 * BATCH] for a in problem], verbose=0)


def test_validation_data_of_each_kind(problem, weight):
    expected = new_model().fit(
        *problem, BATCH, epochs=2, shuffle=False, verbose=0,
        validation_data=(*problem, weight),
    ).history  # fmt: skip
    kinds = (Loader(*problem, weight), Parts(*problem, weight))
    for data in kinds:
        history = new_model().fit(
            *problem, BATCH, epochs=2, shuffle=False, verbose=0, validation_data=data
        )
        assert history.history == expected
    history = new_model().fit(
        *problem, BATCH, epochs=2, shuffle=False, verbose=0, validation_steps=3,
        validation_data=endless(*problem, weight),
    )  # fmt: skip
    assert history.history == expected


def test_a_model_is_built_from_the_first_batch(problem):
    model = new_model(built=False)
    model.fit(batches(*problem), verbose=0)
    assert model.input_shape == (None, 4)
    assert model.optimizer.iterations == 3


def test_batches_may_grow_and_shrink(problem):
    model, other = new_model(), new_model()
    sizes = (2, 7, 1, 13)

    def growing():
        begin = 0
        for size in sizes:
            yield tuple(array[begin : begin + size] for array in problem)
            begin += size

    model.fit(growing(), verbose=0)
    begin = 0
    for size in sizes:
        other.train_on_batch(*[array[begin : begin + size] for array in problem])
        begin += size
    assert_same(model, other)


def test_a_data_set_is_shuffled_by_batches(problem):
    data = Parts(*problem)
    set_random_seed(4)
    new_model().fit(data, epochs=4, verbose=0)
    order = [data.asked[3 * epoch : 3 * epoch + 3] for epoch in range(4)]
    assert all(sorted(epoch) == [0, 1, 2] for epoch in order)
    assert len(set(map(tuple, order))) > 1
    assert data.epochs == ["begin", "end"] * 4


def test_an_endless_data_set(problem):
    class Endless(Parts):
        @property
        def num_batches(self):
            return None

        def __getitem__(self, index):
            return super().__getitem__(index % 3)

    model, other = new_model(), new_model()
    data = Endless(*problem)
    model.fit(data, epochs=2, steps_per_epoch=3, verbose=0)
    other.fit(*problem, BATCH, epochs=2, shuffle=False, verbose=0)
    assert_same(model, other)
    assert data.asked[:6] == [0, 1, 2] * 2


def test_class_weight_beside_a_data_set(problem):
    x, _ = problem
    labels = (x[:, 0] > 0).astype(np.float32)
    table = {0: 0.25, 1: 3.0}
    seen = []
    for kind in (Parts(x, labels), (x, labels)):
        set_random_seed(5)
        model = Sequential([Input((4,)), Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy", weighted_metrics=["accuracy"])
        arguments = kind if isinstance(kind, tuple) else (kind,)
        history = model.fit(
            *arguments, batch_size=BATCH if isinstance(kind, tuple) else None,
            class_weight=table, shuffle=False, verbose=0,
        )  # fmt: skip
        seen.append((history.history, [w.tolist() for w in model.get_weights()]))
    assert seen[0] == seen[1]


def test_worker_processes(problem):
    model, other = new_model(), new_model()
    data = Parts(*problem, workers=2, use_multiprocessing=True)
    model.fit(data, epochs=2, shuffle=False, verbose=0)
    other.fit(*problem, BATCH, epochs=2, shuffle=False, verbose=0)
    assert_same(model, other)
    assert data.asked == []  # they were made elsewhere


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_in_a_data_set_passes_through(workers, problem):
    class Broken(Parts):
        def __getitem__(self, index):
            if index == 2:
                raise OSError("no such file")
            return super().__getitem__(index)

    model = new_model()
    with pytest.raises(OSError, match="no such file"):
        model.fit(Broken(*problem, workers=workers), shuffle=False, verbose=0)
    assert model.optimizer.iterations == 2
    model.fit(*problem, verbose=0)


def fail(logs):
    raise OSError("no")


@pytest.mark.parametrize(
    "wrong",
    [
        {"validation_data": 3},
        {"callbacks": [3]},
        {"callbacks": [LambdaCallback(on_train_begin=fail)]},
        {"x": "other targets"},
        {"validation_data": "other targets"},
    ],
)
def test_workers_end_though_somebody_looks_at_the_exception(wrong, problem):
    x, y = problem
    wrong = {
        name: Parts(x, np.hstack([y, y]), workers=2) if value == "other targets"
        else value for name, value in wrong.items()
    }  # fmt: skip
    with pytest.raises((ValueError, TypeError, OSError)) as caught:
        new_model().fit(**{"x": Parts(x, y, workers=2), "verbose": 0, **wrong})
    for _ in range(200):
        names = [thread.name for thread in threading.enumerate()]
        if not any(name.startswith("fastnn-batches") for name in names):
            break
        time.sleep(0.02)
    else:
        raise AssertionError(f"{names} are alive, beside {caught}")


def test_an_error_in_a_generator_passes_through(problem):
    def broken():
        yield next(batches(*problem))
        raise LookupError("lost")

    model = new_model()
    with pytest.raises(LookupError, match="lost"):
        model.fit(broken(), verbose=0)
    assert model.optimizer.iterations == 1
    model.fit(*problem, verbose=0)


def test_a_generator_that_ends_too_soon(problem):
    model = new_model()
    with pytest.warns(UserWarning, match=r"expected 5 for training. Received: 3\."):
        history = model.fit(batches(*problem), steps_per_epoch=5, verbose=0)
    assert history.epoch == [0]
    with pytest.warns(UserWarning, match=r"expected another for training"):
        history = model.fit(batches(*problem), epochs=4, verbose=0)
    assert history.epoch == [0]
    assert model.optimizer.iterations == 6


def test_a_generator_is_left_for_its_owner(problem):
    source = endless(*problem)
    model = new_model()
    model.fit(source, steps_per_epoch=2, verbose=0)
    assert np.array_equal(next(source)[0], problem[0][2 * BATCH :])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": np.ones((4, 2))}, "no `y` beside"),
        ({"sample_weight": np.ones(4)}, "no `sample_weight` beside"),
        ({"batch_size": 4}, "no `batch_size` beside"),
        ({"class_weight": {0: 2.0}}, "arrays or a PyDataset beside `class_weight`"),
        ({"validation_split": 0.5}, "arrays to split"),
    ],
)
def test_what_belongs_within_the_batches(arguments, said, problem):
    with pytest.raises(ValueError, match=said):
        new_model().fit(batches(*problem), verbose=0, **arguments)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda x, y: iter(()), "at least one batch"),
        (lambda x, y: iter([[x, y]]), "Received: list"),
        (lambda x, y: iter([(x, y, y, y)]), "4 parts"),
        (lambda x, y: iter([(x[:3], y[:2])]), "same number of rows"),
        (lambda x, y: iter([(x[:, :2], y)]), r"\(rows, 4\)"),
    ],
)
def test_batches_are_checked(make, said, problem):
    model = new_model()
    with pytest.raises(ValueError, match=said):
        model.fit(make(*problem), verbose=0)
    assert model.optimizer.iterations == 0


def test_a_data_set_without_batches():
    class Empty(PyDataset):
        def __len__(self):
            return 0

    with pytest.raises(ValueError, match="length 0"):
        new_model().fit(Empty(), verbose=0)
    with pytest.raises(NotImplementedError, match="__getitem__"):
        PyDataset()[0]
    with pytest.raises(NotImplementedError, match="num_batches"):
        PyDataset().num_batches  # noqa: B018


@pytest.mark.parametrize("wrong", [{"workers": -1}, {"max_queue_size": 0}])
def test_arguments_of_a_data_set(wrong):
    with pytest.raises(ValueError, match="Received: "):
        PyDataset(**wrong)
    with pytest.raises(TypeError, match="Received: "):
        PyDataset(**dict.fromkeys(wrong, "two"))


def test_a_data_set_need_not_call_its_base(problem):
    class Bare(Parts):
        def __init__(self, *arrays):
            self.arrays, self.asked, self.epochs = arrays, [], []

    assert new_model().fit(Bare(*problem), verbose=0).epoch == [0]


def test_callbacks_see_batches(problem):
    class Watch(Callback):
        def __init__(self):
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(batch)
            if batch == 1:
                self.model.stop_training = True

    watch = Watch()
    source = endless(*problem)
    new_model().fit(source, steps_per_epoch=3, callbacks=[watch], verbose=0)
    assert watch.seen == [0, 1]
    assert watch.params["steps"] == 3


def test_memory_does_not_grow(problem):
    model = new_model()
    model.fit(endless(*problem), steps_per_epoch=200, verbose=0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    model.fit(endless(*problem), steps_per_epoch=1000, verbose=0)
    gc.collect()  # also of the tuples that Python keeps for later
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 10_000


def test_batches_are_let_go_of(problem):
    seen = []

    def source():
        for x, y in itertools.islice(endless(*problem), 6):
            x = np.array(x)
            seen.append(weakref.ref(x))
            yield x, y

    new_model().fit(source(), verbose=0)
    assert sum(reference() is not None for reference in seen) == 0
