"""Layers that prepare features; those that need TensorFlow in Keras are compared in
tests/layers/preprocessing."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, data

X = np.random.default_rng(3).normal(2, 3, (40, 3, 4)).astype("float32")
FLAT = X.reshape(-1, 4)


def adapted(layer, x):
    layer.adapt(x)
    return layer


ARRAYS = {
    "rescaling": lambda k: k.layers.Rescaling(0.5, 3.0)(X),
    "rescaling by feature": lambda k: k.layers.Rescaling([1.0, 2.0, 0.5, 3.0])(X),
    "normalization": lambda k: adapted(k.layers.Normalization(), X)(X),
    "axis 1": lambda k: adapted(k.layers.Normalization(axis=1), X)(X),
    "axes": lambda k: adapted(k.layers.Normalization(axis=(1, 2)), X)(X),
    "axis None": lambda k: adapted(k.layers.Normalization(axis=None), X)(X),
    "mean and variance": lambda k: k.layers.Normalization(
        mean=[1.0, 2.0, 3.0, 4.0], variance=[4.0, 1.0, 0.25, 0.0]
    )(X),
    "one mean": lambda k: k.layers.Normalization(mean=1.0, variance=4.0)(X),
    "inverted": lambda k: k.layers.Normalization(mean=1.0, variance=4.0, invert=True)(
        X
    ),
    "bins": lambda k: k.layers.Discretization([-1.0, 0.5, 2.0])(FLAT),
    "bins of whole numbers": lambda k: k.layers.Discretization([0, 1])([[0, 1, 2]]),
    "bins one-hot": lambda k: k.layers.Discretization(
        [-1.0, 0.5], output_mode="one_hot"
    )(FLAT),
    "bins multi-hot": lambda k: k.layers.Discretization(
        [-1.0, 0.5], output_mode="multi_hot"
    )(FLAT),
    "bins counted": lambda k: k.layers.Discretization([-1.0, 0.5], output_mode="count")(
        FLAT
    ),
    "categories": lambda k: k.layers.CategoryEncoding(4)(np.array([[0, 1], [3, 3]])),
    "categories one-hot": lambda k: k.layers.CategoryEncoding(4, output_mode="one_hot")(
        np.array([[0], [3]])
    ),
    "categories counted": lambda k: k.layers.CategoryEncoding(4, output_mode="count")(
        np.array([[0, 1], [3, 3]])
    ),
    "categories weighed": lambda k: k.layers.CategoryEncoding(4, output_mode="count")(
        np.array([[0, 1], [3, 3]]), count_weights=np.array([[0.5, 1.0], [2.0, 3.0]])
    ),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays(name):
    both(ARRAYS[name])


x, y = data((4,), (1,))
CASES = {
    "rescaling": lambda k: k.layers.Rescaling(0.5, 3.0),
    "normalization": lambda k: adapted(k.layers.Normalization(), x),
    "mean and variance": lambda k: k.layers.Normalization(mean=0.5, variance=4.0),
    "bins": lambda k: k.layers.Discretization([-1.0, 0.5, 2.0], output_mode="count"),
}


@pytest.mark.parametrize("name", CASES)
def test_training(name):
    layer = CASES[name]
    stack = lambda k: [k.Input((4,)), layer(k), k.layers.Dense(1)]  # noqa: E731
    assert_same_training(Case(stack, x=x, y=y, optimizer="sgd"))
