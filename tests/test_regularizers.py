"""Regularizers against the reference."""

import math

import numpy as np
import pytest
from numerical_gradient import numerical_gradient
from reference import KERNELS
from tolerances import assert_close

from fastnn import regularizers
from fastnn.layers import Dense, Input
from fastnn.models import Sequential
from fastnn.regularizers import OrthogonalRegularizer, Regularizer
from fastnn.variable import Variable

CASES = [
    (regularizers.L1(0.3), 0.3, 0.0),
    (regularizers.L2(0.2), 0.0, 0.2),
    (regularizers.L1L2(0.1, 0.4), 0.1, 0.4),
    (regularizers.L1L2(), 0.0, 0.0),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("regularizer", "l1", "l2"), CASES)
def test_penalty_against_the_reference(regularizer, l1, l2, dtype, rng):
    weight = rng.normal(size=(7, 19)).astype(dtype)
    expected = KERNELS["l1_l2_value"](weight.reshape(-1), l1, l2)
    assert_close("l1_l2_value", dtype, regularizer(weight), expected)
    padded = Variable(weight, name="w").value
    assert_close("l1_l2_value", dtype, regularizer(padded), expected)
    assert (regularizer.l1, regularizer.l2) == (l1, l2)


def test_penalty_by_hand():
    assert regularizers.L1L2(0.5, 0.25)([[1, -2], [0, 3]]) == 0.5 * 6 + 0.25 * 14
    assert isinstance(regularizers.L1()([1.0]), float)


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "0.1", np.ones(2)])
@pytest.mark.parametrize("cls", [regularizers.L1, regularizers.L2, regularizers.L1L2])
def test_factors_are_non_negative_numbers(cls, value):
    with pytest.raises(ValueError, match="Received: l"):
        cls(value)


def test_none_is_the_default():
    assert regularizers.L1(None).l1 == 0.01
    assert regularizers.L2(None).l2 == 0.01
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}


@pytest.mark.parametrize("name", ["l1", "L1", "l2", "L2", "l1l2", "L1L2", "l1_l2"])
def test_names(name):
    assert isinstance(regularizers.get(name), regularizers.Regularizer)


def test_what_is_no_function_is_refused():
    with pytest.raises(ValueError, match="Received: 3"):
        regularizers.get(3)


MATRIX = [[1.0, 2.0, 0.5], [-1.0, 0.3, 2.0]]


def test_orthogonal_by_hand():
    a, b = (np.array(row) / np.linalg.norm(row) for row in MATRIX)
    assert OrthogonalRegularizer(0.5)(MATRIX) == pytest.approx(0.5 * abs(a @ b))
    columns = np.array(MATRIX) / np.linalg.norm(MATRIX, axis=0)
    pairs = [abs(columns[:, i] @ columns[:, j]) for i, j in [(0, 1), (0, 2), (1, 2)]]
    penalty = OrthogonalRegularizer(0.5, mode="columns")(MATRIX)
    assert penalty == pytest.approx(0.5 * np.mean(pairs))
    assert OrthogonalRegularizer()(np.eye(3)) == 0
    assert OrthogonalRegularizer()([[1.0, 2.0]]) == 0


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_orthogonal_gradient(mode, rng):
    penalty = OrthogonalRegularizer(0.7, mode)
    weight = rng.normal(size=(4, 3))
    expected = numerical_gradient(penalty, weight)
    np.testing.assert_allclose(penalty.gradient(weight), expected, atol=1e-8)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: OrthogonalRegularizer(-1),
        lambda: OrthogonalRegularizer(None),
        lambda: OrthogonalRegularizer(mode="both"),
        lambda: OrthogonalRegularizer()([1.0, 2.0]),
    ],
)
def test_orthogonal_refuses_wrong_arguments(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()


class Cubes(Regularizer):
    def __call__(self, x):
        return 0.01 * (np.abs(x) ** 3).sum()


class CubesWithGradient(Cubes):
    def gradient(self, x):
        return 0.03 * x * np.abs(x)


def trained(penalty, dtype="float32"):
    """(loss, weights) after two steps of a small model."""
    kernel = np.linspace(-1, 1, 12).reshape(4, 3)
    model = Sequential([
        Input((4,)),
        Dense(3, kernel_initializer=kernel, kernel_regularizer=penalty, dtype=dtype),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    x = np.linspace(-1, 1, 32).reshape(8, 4)
    loss = model.evaluate(x, x[:, :3], verbose=0)
    model.fit(x, x[:, :3], epochs=2, shuffle=False, verbose=0)
    return loss, model.get_weights()[0], model


@pytest.mark.parametrize(
    "penalty",
    [Cubes(), CubesWithGradient(), lambda x: 0.01 * (np.abs(x) ** 3).sum()],
    ids=["numerically", "by its gradient", "a function"],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_penalty_of_ones_own_is_trained_against(penalty, dtype):
    plain, free, _ = trained(None, dtype)
    loss, weights, model = trained(penalty, dtype)
    start = np.linspace(-1, 1, 12).reshape(4, 3)
    assert loss - plain == pytest.approx(Cubes()(start), rel=1e-5)
    expected = free.copy()
    _, step, _ = trained(CubesWithGradient(), dtype)
    np.testing.assert_allclose(weights, step, rtol=1e-5)
    assert np.abs(weights).sum() < np.abs(expected).sum()
    assert model.losses == [pytest.approx(Cubes()(weights), rel=1e-5)]


def test_orthogonal_is_trained_against():
    _, weights, _ = trained(OrthogonalRegularizer(5.0, mode="columns"))
    _, free, _ = trained(None)
    penalty = OrthogonalRegularizer(mode="columns")
    assert penalty(weights) < penalty(free)


class Wrong(Cubes):
    def gradient(self, x):
        return x[0]


@pytest.mark.parametrize("penalty", [Wrong(), lambda x: np.abs(x)])
def test_a_penalty_of_the_wrong_shape_is_refused(penalty):
    with pytest.raises(ValueError, match="Received: shape="):
        trained(penalty)
