"""A user's own loss: values, gradients given and taken numerically."""

import numpy as np
import pytest
from reference import KERNELS

from fastnn import losses
from fastnn.layers import Dense, Input
from fastnn.losses import PythonLoss, rows
from fastnn.models import Sequential


def quartic(y_true, y_pred):
    return np.mean((y_pred - y_true) ** 4, axis=-1)


class WithGradient(losses.Loss):
    def call(self, y_true, y_pred):
        return np.sum(np.abs(y_pred - y_true) ** 3, axis=-1)

    def gradient(self, y_true, y_pred):
        difference = y_pred - y_true
        return 3 * difference * np.abs(difference)


class WithoutGradient(WithGradient):
    gradient = None


class Changed(losses.MeanSquaredError):
    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)


def reference(kernel, rng):
    """A loss of the reference as a user's own, with its targets and predictions."""
    labels = kernel.startswith("sparse")
    pred = rng.uniform(0.1, 0.9, size=(5, 4))
    true = rng.integers(0, 4, 5) if labels else rng.uniform(size=(5, 4))
    settings = (0.1,) if "crossentropy" in kernel and not labels else ()

    def function(y_true, y_pred):
        target = y_true.astype(np.int32) if labels else y_true
        values = np.empty(len(y_pred))
        KERNELS[kernel](None, values, y_pred, target, None, 1.0, *settings)
        return values

    gradient = np.empty_like(pred)
    target = true.astype(np.int32) if labels else true
    KERNELS[kernel](gradient, np.empty(5), pred, target, None, 1.0, *settings)
    return function, true, pred, gradient


@pytest.mark.parametrize(
    "kernel",
    [
        "mean_squared_error",
        "mean_absolute_error",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
    ],
)
def test_numerical_gradient_against_the_reference(kernel, rng):
    function, true, pred, expected = reference(kernel, rng)
    actual = PythonLoss(function).gradient(true, pred)
    np.testing.assert_allclose(actual, expected, rtol=1e-7, atol=1e-8)


def test_numerical_gradient_is_taken_in_float64(rng):
    true = rng.normal(size=(3, 4)).astype(np.float32)
    pred = rng.normal(size=(3, 4)).astype(np.float32)
    gradient = PythonLoss(quartic).gradient(true, pred)
    assert gradient.dtype == np.float32
    wide = pred.astype(float) - true
    np.testing.assert_allclose(gradient, wide**3, rtol=1e-6, atol=1e-6)


def test_predictions_are_left_as_they_were(rng):
    true, pred = rng.normal(size=(2, 3, 4))
    pred.flags.writeable = False
    PythonLoss(quartic).gradient(true, pred)


def test_more_axes(rng):
    true, pred = rng.normal(size=(2, 3, 2, 4))
    loss = PythonLoss(quartic)
    assert loss.values(true, pred).shape == (3,)
    # Two values for each row are averaged: half of mean's derivative, 4 / 4.
    expected = (pred - true) ** 3 / 2
    np.testing.assert_allclose(
        loss.gradient(true, pred), expected, rtol=1e-7, atol=1e-8
    )


def test_a_gradient_of_its_own_is_used(rng):
    true, pred = rng.normal(size=(2, 3, 4))
    exact = PythonLoss(WithGradient()).gradient(true, pred)
    numerical = PythonLoss(WithoutGradient()).gradient(true, pred)
    assert np.array_equal(exact, 3 * (pred - true) * np.abs(pred - true))
    np.testing.assert_allclose(numerical, exact, rtol=1e-7, atol=1e-8)


def test_a_gradient_of_the_wrong_shape_is_refused():
    class Wrong(WithGradient):
        def gradient(self, y_true, y_pred):
            return y_pred[:, 0]

    with pytest.raises(ValueError, match=r"\(3, 4\).*Received: shape=\(3,\)"):
        PythonLoss(Wrong()).gradient(np.zeros((3, 4)), np.zeros((3, 4)))


@pytest.mark.parametrize("result", [np.zeros(2), np.zeros((4, 3)), np.zeros((1, 1))])
def test_a_value_for_each_row(result):
    loss = PythonLoss(lambda y_true, y_pred: result, name="odd")
    with pytest.raises(ValueError, match="'odd' to return a value for each of 3 rows"):
        loss.values(np.zeros((3, 4)), np.zeros((3, 4)))


def of_all(y_true, y_pred):
    """One value of all rows, to which each pair of rows contributes."""
    return np.sqrt(np.mean((y_pred - y_true) ** 2))


class OfAll(losses.Loss):
    def call(self, y_true, y_pred):
        return of_all(y_true, y_pred)

    def gradient(self, y_true, y_pred):
        return (y_pred - y_true) / y_pred.size / of_all(y_true, y_pred)


@pytest.mark.parametrize("order", ["C", "F"])
def test_gradient_of_one_value_of_all_rows(order, rng):
    true, pred = rng.normal(size=(2, 3, 2, 4))
    pred = np.array(pred, order=order)
    expected = OfAll().gradient(true, pred)
    loss = PythonLoss(of_all)
    assert loss.values(true, pred) == of_all(true, pred)
    np.testing.assert_allclose(loss.gradient(true, pred), expected, 1e-7, 1e-8)
    assert np.array_equal(PythonLoss(OfAll()).gradient(true, pred), expected)


REDUCTIONS = ["sum_over_batch_size", "sum", "mean_with_sample_weight"]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [False, True])
def test_training_with_one_value_of_all_rows(reduction, weighted, rng):
    x, y = rng.normal(size=(2, 6, 3)).astype("float32")
    weight = rng.random(6) if weighted else None
    loss = OfAll(reduction=reduction)
    model = Sequential([Input((3,)), Dense(3)])
    model.compile("sgd", loss)
    found, gradients = model.compute_gradients(x, y, sample_weight=weight)
    pred = model.predict(x, verbose=0)
    assert found == pytest.approx(loss(y, pred, weight), rel=1e-5)
    by = {"sum": np.sum, "sum_over_batch_size": np.mean}.get(reduction)
    factor = by(weight) if weighted and by else 1.0
    expected = x.T @ loss.gradient(y, pred) * factor
    np.testing.assert_allclose(gradients[0], expected, rtol=1e-4, atol=1e-6)


def test_resolve_wraps_what_is_not_compiled():
    assert losses.resolve(quartic).name == "quartic"
    own = losses.resolve(WithGradient(name="cubic", reduction="sum", dtype="float64"))
    assert isinstance(own, PythonLoss)
    assert (own.name, own.reduction, own.dtype) == ("cubic", "sum", "float64")
    assert losses.resolve(own) is own


def test_a_changed_call_is_not_overlooked():
    loss = Changed(dtype="float64")
    assert not loss.compiled
    assert isinstance(losses.resolve(loss), PythonLoss)
    assert loss([[1.0, 2.0]], [[1.0, 4.0]]) == 4
    assert losses.resolve(loss).values(np.zeros((1, 1)), np.ones((1, 1))) == 2


def test_called_by_itself(rng):
    true, pred = rng.normal(size=(2, 3, 4)).astype(np.float32)
    expected = np.mean((pred.astype(float) - true) ** 4)
    assert PythonLoss(quartic)(true, pred) == pytest.approx(expected, rel=1e-5)


def test_a_loss_without_call_says_so():
    with pytest.raises(NotImplementedError, match="override `call"):
        losses.Loss()([1.0], [1.0])


def test_rows_are_not_copied_without_need():
    pred = np.ones((3, 4), np.float32)
    prepared, _, _ = rows.prepare(pred, pred, "values")
    assert np.shares_memory(prepared, pred)
