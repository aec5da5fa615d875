"""What a user gets wrong: a clear error, and a model that is as it was."""

import contextlib

import numpy as np
import pytest

from fastnn.layers import Dense, Flatten, Input
from fastnn.models import Sequential
from fastnn.optimizers import SGD, Adam

ROWS = 12


def classifier(loss="categorical_crossentropy"):
    model = Sequential(
        [Input((4,)), Dense(5, "relu", name="first"), Dense(3, "softmax", name="last")]
    )
    model.compile("adam", loss, metrics=["accuracy"])
    return model


@pytest.fixture
def x(rng):
    return rng.normal(size=(ROWS, 4)).astype(np.float32)


@pytest.fixture
def labels():
    return np.arange(ROWS) % 3


@pytest.fixture
def onehot(labels):
    return np.eye(3, dtype=np.float32)[labels]


@contextlib.contextmanager
def refused(model, error, *said):
    """Expects an error that says all this and changes nothing."""
    weights = [w.tobytes() for w in model.get_weights()]
    state = _state(model)
    with pytest.raises(error) as caught:
        yield
    for part in said:
        assert part in str(caught.value)
    assert [w.tobytes() for w in model.get_weights()] == weights
    assert _state(model) == state


def _state(model):
    loss = model.get_metrics_result()["loss"]
    return model.built, model.optimizer, int(model.optimizer.iterations), loss


METHODS = ["fit", "evaluate", "train_on_batch", "test_on_batch"]


@pytest.mark.parametrize("method", [*METHODS, "predict", "predict_on_batch"])
@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda x: x[:, :3], ValueError, ["'first'", "(rows, 4)", "(12, 3)"]),
        (lambda x: x[:, :, None], ValueError, ["'first'", "(rows, 4)", "(12, 4, 1)"]),
        (lambda x: x[0], ValueError, ["'first'", "(4,)", "x[np.newaxis]"]),
        (lambda x: 3.0, ValueError, ["one row per sample", "single value"]),
        (lambda x: None, TypeError, ["`x`", "Received: None"]),
        (lambda x: x.astype(object), TypeError, ["`x`", "Python objects"]),
        (lambda x: x.astype(str), TypeError, ["`x`", "strings"]),
        (lambda x: x.astype(complex), TypeError, ["`x`", "complex"]),
        (lambda x: {"a": x, "b": x}, ValueError, ["`x`", "one array", "dict of 2"]),
        (lambda x: [x, x], ValueError, ["`x`", "one array", "list of 2"]),
        (lambda x: [[1.0, 2.0], [3.0]], ValueError, ["`x`", "rectangular"]),
        (lambda x: np.ma.masked_array(x, x > 0), ValueError, ["`x`", "masked"]),
        (lambda x: x.astype("datetime64[s]"), TypeError, ["`x`", "dates"]),
    ],
)
def test_features(method, wrong, error, said, x, onehot):
    model = classifier()
    model.predict(x)  # the fast way in must not be more forgiving
    targets = () if method.startswith("predict") else (onehot,)
    with refused(model, error, *said):
        getattr(model, method)(wrong(x), *targets)


@pytest.mark.parametrize("method", METHODS)
def test_no_rows(method, x, onehot):
    model = classifier()
    with refused(model, ValueError, "at least one row", "(0, 4)"):
        getattr(model, method)(x[:0], onehot[:0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda y: y[:5], ValueError, ["12 rows", "5 rows"]),
        (lambda y: y[:, :2], ValueError, ["'last'", "(12, 3)", "(12, 2)"]),
        (lambda y: y.argmax(1), ValueError, ["'last'", "sparse_categorical"]),
        (lambda y: y.astype(str), TypeError, ["`y`", "strings"]),
        (lambda y: None, ValueError, ["`y`", "None"]),
        (lambda y: 1.0, ValueError, ["12 rows", "single value"]),
    ],
)
def test_targets(method, wrong, error, said, x, onehot):
    model = classifier()
    with refused(model, error, *said):
        getattr(model, method)(x, wrong(onehot))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda y: y + 1, ["'last'", "from 0 to 2", "from 1 to 3", "row 2"]),
        (lambda y: y - 1, ["from 0 to 2", "from -1 to 1", "row 0"]),
        (lambda y: np.eye(3)[y], ["categorical_crossentropy", "argmax"]),
        (lambda y: y + 0.5, ["whole numbers", "0.5 in row 0"]),
        (lambda y: np.where(y == 1, np.nan, y), ["NaN in row 1"]),
        (lambda y: y * 2**33, ["from 0 to 2"]),
    ],
)
def test_labels(method, wrong, said, x, labels):
    model = classifier("sparse_categorical_crossentropy")
    with refused(model, ValueError, *said):
        getattr(model, method)(x, wrong(labels))


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"batch_size": 0}, ValueError, "batch_size=0"),
        ({"batch_size": -3}, ValueError, "batch_size=-3"),
        ({"batch_size": 2.5}, TypeError, "2.5"),
        ({"epochs": -1}, ValueError, "epochs=-1"),
        ({"epochs": "3"}, TypeError, "'3'"),
        ({"initial_epoch": -1}, ValueError, "initial_epoch=-1"),
        ({"steps_per_epoch": 0}, ValueError, "steps_per_epoch=0"),
        ({"validation_split": 1}, ValueError, "validation_split=1"),
        ({"validation_split": -0.5}, ValueError, "validation_split=-0.5"),
        ({"validation_split": 1.5}, ValueError, "validation_split=1.5"),
        ({"validation_split": float("nan")}, ValueError, "nan"),
        ({"validation_split": 0.99}, ValueError, "of 12 rows"),
        ({"validation_split": "0.1"}, ValueError, "'0.1'"),
        ({"validation_freq": 0}, ValueError, "validation_freq=0"),
        ({"validation_freq": "all"}, ValueError, "'all'"),
        ({"shuffle": "rows"}, TypeError, "'rows'"),
        ({"class_weight": [1, 2]}, TypeError, "dict"),
        ({"class_weight": {7: 1.0}}, ValueError, "class 7"),
        ({"class_weight": {0: float("nan")}}, ValueError, "nan for class 0"),
        ({"class_weight": {"a": 1.0}}, TypeError, "'a'"),
        ({"sample_weight": np.ones(3)}, ValueError, "(12,)"),
        ({"sample_weight": np.full(ROWS, np.inf)}, ValueError, "inf in row 0"),
        ({"validation_data": np.ones((3, 4))}, ValueError, "(x, y)"),
        ({"validation_data": (1, 2, 3, 4)}, ValueError, "(x, y)"),
        ({"validation_data": (np.ones((3, 5)), np.eye(3))}, ValueError, "(3, 5)"),
        ({"validation_data": (np.ones((3, 4)), np.eye(2))}, ValueError, "2 rows"),
        ({"callbacks": "early"}, TypeError, "'early'"),
        ({"callbacks": [3]}, TypeError, "3"),
        ({"verbose": 3}, ValueError, "verbose=3"),
        ({"verbose": "loud"}, ValueError, "'loud'"),
    ],
)
def test_arguments_of_fit(settings, error, said, x, onehot):
    model = classifier()
    with refused(model, error, said):
        model.fit(x, onehot, **{"verbose": 0, **settings})
    model.fit(x, onehot, verbose=0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m, x, y: m.fit(x.T, y),
        lambda m, x, y: m.fit(x, y[:3]),
        lambda m, x, y: m.fit(x, y.argmax(1)),
        lambda m, x, y: m.fit(x, y, batch_size=0),
        lambda m, x, y: m.fit(x, y, validation_split=7),
        lambda m, x, y: m.fit(x, y, validation_data=(x.T, y)),
        lambda m, x, y: m.evaluate(x.T, y),
        lambda m, x, y: m.train_on_batch(x.T, y),
    ],
)
def test_a_model_that_was_not_built_is_not_built_by_an_error(spoil, x, onehot):
    model = Sequential([Flatten(), Dense(5, "tanh"), Dense(3, "softmax")])
    model.compile("adam", "categorical_crossentropy")
    with pytest.raises(ValueError):
        spoil(model, x, onehot)
    assert not model.built
    assert model.weights == []
    assert not any(layer.built for layer in model.layers)
    model.fit(x, onehot, verbose=0)
    assert model.input_shape == (None, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("adm", "mse"), ValueError, ["'adam'", "'adm'"]),
        (("adam", "mean_squared"), ValueError, ["'mean_squared_error'"]),
        (("adam", "mse", None, ["acuracy"]), ValueError, ["'accuracy'", "'acuracy'"]),
        (("adam", "mse", None, None, ["acuracy"]), ValueError, ["'accuracy'"]),
        (("adam", "mse", None, "mae"), ValueError, ["list", "'mae'"]),
        (("adam", "mse", None, [3]), ValueError, ["metric", "3"]),
        (("adam", "mse", None, [None]), ValueError, ["None"]),
        (("adam", "mse", "x"), ValueError, ["loss_weights='x'"]),
        ((None, "mse"), ValueError, ["optimizer=None"]),
        ((3, "mse"), ValueError, ["optimizer", "3"]),
        (("adam", 3), ValueError, ["loss", "3"]),
        (("adam", "mse", [1.0, 2.0]), ValueError, ["loss_weights=[1.0, 2.0]"]),
    ],
)
def test_compile(arguments, error, said, x, onehot):
    model = classifier()
    model.fit(x, onehot, verbose=0)
    with refused(model, error, *said):
        model.compile(*arguments)
    model.fit(x, onehot, verbose=0)  # as it was compiled before


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: Dense(0), ValueError, "units=0"),
        (lambda: Dense(-3), ValueError, "units=-3"),
        (lambda: Dense(2.5), ValueError, "units=2.5"),
        (lambda: Dense("3"), ValueError, "units='3'"),
        (lambda: Dense(3, "rely"), ValueError, "'relu'"),
        (lambda: Dense(3, kernel_initializer="glorot_unifrm"), ValueError, "uniform"),
        (lambda: Dense(3, kernel_regularizer="l3"), ValueError, "'l3'"),
        (lambda: Dense(3, dtype="float16"), ValueError, "float16"),
        (lambda: Dense(3, input_shape=(0,)), ValueError, "(0,)"),
        (lambda: Dense(3, unit=4), TypeError, "unit"),
        (lambda: Adam(float("nan")), ValueError, "learning_rate=nan"),
        (lambda: SGD(-1), ValueError, "learning_rate=-1"),
        (lambda: Adam(learning_rat=1), ValueError, "learning_rat"),
        (lambda: Input((None, 3)), ValueError, "shape=(None, 3)"),
        (lambda: Sequential(["dense"]), ValueError, "'dense'"),
        (lambda: Sequential([Dense]), ValueError, "Dense"),
        (lambda: Sequential([Dense(1, name="a")] * 2), ValueError, "'a' twice"),
        (lambda: Sequential([Dense(1), Input((3,))]), ValueError, "in front"),
        (
            lambda: Sequential([Input((4,)), Dense(1, input_dim=3)]),
            ValueError,
            "Received: (None, 4)",
        ),
        (
            lambda: Sequential([Dense(2, input_dim=3), Dense(2, dtype="float64")]),
            ValueError,
            "one dtype",
        ),
    ],
)
def test_descriptions(make, error, said):
    with pytest.raises(error) as caught:
        make()
    assert said in str(caught.value)


def test_layers_of_two_types_that_are_built_by_data(x, onehot):
    model = Sequential([Dense(2, name="a", dtype="float64"), Dense(3, name="b")])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"one dtype.*float64 in 'a', float32 in 'b'"):
        model.fit(x, onehot)
    assert not model.built


def test_learning_rates_that_are_set_later(x, onehot):
    model = classifier()
    with refused(model, ValueError, "learning_rate=nan"):
        model.optimizer.learning_rate = float("nan")
    assert model.optimizer.learning_rate == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda m, x: m.count_params(), "before its weights are counted"),
        (lambda m, x: m.set_weights([]), "before its weights are set"),
        (lambda m, x: m.save_weights("a.weights.npz"), "before its weights are saved"),
        (lambda m, x: m.load_weights("a.weights.npz"), "before its weights are loaded"),
        (lambda m, x: m.explain(), "before its plan is explained"),
        (lambda m, x: m.output_shape, "before its output shape is known"),
        (lambda m, x: m.fit(x, x), "to be compiled first"),
        (lambda m, x: m.evaluate(x, x), "to be compiled first"),
    ],
)
def test_before_build_and_compile(use, said, x):
    model = Sequential([Dense(4)], name="mine")
    with pytest.raises(ValueError, match=said) as caught:
        use(model, x)
    assert "'mine'" in str(caught.value)
    assert not model.built


def test_a_model_without_layers_or_loss(x):
    with pytest.raises(ValueError, match="at least one layer"):
        Sequential(name="mine").predict(x)
    model = Sequential([Dense(4)])
    model.compile("sgd")
    with pytest.raises(ValueError, match="Received: loss=None"):
        model.fit(x, x)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda w: w[:2], ValueError, ["4 weights", "Received: 2"]),
        (lambda w: [*w, w[0]], ValueError, ["Received: 5"]),
        (lambda w: [w[0].T, *w[1:]], ValueError, ["first/kernel", "(4, 5)", "(5, 4)"]),
        (lambda w: [*w[:3], np.ones(2)], ValueError, ["last/bias", "(3,)", "(2,)"]),
        (lambda w: [*w[:3], ["a", "b", "c"]], TypeError, ["real numbers"]),
    ],
)
def test_weights_of_the_wrong_shape(change, error, said):
    model = classifier()
    with refused(model, error, *said):
        model.set_weights(change([w + 1 for w in model.get_weights()]))


def test_a_file_of_other_weights(tmp_path):
    other = Sequential([Input((4,)), Dense(5), Dense(2)])
    path = tmp_path / "other.weights.npz"
    other.save_weights(path)
    model = classifier()
    with refused(model, ValueError, "last/kernel", "(5, 3)", "(5, 2)"):
        model.load_weights(path)
    path.write_bytes(path.read_bytes()[:200])
    with refused(model, ValueError, "other.weights.npz"):
        model.load_weights(path)
    with refused(model, ValueError, ".weights.npz", "weights.h5"):
        model.save_weights("weights.h5")
    with refused(model, FileNotFoundError, "absent.weights.npz"):
        model.load_weights(tmp_path / "absent.weights.npz")
