"""Losses against the reference, their reductions, and what they refuse."""

import itertools

import numpy as np
import pytest
from public_objects import public_classes
from reference import KERNELS
from tolerances import assert_close

from fastnn import losses
from fastnn._core.doors import doors
from fastnn.losses import CompiledLoss
from fastnn.losses.reduction import divisor
from fastnn.naming import to_snake_case
from fastnn.saving.config import constructor_parameters

CLASSES = [cls for _, cls in public_classes("losses")]
OF_BATCH = {losses.Circle, losses.Dice, losses.Tversky}
DTYPES = ["float32", "float64"]
SETTINGS = [
    {},
    {"from_logits": True},
    {"label_smoothing": 0.2},
    {"from_logits": True, "label_smoothing": 0.2},
    {"delta": 0.3},
    {"gamma": 1.5},
    {"alpha": 0.6, "apply_class_balancing": True},
    {"alpha": [0.3, 0.5, 1.0, 0.2, 0.7]},
    {"q": 0.8},
]


def cases():
    """(class, settings) for all settings that a class takes, of losses whose rows are
    independent."""
    for cls, settings in itertools.product(CLASSES, SETTINGS):
        if cls in OF_BATCH or not set(settings) <= set(constructor_parameters(cls)):
            continue
        if not isinstance(settings.get("alpha"), list) or "Categorical" in cls.__name__:
            yield cls, settings


def batch(loss, dtype, rng, shape=(6, 5)):
    pred = rng.normal(size=shape) if loss.from_logits else rng.uniform(size=shape)
    if loss.target == "labels":
        return rng.integers(0, shape[-1], shape[:-1]), pred.astype(dtype)
    return rng.uniform(size=shape).astype(dtype), pred.astype(dtype)


def expected_values(loss, y_true, y_pred):
    values = np.empty(len(y_pred))
    true = y_true.astype(np.int32) if loss.target == "labels" else y_true
    columns = loss.columns(y_pred.shape[1], y_pred.dtype.name)
    inputs, last = (y_pred, true, None, 1.0), () if columns is None else (columns,)
    if loss.from_logits:
        kernel = KERNELS[loss.logits_kernel]
        kernel(None, values, None, *inputs, *loss.logits_scalars, *last)
    else:
        KERNELS[loss.kernel](None, values, *inputs, *loss.scalars, *last)
    return values


def assert_values(loss, dtype, actual, expected):
    kernel = loss.logits_kernel if loss.from_logits else loss.kernel
    # Terms of both signs may cancel; they are of the order of one.
    assert_close(kernel, dtype, actual, expected, scale=np.abs(expected) + 5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("cls", "settings"), list(cases()))
def test_values_against_the_reference(cls, settings, dtype, rng):
    loss = cls(**settings, reduction="none", dtype=dtype)
    y_true, y_pred = batch(loss, dtype, rng)
    values = loss(y_true, y_pred)
    assert values.shape == (6,)
    assert values.dtype == dtype
    assert_values(loss, dtype, values, expected_values(loss, y_true, y_pred))


@pytest.mark.parametrize(("cls", "settings"), list(cases()))
def test_functions_give_the_values_of_their_classes(cls, settings, rng):
    loss = cls(**settings, reduction=None, dtype="float64")
    y_true, y_pred = batch(loss, "float64", rng)
    function = getattr(losses, to_snake_case(cls.__name__))
    if cls is losses.CategoricalGeneralizedCrossEntropy:
        settings = {"q": 0.5, **settings}
    expected = expected_values(loss, y_true, y_pred)
    assert_values(loss, "float64", function(y_true, y_pred, **settings), expected)


@pytest.mark.parametrize(("cls", "settings"), list(cases()))
def test_more_axes_are_more_rows(cls, settings, rng):
    loss = cls(**settings, reduction="none", dtype="float64")
    y_true, y_pred = batch(loss, "float64", rng, shape=(2, 3, 5))
    values = loss(y_true, y_pred)
    assert values.shape == (2, 3)
    flat_true = y_true.reshape(6, *y_true.shape[2:])
    expected = expected_values(loss, flat_true, y_pred.reshape(6, 5))
    assert_values(loss, "float64", values.reshape(6), expected)


@pytest.mark.parametrize("cls", CLASSES)
def test_kernels_exist(cls):
    loss = cls()
    assert loss.compiled
    assert hasattr(doors, loss.kernel)
    assert loss.logits_kernel is None or hasattr(doors, loss.logits_kernel)
    assert loss.name == (cls.default_name or to_snake_case(cls.__name__))


VALUES = np.array([[1.0], [2.0], [5.0]])  # squares of the errors: 1, 4, 25
WEIGHT = np.array([1.0, 2.0, 0.0])


@pytest.mark.parametrize("weight", [WEIGHT, WEIGHT[:, None], WEIGHT.tolist()])
@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum", 30, 9),
        ("mean", 10, 3),
        ("sum_over_batch_size", 10, 3),
        ("mean_with_sample_weight", 10, 3),
        ("none", [1, 4, 25], [1, 8, 0]),
        (None, [1, 4, 25], [1, 8, 0]),
    ],
)
def test_reductions_by_hand(reduction, plain, weighted, weight):
    loss = losses.MeanSquaredError(reduction=reduction)
    zeros = np.zeros((3, 1))
    assert np.array_equal(loss(zeros, VALUES), plain)
    assert np.array_equal(np.ravel(loss(zeros, VALUES, weight)), np.ravel(weighted))


def test_mean_with_sample_weight_divides_by_the_weights():
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    assert loss(np.zeros((3, 1)), VALUES, sample_weight=[3, 3, 0]) == 2.5
    assert loss(np.zeros((3, 1)), VALUES, sample_weight=[0, 0, 0]) == 0


def test_weights_of_rows_reach_all_values_of_a_row():
    loss = losses.MeanSquaredError(reduction="sum")
    pred = np.ones((2, 3, 4))
    assert loss(0 * pred, pred, sample_weight=[1, 10]) == 33
    assert loss(0 * pred, pred, sample_weight=np.full((2, 3), 2)) == 12


def test_an_empty_batch_costs_nothing():
    assert losses.MeanSquaredError()(np.zeros((0, 2)), np.zeros((0, 2))) == 0


@pytest.mark.parametrize(
    ("reduction", "by"),
    [
        ("sum", 1),
        ("sum_over_batch_size", 8),
        ("mean", 8),
        ("mean_with_sample_weight", 5),
    ],
)
def test_divisor(reduction, by):
    assert divisor(reduction, 8, 5.0) == by


@pytest.mark.parametrize("reduction", ["none", None])
def test_training_needs_one_number(reduction):
    with pytest.raises(ValueError, match="Received: reduction="):
        divisor(reduction, 8, 5.0)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "value"),
    [
        ([1, 2], [[1], [4]], 2),
        ([[1], [2]], [1, 4], 2),
        ([1, 2], [1, 4], 2),
        ([[1, 2]], [[1, 4]], 2),
    ],
)
def test_a_last_axis_of_one_comes_and_goes(y_true, y_pred, value):
    assert losses.MeanSquaredError()(y_true, y_pred) == value


@pytest.mark.parametrize("y_true", [[1, 0], [[1], [0]], np.array([1.0, 0.0])])
def test_labels_in_any_form(y_true):
    loss = losses.SparseCategoricalCrossentropy()
    expected = -np.log([0.5, 0.25]).mean()
    actual = loss(y_true, [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]])
    assert actual == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("y_true", "error", "said"),
    [
        (
            [0, 3],
            ValueError,
            "Expected labels from 0 to 2. Received: labels from 0 to 3",
        ),
        ([-1, 0], ValueError, "labels from -1 to 0"),
        ([0.5, 1], TypeError, "whole numbers"),
        ([np.nan, 1], TypeError, "whole numbers"),
        (["a", "b"], TypeError, "whole numbers"),
        ([True, False], TypeError, "whole numbers"),
        ([0, 1, 2], ValueError, r"y_true.shape=\(3,\)"),
        ([[1, 0, 0], [0, 1, 0]], ValueError, r"y_true.shape=\(2, 3\)"),
    ],
)
def test_wrong_labels(y_true, error, said):
    with pytest.raises(error, match=said):
        losses.SparseCategoricalCrossentropy()(y_true, np.full((2, 3), 1 / 3))


@pytest.mark.parametrize("cls", [c for c in CLASSES if c.target == "values"])
def test_shapes_that_differ_are_refused(cls):
    with pytest.raises(
        ValueError, match=r"y_true.shape=\(2, 4\), y_pred.shape=\(2, 3\)"
    ):
        cls()(np.zeros((2, 4)), np.zeros((2, 3)))
    if cls not in OF_BATCH:
        with pytest.raises(ValueError, match="at least one axis"):
            cls()(1.0, 1.0)
    with pytest.raises(TypeError, match="y_pred"):
        cls()([["a"]], [["b"]])


@pytest.mark.parametrize("weight", [[1, 2], np.ones((3, 2)), np.ones((3, 1, 2))])
def test_weights_that_do_not_fit_are_refused(weight):
    with pytest.raises(ValueError, match=r"Received: sample_weight\.shape="):
        losses.MeanSquaredError()(np.zeros((3, 4)), np.zeros((3, 4)), weight)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize(
    "cls", [losses.BinaryCrossentropy, losses.CategoricalCrossentropy]
)
def test_label_smoothing_is_a_share(cls, smoothing):
    with pytest.raises(ValueError, match="Received: label_smoothing="):
        cls(label_smoothing=smoothing)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mse", losses.mean_squared_error),
        ("MAE", losses.mean_absolute_error),
        ("bce", losses.binary_crossentropy),
        ("categorical_crossentropy", losses.categorical_crossentropy),
    ],
)
def test_short_names_give_functions(name, found):
    assert losses.get(name) is found
    assert losses.serialize(found) == found.__name__


@pytest.mark.parametrize("cls", CLASSES)
def test_class_names_give_losses(cls):
    assert type(losses.get(cls.__name__)) is cls
    assert type(losses.get(cls)) is cls


@pytest.mark.parametrize("cls", CLASSES)
def test_resolve_gives_compiled_losses(cls):
    name = to_snake_case(cls.__name__)
    needs_more = cls is losses.CategoricalGeneralizedCrossEntropy
    functions = () if needs_more else (name, getattr(losses, name))
    for identifier in (*functions, cls, cls(), {"class_name": cls.__name__}):
        resolved = losses.resolve(identifier)
        assert isinstance(resolved, CompiledLoss)
        from_function = identifier in functions
        assert resolved.name == ((not from_function and cls.default_name) or name)


def test_resolve_refuses_none():
    with pytest.raises(ValueError, match="Received: None"):
        losses.resolve(None)
