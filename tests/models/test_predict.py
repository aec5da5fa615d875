"""What `predict` takes, and what it gives for it."""

import numpy as np
import pytest

from fastnn.callbacks import Callback
from fastnn.layers import Dense, Flatten, Input
from fastnn.models import Sequential


@pytest.fixture
def model():
    return Sequential([Input((4,)), Dense(7, "tanh"), Dense(3, "softmax")])


@pytest.fixture
def x(rng):
    return rng.integers(0, 200, size=(30, 4)).astype(np.float32)


def by_hand(model, x):
    (w1, b1, w2, b2) = (w.astype(np.float64) for w in model.get_weights())
    logits = np.tanh(np.asarray(x, np.float64) @ w1 + b1) @ w2 + b2
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def strided(x):
    wide = np.zeros((len(x), 2 * x.shape[1]), x.dtype)
    wide[:, ::2] = x
    return wide[:, ::2]


def misaligned(x):
    raw = np.zeros(x.nbytes + 1, np.uint8)[1:]
    raw[...] = np.frombuffer(x.tobytes(), np.uint8)
    return raw.view(x.dtype).reshape(x.shape)


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


FORMS = {
    "as it is": lambda x: x,
    "float64": lambda x: x.astype(np.float64),
    "float16": lambda x: x.astype(np.float16),
    "long double": lambda x: x.astype(np.longdouble),
    "uint8": lambda x: x.astype(np.uint8),
    "int16": lambda x: x.astype(np.int16),
    "int32": lambda x: x.astype(np.int32),
    "int64": lambda x: x.astype(np.int64),
    "uint64": lambda x: x.astype(np.uint64),
    "big endian": lambda x: x.astype(">f4"),
    "big endian integers": lambda x: x.astype(">i8"),
    "list": lambda x: x.tolist(),
    "list of arrays": list,
    "tuple": lambda x: tuple(map(tuple, x)),
    "Fortran order": np.asfortranarray,
    "strided": strided,
    "misaligned": misaligned,
    "read-only": read_only,
    "backwards twice": lambda x: x[::-1].copy()[::-1],
    "columns backwards": lambda x: x[:, ::-1].copy()[:, ::-1],
    "memory view": lambda x: memoryview(x),
    "nothing masked": lambda x: np.ma.masked_array(x, False),
    "matrix of a subclass": lambda x: x.view(type("Mine", (np.ndarray,), {})),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("warm", [False, True])
def test_forms_of_the_same_numbers(form, warm, model, x):
    if warm:
        model.predict(x)
    expected = model.predict(x) if form == "as it is" else by_hand(model, x)
    received = model.predict(FORMS[form](x))
    assert type(received) is np.ndarray
    assert received.dtype == np.float32
    assert received.flags.c_contiguous
    assert received.flags.writeable
    np.testing.assert_allclose(received, expected, rtol=1e-3, atol=1e-5)
    for method in (model.predict_on_batch, model):
        assert np.array_equal(method(FORMS[form](x)), received)


def test_booleans(model):
    x = np.array([[True, False, True, True], [False] * 4])
    expected = model.predict(x.astype(np.float32))
    assert np.array_equal(model.predict(x), expected)


def test_every_second_row(model, x):
    assert np.array_equal(model.predict(x[::2]), model.predict(x)[::2])
    row = np.broadcast_to(x[0], (5, 4))
    assert np.array_equal(model.predict(row), np.repeat(model.predict(x[:1]), 5, 0))


def test_a_data_frame(model, x):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(x, columns=list("abcd"))
    frame["d"] = frame["d"].astype(int)
    np.testing.assert_allclose(model.predict(frame), by_hand(model, x), atol=1e-5)
    frame["b"] = "words"
    with pytest.raises(TypeError, match="'b'"):
        model.predict(frame)


@pytest.mark.parametrize("warm", [False, True])
def test_no_rows(model, x, warm):
    if warm:
        model.predict(x)
    for method in (model.predict, model.predict_on_batch, model):
        assert method(x[:0]).shape == (0, 3)
    assert model.predict(x[:0], verbose=1).shape == (0, 3)
    assert model.predict(np.zeros((0, 4)), batch_size=8, callbacks=[]).shape == (0, 3)


@pytest.mark.parametrize("settings", [
    {}, {"batch_size": 7}, {"verbose": 0}, {"verbose": 1}, {"callbacks": []},
    {"batch_size": 1000}, {"batch_size": 1, "verbose": 2},
])  # fmt: skip
def test_settings_do_not_change_a_bit(model, x, settings, capsys):
    assert model.predict(x, **settings).tobytes() == model(x).tobytes()


def test_steps(model, x):
    received = model.predict(x, batch_size=8, steps=2)
    assert np.array_equal(received, model.predict(x)[:16])
    with pytest.raises(ValueError, match="steps=0"):
        model.predict(x, steps=0)
    with pytest.raises(ValueError, match="batch_size=0"):
        model.predict(x, batch_size=0)


def test_batch_hooks(model, x):
    class Watch(Callback):
        def __init__(self):
            self.outputs = []

        def on_predict_batch_end(self, batch, logs=None):
            self.outputs.append(logs["outputs"].copy())

    watch = Watch()
    received = model.predict(x, batch_size=8, callbacks=[watch])
    assert [len(part) for part in watch.outputs] == [8, 8, 8, 6]
    assert np.array_equal(np.concatenate(watch.outputs), received)


def test_many_rows(model, rng):
    x = rng.normal(size=(70_001, 4)).astype(np.float32)
    whole = model.predict(x)
    assert np.array_equal(whole[-1:], model.predict(x[-1:]))
    assert np.array_equal(whole[32_760:32_780], model.predict(x[32_760:32_780]))


def test_results_are_not_shared(model, x):
    first = model.predict_on_batch(x)
    kept = first.copy()
    model.predict_on_batch(x + 1)
    assert np.array_equal(first, kept)


def test_float64_all_the_way(rng):
    model = Sequential([Input((4,))])
    model.add(Dense(7, "tanh", dtype="float64"))
    model.add(Dense(3, "softmax", dtype="float64"))
    x = rng.normal(size=(30, 4))
    received = model.predict(x)
    assert received.dtype == np.float64
    np.testing.assert_allclose(received, by_hand(model, x), rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dense_of_rank_three(dtype, rng):
    model = Sequential([Input((5, 4)), Dense(3, "relu", dtype=dtype), Flatten()])
    model.add(Dense(2, dtype=dtype))
    x = rng.normal(size=(6, 5, 4))
    w1, b1, w2, b2 = model.get_weights()
    expected = np.maximum(x @ w1 + b1, 0).reshape(6, 15) @ w2 + b2
    assert model.output_shape == (None, 2)
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-3, atol=1e-5)


def test_outputs_of_rank_three_are_trained_on(rng):
    model = Sequential([Input((5, 4)), Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = rng.normal(size=(20, 5, 4))
    y = rng.integers(0, 3, (20, 5))
    loss, accuracy = model.evaluate(x, y, verbose=0)
    p = model.predict(x)
    expected = -np.log(np.take_along_axis(p, y[..., None], -1)).mean()
    assert loss == pytest.approx(expected, rel=1e-5)
    assert accuracy == pytest.approx((p.argmax(-1) == y).mean())
    history = model.fit(x, y, epochs=20, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_training_behaviour_is_asked_for(rng):
    from fastnn.layers import Dropout

    model = Sequential([Input((50,)), Dropout(0.5, seed=1)])
    x = np.ones((4, 50), np.float32)
    assert np.array_equal(model(x), x)
    dropped = model(x, training=True)
    assert set(np.unique(dropped)) == {0.0, 2.0}
