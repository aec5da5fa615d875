"""Losses: called on arrays, by function and by class, and trained on."""

import numpy as np
import pytest

from parity.harness import (
    Case,
    assert_same_training,
    both,
    data,
    keras,
    raise_alike,
)

ALPHA = [0.3, 0.5, 1.0, 0.2, 0.7]
LOGITS = {"from_logits": True}
SMOOTHED = {"label_smoothing": 0.2}

# (class, arguments, targets, what predicts): each loss with its defaults and with every
# argument of its own
LOSSES = [
    ("MeanSquaredError", {}, "values", None),
    ("MeanAbsoluteError", {}, "values", None),
    ("MeanAbsolutePercentageError", {}, "values", None),
    ("MeanSquaredLogarithmicError", {}, "amounts", "softplus"),
    ("MeanSquaredLogarithmicError", {}, "values", None),
    ("Huber", {}, "values", None),
    ("Huber", {"delta": 0.3}, "values", None),
    ("LogCosh", {}, "values", None),
    ("CosineSimilarity", {}, "values", None),
    ("Poisson", {}, "amounts", "softplus"),
    ("KLDivergence", {}, "shares", "softmax"),
    ("KLDivergence", {}, "values", None),
    ("Hinge", {}, "signs", None),
    ("Hinge", {}, "binary", None),
    ("SquaredHinge", {}, "signs", None),
    ("SquaredHinge", {}, "binary", None),
    ("CategoricalHinge", {}, "one_hot", None),
    ("BinaryCrossentropy", {}, "binary", "sigmoid"),
    ("BinaryCrossentropy", SMOOTHED, "binary", "sigmoid"),
    ("BinaryCrossentropy", LOGITS, "binary", None),
    ("BinaryCrossentropy", LOGITS | SMOOTHED, "binary", None),
    ("BinaryFocalCrossentropy", {}, "binary", "sigmoid"),
    ("BinaryFocalCrossentropy", {"gamma": 1.0}, "binary", "sigmoid"),
    ("BinaryFocalCrossentropy", {"gamma": 0.0}, "binary", "sigmoid"),
    ("BinaryFocalCrossentropy", {"gamma": 2.5} | SMOOTHED, "binary", "sigmoid"),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.3},
        "binary",
        "sigmoid",
    ),
    ("BinaryFocalCrossentropy", LOGITS | {"gamma": 3.0}, "binary", None),
    ("CategoricalCrossentropy", {}, "one_hot", "softmax"),
    ("CategoricalCrossentropy", {}, "shares", "sigmoid"),
    ("CategoricalCrossentropy", SMOOTHED, "one_hot", "softmax"),
    ("CategoricalCrossentropy", LOGITS, "one_hot", None),
    ("CategoricalCrossentropy", LOGITS | SMOOTHED, "shares", None),
    ("CategoricalFocalCrossentropy", {}, "one_hot", "softmax"),
    ("CategoricalFocalCrossentropy", {"alpha": ALPHA}, "one_hot", "softmax"),
    (
        "CategoricalFocalCrossentropy",
        {"alpha": 0.6, "gamma": 1.5} | SMOOTHED,
        "one_hot",
        "sigmoid",
    ),
    ("CategoricalFocalCrossentropy", LOGITS | {"gamma": 1.0}, "one_hot", None),
    ("CategoricalFocalCrossentropy", LOGITS | {"gamma": 0.0}, "one_hot", None),
    ("SparseCategoricalCrossentropy", {}, "labels", "softmax"),
    ("SparseCategoricalCrossentropy", {}, "labels", "sigmoid"),
    ("SparseCategoricalCrossentropy", LOGITS, "labels", None),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, "labels", "softmax"),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1}, "labels or -1", "sigmoid"),
    (
        "SparseCategoricalCrossentropy",
        LOGITS | {"ignore_class": -1},
        "labels or -1",
        None,
    ),
    ("CategoricalGeneralizedCrossEntropy", {}, "labels", "softmax"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.8}, "labels", "softmax"),
    ("Dice", {}, "binary", "sigmoid"),
    ("Dice", {"axis": -1}, "binary", "sigmoid"),
    ("Dice", {"axis": (0, -1)}, "binary", "sigmoid"),
    ("Tversky", {}, "binary", "sigmoid"),
    ("Tversky", {"alpha": 0.3, "beta": 0.8}, "binary", "sigmoid"),
    ("Tversky", {"alpha": 0.3, "axis": 1}, "binary", "sigmoid"),
]
BY_LABELS = ("labels", "labels or -1")
REDUCTIONS = ["sum", "mean", "sum_over_batch_size", "mean_with_sample_weight", None]


def name_of(value):
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "defaults"
    return str(value)


def targets(kind, shape):
    rng = np.random.default_rng(11)
    if kind in BY_LABELS:
        low = 0 if kind == "labels" else -1
        return rng.integers(low, shape[-1], shape[:-1]).astype("int32")
    bits = rng.integers(0, 2, shape)
    made = {
        "values": lambda: rng.normal(size=shape),
        "amounts": lambda: rng.uniform(0, 3, shape),
        "binary": lambda: bits,
        "signs": lambda: 2 * bits - 1,
        "shares": lambda: rng.dirichlet(np.ones(shape[-1]), shape[:-1]),
        "one_hot": lambda: np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])],
    }
    return made[kind]().astype("float32")


def predictions(function, shape):
    x = np.random.default_rng(12).normal(size=shape)
    if function == "sigmoid":
        x = 1 / (1 + np.exp(-x))
    elif function == "softmax":
        x = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
    elif function == "softplus":
        x = np.log1p(np.exp(x))
    return x.astype("float32")


def made(k, name, arguments, **further):
    return getattr(k.losses, name)(**arguments, **further)


each_loss = pytest.mark.parametrize(
    ("name", "arguments", "kind", "function"), LOSSES, ids=name_of
)


def function_of(k, name):
    cls = getattr(k.losses, name)
    functions = {
        f.replace("_", "").lower(): getattr(k.losses, f)
        for f in dir(k.losses)
        if f == f.lower()
    }
    return functions[cls.__name__.lower()]


@each_loss
def test_of_arrays(name, arguments, kind, function):
    """The values, by class and by function, and their mean."""
    y, x = targets(kind, (4, 3, 5)), predictions(function, (4, 3, 5))
    both(lambda k: made(k, name, arguments, reduction=None)(y, x))
    both(lambda k: made(k, name, arguments)(y, x))
    if name == "CategoricalGeneralizedCrossEntropy":
        arguments = {"q": 0.5, **arguments}
    both(lambda k: function_of(k, name)(y, x, **arguments))


OF_EACH_KIND = [
    ("MeanSquaredError", {}, "values", None),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1}, "labels or -1", "softmax"),
    ("Dice", {}, "binary", "sigmoid"),
    ("Tversky", {"axis": -1}, "binary", "sigmoid"),
]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    ("name", "arguments", "kind", "function"), OF_EACH_KIND, ids=name_of
)
def test_of_arrays_with_weights(name, arguments, kind, function, reduction):
    weight = np.random.default_rng(13).uniform(0, 2, (4, 3)).astype("float32")
    y, x = targets(kind, (4, 3, 5)), predictions(function, (4, 3, 5))
    for own in (None, weight, weight[..., None], weight[:, :1], weight[0]):
        if name == "Dice" and own is not None:
            own = own.reshape(-1)[:4]
        both(lambda k: made(k, name, arguments, reduction=reduction)(y, x, own))  # noqa: B023


@each_loss
def test_in_training(name, arguments, kind, function):
    y = targets(kind, (48, 5))
    rate = 1e-4 if name == "MeanAbsolutePercentageError" else 0.02
    case = Case(
        lambda k: [k.Input((4,)), k.layers.Dense(5, activation=function)],
        loss=lambda k: made(k, name, arguments),
        optimizer=lambda k: k.optimizers.SGD(rate),
        fit={"sample_weight": np.linspace(0, 2, 48, dtype="float32")}
        if "axis" not in arguments
        else None,
        y=y,
    )
    assert_same_training(case)


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight"])
@pytest.mark.parametrize(
    ("name", "arguments", "kind", "function"), OF_EACH_KIND, ids=name_of
)
def test_reductions_in_training(name, arguments, kind, function, reduction):
    case = Case(
        lambda k: [k.Input((3, 4)), k.layers.Dense(5, activation=function)],
        loss=lambda k: made(k, name, {**arguments, "reduction": reduction}),
        optimizer=lambda k: k.optimizers.SGD(0.01),
        y=targets(kind, (48, 3, 5)),
    )
    assert_same_training(case)


@pytest.mark.parametrize(
    ("reduction", "shape", "ignored"),
    [
        ("sum", (48, 3), None),
        ("mean", (48, 3, 1), -1),
        ("mean_with_sample_weight", (48, 1), None),
        ("mean_with_sample_weight", (48, 3), -1),
    ],
)
def test_weights_of_values_in_training(reduction, shape, ignored):
    weight = np.random.default_rng(13).uniform(0, 2, shape).astype("float32")
    case = Case(
        lambda k: [k.Input((3, 4)), k.layers.Dense(5, activation="softmax")],
        loss=lambda k: k.losses.SparseCategoricalCrossentropy(
            ignore_class=ignored, reduction=reduction
        ),
        optimizer=lambda k: k.optimizers.SGD(0.01),
        compile={"weighted_metrics": []},
        fit={"sample_weight": weight},
        evaluate={"sample_weight": weight},
        y=targets("labels" if ignored is None else "labels or -1", (48, 3, 5)),
    )
    assert_same_training(case)


@pytest.mark.parametrize("axis", [1])
@pytest.mark.parametrize(
    ("name", "kind", "function"),
    [
        ("CosineSimilarity", "values", None),
        ("BinaryCrossentropy", "binary", "sigmoid"),
        ("BinaryFocalCrossentropy", "binary", "sigmoid"),
        ("CategoricalCrossentropy", "shares", "sigmoid"),
        ("CategoricalFocalCrossentropy", "shares", "sigmoid"),
        ("Dice", "binary", "sigmoid"),
        ("Tversky", "binary", "sigmoid"),
    ],
)
def test_along_an_axis(name, kind, function, axis):
    shape = (48, 3, 5)
    y = targets(kind, shape)
    x = predictions(function, shape)
    both(lambda k: made(k, name, {"axis": axis - 3, "reduction": None})(y, x))
    case = Case(
        lambda k: [k.Input((3, 4)), k.layers.Dense(5, activation=function)],
        loss=lambda k: made(k, name, {"axis": axis}),
        optimizer=lambda k: k.optimizers.SGD(0.02),
        y=y,
    )
    assert_same_training(case)


@pytest.mark.parametrize("axis", [(0, 1), (1, 2), 0, [1, -1]])
@pytest.mark.parametrize("name", ["Dice", "Tversky"])
def test_overlap_over_axes(name, axis):
    case = Case(
        lambda k: [k.Input((3, 4)), k.layers.Dense(5, activation="sigmoid")],
        loss=lambda k: made(k, name, {"axis": axis}),
        optimizer=lambda k: k.optimizers.SGD(0.1),
        y=targets("binary", (48, 3, 5)),
    )
    assert_same_training(case)


CIRCLES = [
    {},
    {"gamma": 10.0},
    {"margin": 0.2, "gamma": 10.0},
    {"remove_diagonal": False, "gamma": 5.0},
    {"reduction": "sum", "gamma": 2.0},
    {"reduction": "mean_with_sample_weight", "gamma": 2.0},
]


def embeddings(rows):
    x = predictions(None, (rows, 6))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("arguments", CIRCLES, ids=name_of)
def test_circle_of_arrays(arguments):
    labels = np.array([0, 7, 0, 7, -2, -2, 0, 3], "int32")
    x = embeddings(8)
    weight = np.linspace(0.5, 2, 8).astype("float32")
    both(lambda k: k.losses.Circle(**arguments)(labels, x))
    both(lambda k: k.losses.Circle(**arguments)(labels[:, None], x, weight))
    both(lambda k: k.losses.Circle(**{**arguments, "reduction": None})(labels, x))
    both(lambda k: k.losses.circle(labels, x, labels[::-1][:5], x[:5] * 0.9))


@pytest.mark.parametrize("arguments", CIRCLES[1:], ids=name_of)
def test_circle_in_training(arguments):
    weight = None
    if "reduction" in arguments:
        weight = np.linspace(0.5, 2, 48, dtype="float32")
    case = Case(
        lambda k: [k.Input((4,)), k.layers.Dense(6, activation="tanh"),
                   k.layers.Dense(6, activation="softmax")],
        loss=lambda k: k.losses.Circle(**arguments),
        optimizer=lambda k: k.optimizers.SGD(0.01),
        fit={"sample_weight": weight},
        y=np.tile(np.array([3, 0, 5, 3, 0, 5, 3, 0], "int32"), 6),
    )  # fmt: skip
    assert_same_training(case)


NAMES = [
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "kld",
    "KLD", "mean_squared_error", "mean_absolute_error", "huber", "log_cosh",
    "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "poisson",
    "cosine_similarity", "kl_divergence", "hinge", "squared_hinge", "categorical_hinge",
    "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "sparse_categorical_crossentropy", "dice",
    "tversky", "circle", "ctc",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_functions(name):
    both(lambda k: k.losses.get(name).__name__)


# Keras does not find the generalized cross entropy by its name.
CLASSES = {loss[0] for loss in LOSSES} - {"CategoricalGeneralizedCrossEntropy"}


@pytest.mark.parametrize("name", sorted(CLASSES | {"Circle"}))
def test_names_of_classes(name):
    both(lambda k: type(k.losses.get(name)).__name__)
    both(lambda k: k.losses.get(name).name)
    both(lambda k: k.losses.get({"class_name": name, "config": {"name": "x"}}).name)


@pytest.mark.parametrize("name", ["kld", "huber", "dice"])
def test_names_in_compile(name):
    case = Case(
        lambda k: [k.Input((4,)), k.layers.Dense(5, activation="sigmoid")],
        loss=name,
        optimizer=lambda k: k.optimizers.SGD(0.001),
        y=targets("amounts", (48, 5)),
    )
    assert_same_training(case)


@pytest.mark.parametrize(
    "function",
    [
        lambda k: k.losses.get("no such loss"),
        lambda k: k.losses.get(3),
        lambda k: k.losses.MeanSquaredError(reduction="median"),
        lambda k: k.losses.CategoricalGeneralizedCrossEntropy(q=1),
        lambda k: k.losses.CategoricalGeneralizedCrossEntropy(q=0.0),
        lambda k: k.losses.CategoricalCrossentropy(axis=True)(np.eye(2), np.eye(2)),
        lambda k: k.losses.CategoricalCrossentropy()(np.eye(2), np.ones((3, 2))),
        lambda k: k.losses.BinaryCrossentropy()(np.ones((2, 3)), np.ones((2, 2))),
        lambda k: k.losses.SparseCategoricalCrossentropy()([0, 1, 1], np.eye(2)),
        lambda k: k.losses.Huber(dtype="no such type"),
    ],
)
def test_what_is_wrong(function):
    raise_alike(function)


@pytest.mark.parametrize("value", [1e-4, 1e-2])
def test_epsilon_is_the_one_that_was_set(value):
    def with_epsilon(k):
        before = k.config.epsilon()
        k.config.set_epsilon(value)
        try:
            y, x = targets("binary", (4, 5)), np.zeros((4, 5), "float32")
            names = ["BinaryCrossentropy", "KLDivergence", "Poisson", "Dice"]
            return [made(k, name, {})(y, x) for name in names]
        finally:
            k.config.set_epsilon(before)

    both(with_epsilon)


def of_all(k):
    """A loss that is one value of all rows, as it is written in either library."""
    if k is keras:
        return lambda y, p: keras.ops.sqrt(keras.ops.mean((y - p) ** 2))
    return lambda y, p: np.sqrt(np.mean((y - p) ** 2))


@pytest.mark.parametrize("weighted", [False, True])
def test_one_value_of_all_rows(weighted):
    """Also of a last batch that is smaller."""
    weights = np.linspace(0.5, 2, 44, dtype="float32")
    x, y = data((3,), (2,), rows=44)
    assert_same_training(
        Case(
            lambda k: [k.Input((3,)), k.layers.Dense(2)],
            loss=of_all, optimizer="sgd", x=x, y=y,
            fit={"sample_weight": weights, "epochs": 2} if weighted else {"epochs": 2},
            evaluate={"sample_weight": weights} if weighted else None,
        )
    )  # fmt: skip
