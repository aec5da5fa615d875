"""Every loss within a model: its number is that of the loss called by itself, and its
gradient that of finite differences, in float64."""

import functools

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

from fastnn import losses
from fastnn.layers import Activation, Dense, Input
from fastnn.models import Sequential
from fastnn.optimizers import SGD
from fastnn.saving.config import constructor_parameters

ROWS = 6
SMOOTH = {
    "CosineSimilarity": "linear",
    "Huber": "linear",
    "KLDivergence": "softmax",
    "LogCosh": "linear",
    "MeanSquaredError": "linear",
    "MeanSquaredLogarithmicError": "softplus",
    "Poisson": "softplus",
    "SquaredHinge": "linear",
    "BinaryCrossentropy": "sigmoid",
    "BinaryFocalCrossentropy": "sigmoid",
    "CategoricalCrossentropy": "softmax",
    "CategoricalFocalCrossentropy": "softmax",
}


def parameters(name):
    return constructor_parameters(getattr(losses, name))


def make(name, **settings):
    return getattr(losses, name)(dtype="float64", **settings)


def network(last):
    """From (3, 4) to (3, 5)."""
    dense = [Dense(3, "tanh", dtype="float64"), Dense(5, dtype="float64")]
    return Sequential([Input((3, 4)), *dense, Activation(last, dtype="float64")])


def check(loss, last, y, rng, weight=None, model=None, loss_weight=1.0):
    model = model or network(last)
    model.compile(SGD(1.0), loss, loss_weights=loss_weight)
    x = rng.normal(size=(len(y), *model.input_shape[1:]))
    start = [rng.normal(size=w.shape) * 0.8 for w in model.weights]

    def objective(value, index):
        model.set_weights([value if i == index else w for i, w in enumerate(start)])
        return model.test_on_batch(x, y, sample_weight=weight)

    model.set_weights(start)
    alone = loss(y, model(x), weight) * loss_weight
    trained = model.train_on_batch(x, y, sample_weight=weight)
    gradients = [a - b for a, b in zip(start, model.get_weights(), strict=True)]
    np.testing.assert_allclose(trained, alone, rtol=1e-10)
    for i, gradient in enumerate(gradients):
        expected = numerical_gradient(
            functools.partial(objective, index=i), start[i], step=1e-4
        )
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "axis"),
    [(n, -1) for n in SMOOTH] + [(n, 1) for n in SMOOTH if "axis" in parameters(n)],
)
def test_weights_of_values(name, axis, rng):
    loss = make(name) if axis == -1 else make(name, axis=axis)
    y = rng.dirichlet(np.ones(5), size=(ROWS, 3))
    weight = rng.uniform(0, 2, (ROWS, 3) if axis == -1 else (ROWS, 5))
    check(loss, SMOOTH[name], y, rng, weight, loss_weight=0.3)
    check(loss, SMOOTH[name], y, rng)


@pytest.mark.parametrize("name", ["Dice", "Tversky"])
@pytest.mark.parametrize("axis", [None, -1, 1, 0, (0, 1), (1, 2), (0, 2), (0, 1, 2)])
def test_overlap(name, axis, rng):
    y = rng.uniform(size=(ROWS, 3, 5))
    loss = make(name, axis=axis, reduction="sum")
    check(loss, "sigmoid", y, rng)
    if axis is None:
        check(loss, "sigmoid", y, rng, rng.uniform(0, 2, ROWS), loss_weight=0.3)
        mean = make(name, axis=axis, reduction="mean_with_sample_weight")
        check(mean, "sigmoid", y, rng, rng.uniform(0, 2, ROWS))


def test_weights_of_rows_beside_values_over_rows_are_refused(rng):
    model = network("sigmoid")
    model.compile("sgd", losses.Dice(axis=(0, 1)))
    x, y = rng.normal(size=(ROWS, 3, 4)), rng.uniform(size=(ROWS, 3, 5))
    with pytest.raises(ValueError, match=r"Received: axis=\[0, 1\]"):
        model.fit(x, y, sample_weight=np.ones(ROWS), verbose=0)


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight"])
@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_rows_that_do_not_count(last, reduction, rng):
    loss = make("SparseCategoricalCrossentropy", ignore_class=-1, reduction=reduction)
    y = rng.integers(-1, 5, (ROWS, 3))
    for weight in (None, rng.uniform(0, 2, (ROWS, 3))):
        check(loss, last, y, rng, weight)


def test_nothing_counts(rng):
    model = network("softmax")
    model.compile("sgd", losses.SparseCategoricalCrossentropy(ignore_class=7))
    before = model.get_weights()
    x, y = rng.normal(size=(ROWS, 3, 4)), np.full((ROWS, 3), 7)
    assert model.train_on_batch(x, y) == 0
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_labels_along_an_axis(rng):
    loss = make("SparseCategoricalCrossentropy", axis=1)
    check(loss, "sigmoid", rng.integers(0, 3, (ROWS, 5)), rng)


def test_generalized_cross_entropy(rng):
    loss = make("CategoricalGeneralizedCrossEntropy", q=0.3)
    check(loss, "softmax", rng.integers(0, 5, (ROWS, 3)), rng)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight"])
def test_circle(reduction, weighted, rng):
    loss = make("Circle", gamma=2.0, reduction=reduction)
    dense = [Dense(3, "tanh", dtype="float64"), Dense(4, "softmax", dtype="float64")]
    model = Sequential([Input((4,)), *dense])
    y = np.array([0, 9, 0, 9, -1, 0])  # the last but one has no partner
    weight = rng.uniform(0.5, 2, ROWS) if weighted else None
    check(loss, None, y, rng, weight, model)


def test_circle_needs_one_embedding_for_a_row(rng):
    model = network("softmax")
    model.compile("sgd", losses.Circle())
    with pytest.raises(ValueError, match=r"Received: predictions of shape"):
        model.fit(rng.normal(size=(4, 3, 4)), np.zeros((4, 3)), verbose=0)


@pytest.mark.parametrize("axis", [0, -3, 3])
def test_the_axis_of_the_rows_is_refused(axis, rng):
    model = network("sigmoid")
    model.compile("sgd", losses.BinaryCrossentropy(axis=axis))
    x, y = rng.normal(size=(4, 3, 4)), rng.uniform(size=(4, 3, 5))
    with pytest.raises(ValueError, match="axis"):
        model.fit(x, y, verbose=0)


@pytest.mark.parametrize("shape", [(ROWS, 5), (ROWS, 3, 5), (ROWS, 2)])
def test_weights_of_another_shape_are_refused(shape, rng):
    model = network("linear")
    model.compile("sgd", "mse")
    x, y = rng.normal(size=(ROWS, 3, 4)), rng.normal(size=(ROWS, 3, 5))
    with pytest.raises(ValueError, match=r"per value, shape \(6, 3\). Received"):
        model.fit(x, y, sample_weight=np.ones(shape), verbose=0)
