"""Constraints: by themselves, and after each update of a training."""

import numpy as np
import pytest

from fastnn import constraints
from fastnn.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from fastnn.layers import Dense, Input, Layer
from fastnn.models import Sequential

SHAPES = [(5,), (4, 3), (3, 20), (2, 3, 5), (2, 3, 2, 17), (2, 3, 2, 3, 2)]


def axes_of(rank):
    """All subsets of the axes that are not empty."""
    return [
        [axis for axis in range(rank) if chosen >> axis & 1]
        for chosen in range(1, 2**rank)
    ]


class Weighted(Layer):
    """Adds a weight of any shape, which training moves against its own value."""

    def __init__(self, shape, constraint, **base):
        super().__init__(**base)
        self.shape = shape
        self.constraint = constraint

    def build(self, input_shape):
        rng = np.random.default_rng(1)
        self.weight = self.add_weight(
            self.shape,
            lambda shape, dtype: rng.normal(size=shape).astype(dtype),
            constraint=self.constraint,
        )

    def call(self, inputs):
        return inputs

    def backward(self, inputs, outputs, gradients):
        return gradients, {self.weight.name: np.ones(self.shape)}


def after_one_step(shape, constraint, dtype="float32"):
    """(weight that the update alone gives, weight with the constraint)"""
    values = []
    for own in (None, constraint):
        layer = Weighted(shape, own, input_shape=(2,), dtype=dtype)
        model = Sequential([layer])
        model.compile("sgd", "mse")
        model.train_on_batch(np.ones((4, 2)), np.zeros((4, 2)))
        values.append(layer.weight.numpy())
    return values


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_plan_does_what_the_constraint_does(shape, dtype):
    for axis in axes_of(len(shape)):
        for constraint in (
            MaxNorm(1.5, axis),
            UnitNorm(axis),
            MinMaxNorm(1.0, 2.0, rate=0.3, axis=axis),
            NonNeg(),
        ):
            free, bound = after_one_step(shape, constraint, dtype)
            expected = constraint(free)
            assert bound.dtype == expected.dtype
            np.testing.assert_allclose(bound, expected, rtol=3e-6)
            if not isinstance(constraint, MaxNorm | MinMaxNorm):
                assert not np.allclose(bound, free)


def test_kernels_cover_the_axes_of_usual_weights():
    for shape in SHAPES[:-1]:
        for axis in axes_of(len(shape)):
            assert UnitNorm(axis).kernel(shape, 16) is not None
    assert UnitNorm([1, 3]).kernel((2, 3, 2, 3, 2), 16) is not None
    assert UnitNorm([0, 2]).kernel((2, 3, 2, 3, 2), 16) is None


def test_a_function_of_ones_own_runs_after_each_step():
    seen = []

    def at_most_one(w):
        seen.append(w)
        return np.minimum(w, 1)

    free, bound = after_one_step((4, 3), at_most_one)
    assert np.array_equal(bound, np.minimum(free, 1))
    assert len(seen) == 1
    assert np.array_equal(seen[0], free)


def test_a_function_that_changes_the_shape_is_refused():
    with pytest.raises(ValueError, match=r"return shape \(4, 3\). Received: shape=\(3"):
        after_one_step((4, 3), lambda w: w[:3])


def test_frozen_weights_are_left_alone():
    model = Sequential([
        Input((3,)),
        Dense(2, kernel_constraint=UnitNorm(), trainable=False),
        Dense(1),
    ])  # fmt: skip
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.zeros((4, 1)), verbose=0)
    assert np.array_equal(model.get_weights()[0], before[0])
    assert not np.array_equal(model.get_weights()[2], before[2])


def test_dense_hands_its_constraints_to_its_weights():
    layer = Dense(2, kernel_constraint="max_norm", bias_constraint=NonNeg())
    layer.build((None, 3))
    assert isinstance(layer.kernel.constraint, MaxNorm)
    assert layer.bias.constraint is layer.bias_constraint


def test_the_base_changes_nothing():
    assert Constraint()([1.0, -2.0]).tolist() == [1, -2]


def test_what_is_not_positive_becomes_zero():
    assert NonNeg()([-1.0, 0.0, 2.0]).tolist() == [0, 0, 2]
    assert np.isnan(NonNeg()([np.nan])).all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: MaxNorm(-1),
        lambda: MaxNorm(axis="rows"),
        lambda: MinMaxNorm(rate=float("nan")),
        lambda: UnitNorm(axis=2)(np.zeros((2, 2))),
        lambda: UnitNorm(axis=[0, 1.5]),
        lambda: constraints.get("unit norm"),
    ],
)
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        wrong()
