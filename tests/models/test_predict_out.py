"""`predict` into memory that the caller gives, and `predict_one`."""

import tracemalloc

import numpy as np
import pytest

from fastnn import layers
from fastnn.callbacks import Callback
from fastnn.layers import Dense, Dropout, Flatten, Input
from fastnn.models import Sequential

METHODS = {
    "predict": lambda model, x, out: model.predict(x, out=out),
    "in batches": lambda model, x, out: model.predict(x, 7, callbacks=[], out=out),
    "predict_on_batch": lambda model, x, out: model.predict_on_batch(x, out),
    "call": lambda model, x, out: model(x, out=out),
    "training": lambda model, x, out: model(x, training=True, out=out),
}


@pytest.fixture
def model():
    return Sequential([Input((4,)), Dense(7, "tanh"), Dense(3, "softmax")])


@pytest.fixture
def x(rng):
    return rng.normal(size=(30, 4)).astype(np.float32)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "longdouble"])
def test_out_is_written_and_returned(model, x, method, kind, warm):
    x = x.astype(kind)
    if warm:
        model.predict(x)
    around = np.full((32, 3), 7, np.float32)
    out = around[1:-1]
    assert METHODS[method](model, x, out) is out
    assert np.array_equal(out, model.predict(x))
    assert (around[[0, -1]] == 7).all()


def test_a_list_into_out(model, x):
    out = np.empty((30, 3), np.float32)
    assert model.predict(x.tolist(), out=out) is out
    assert np.array_equal(out, model.predict(x))


def test_steps_into_out(model, x):
    out = np.empty((16, 3), np.float32)
    assert model.predict(x, 8, steps=2, out=out) is out
    assert np.array_equal(out, model.predict(x)[:16])


def read_only():
    out = np.empty((30, 3), np.float32)
    out.flags.writeable = False
    return out


UNFIT = {
    "rows": lambda: np.empty((29, 3), np.float32),
    "units": lambda: np.empty((30, 4), np.float32),
    "rank": lambda: np.empty(90, np.float32),
    "dtype": lambda: np.empty((30, 3)),
    "byte order": lambda: np.empty((30, 3), ">f4"),
    "Fortran order": lambda: np.empty((30, 3), np.float32, order="F"),
    "strided": lambda: np.empty((60, 3), np.float32)[::2],
    "misaligned": lambda: np.empty(361, np.uint8)[1:].view("f4").reshape(30, 3),
    "read-only": read_only,
}


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unfit", UNFIT)
def test_an_out_that_does_not_fit_is_refused(model, x, unfit, method, warm):
    if warm:
        model.predict(x)
    expected = r"`out` .*\(30, 3\) and dtype float32\. Received: shape"
    with pytest.raises(ValueError, match=expected):
        METHODS[method](model, x, UNFIT[unfit]())


@pytest.mark.parametrize("method", METHODS)
def test_out_must_be_an_array(model, x, method):
    with pytest.raises(TypeError, match=r"`out` to be a NumPy array\. Received: list"):
        METHODS[method](model, x, [[0.0] * 3] * 30)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_out_over_the_input_is_refused(method, warm, rng):
    model = Sequential([Input((4,)), Dense(4)])
    memory = rng.normal(size=(60, 4)).astype(np.float32)
    kept = memory.copy()
    if warm:
        model.predict(memory)
    middle = memory[10:40]
    for x in (middle, middle[::-1], np.broadcast_to(memory[39], (30, 4))):
        for start in (10, 30):
            with pytest.raises(ValueError, match=r"`out` to lie in memory of its own"):
                METHODS[method](model, x, memory[start : start + 30])
    assert np.array_equal(memory, kept)
    beside = METHODS[method](model, memory[:30], memory[30:])
    assert np.array_equal(beside, model.predict(memory[:30]))


def test_no_rows_into_out(model, x):
    out = np.empty((0, 3), np.float32)
    assert model.predict(x[:0], out=out) is out
    assert model(x[:0], out=out) is out


def test_hooks_see_out(model, x):
    class Watch(Callback):
        def on_predict_batch_end(self, batch, logs=None):
            assert np.shares_memory(logs["outputs"], out)

    out = np.empty((30, 3), np.float32)
    model.predict(x, 8, callbacks=[Watch()], out=out)


def peak_of(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("rows", [1, 100, 50_000])
@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "uint8", "bool"])
def test_nothing_but_the_result_is_allocated(model, rows, kind):
    x = np.ones((rows, 4), kind)
    out = np.empty((rows, 3), np.float32)
    model.predict(x, out=out)
    assert peak_of(lambda: model.predict(x, out=out)) < 3000
    assert peak_of(lambda: model.predict(x)) < out.nbytes + 3000


# ---- predict_one


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    "form",
    ["float32", "float64", "float16", "int16", "longdouble", ">f4", "list", "strided"],
)
def test_one_sample(model, x, form, warm):
    rows = x.round()
    if warm:
        model.predict(rows)
    row = rows[3]
    given = {"list": row.tolist(), "strided": np.repeat(row, 2)[::2]}
    received = model.predict_one(given[form] if form in given else row.astype(form))
    assert type(received) is np.ndarray
    assert received.shape == (3,)
    assert received.tobytes() == model.predict(rows)[3].tobytes()


def test_one_sample_into_out(model, x):
    out = np.full((2, 3), 7, np.float32)
    for _ in range(2):
        first = out[0]
        assert model.predict_one(x[5], first) is first
    assert np.array_equal(out[0], model.predict(x)[5])
    assert (out[1] == 7).all()
    with pytest.raises(ValueError, match=r"`out` .*\(3,\) and dtype float32"):
        model.predict_one(x[0], np.empty((1, 3), np.float32))
    with pytest.raises(ValueError, match=r"`out` to lie in memory of its own"):
        model.predict_one(x[0], x[0, :3])


def test_one_sample_of_rank_two(rng):
    model = Sequential([Input((5, 4)), Dense(3, "relu"), Flatten(), Dense(2)])
    x = rng.normal(size=(6, 5, 4))
    expected = model.predict(x)
    for i, one in enumerate(x):
        assert np.array_equal(model.predict_one(one), expected[i])
    model = Sequential([Input((5, 4)), Dense(3)])
    assert model.predict_one(x[0]).shape == (5, 3)
    assert np.array_equal(model.predict_one(x[0].T.copy().T), model.predict(x)[0])


def test_one_number(rng):
    model = Sequential([Input((1,)), Dense(2)])
    expected = model.predict([[3.0]])[0]
    assert np.array_equal(model.predict_one(3.0), expected)
    assert np.array_equal(model.predict_one([3.0]), expected)


def test_one_sample_builds_the_model():
    model = Sequential([Dense(2)])
    assert model.predict_one([1.0, 2.0, 3.0]).shape == (2,)
    assert model.input_shape == (None, 3)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("shape", [(1, 4), (3,), (5,), (), (2, 2)])
def test_one_sample_of_another_shape_is_refused(model, shape, warm):
    if warm:
        model.predict(np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"one sample of shape \(4,\)\. Received"):
        model.predict_one(np.ones(shape, np.float32))


def test_one_sample_must_hold_numbers(model):
    with pytest.raises(TypeError, match=r"strings"):
        model.predict_one(["a", "b", "c", "d"])


# ---- through Python layers


class Twice(layers.Layer):
    def call(self, inputs):
        if np.isnan(inputs).any():
            raise ArithmeticError("NaN came in")
        return inputs * 2


@pytest.mark.parametrize("rows", [1, 100, 5000])
def test_own_layers(rows, rng):
    model = Sequential([Input((4,)), Twice(), Dropout(0.5), Dense(3), Twice()])
    x = rng.normal(size=(rows, 4)).astype(np.float32)
    out = np.empty((rows, 3), np.float32)
    model.predict(x, out=out)
    weight, bias = model.get_weights()
    np.testing.assert_allclose(out, 2 * (2 * x @ weight + bias), rtol=1e-4, atol=1e-5)
    assert np.array_equal(model.predict_one(x[-1]), out[-1])
    x[-1] = np.nan
    for method in METHODS.values():
        with pytest.raises(ArithmeticError, match="NaN came in"):
            method(model, x, out)
    with pytest.raises(ArithmeticError, match="NaN came in"):
        model.predict_one(x[-1])
    assert np.isfinite(model.predict_one(np.ones(4))).all()
