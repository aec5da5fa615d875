"""Layers of activations: in trained models, and called on arrays."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, raise_alike

LAYERS = {
    "relu": lambda k: k.layers.ReLU(),
    "relu capped": lambda k: k.layers.ReLU(max_value=0.7),
    "relu leaky": lambda k: k.layers.ReLU(negative_slope=0.3),
    "relu from a threshold": lambda k: k.layers.ReLU(threshold=0.4),
    "relu with all": lambda k: k.layers.ReLU(0.7, 0.3, 0.4),
    "leaky_relu": lambda k: k.layers.LeakyReLU(),
    "leaky_relu slope": lambda k: k.layers.LeakyReLU(negative_slope=0.05),
    "elu": lambda k: k.layers.ELU(),
    "elu alpha": lambda k: k.layers.ELU(alpha=0.4),
    "softmax": lambda k: k.layers.Softmax(),
    "softmax axis 1": lambda k: k.layers.Softmax(axis=1),
    "softmax axis -2": lambda k: k.layers.Softmax(axis=-2),
    "softmax axis in a list": lambda k: k.layers.Softmax(axis=[1]),
    "softmax of two axes": lambda k: k.layers.Softmax(axis=(1, 2)),
}
PRELU = {
    "defaults": {},
    "rows": {"shared_axes": [1]},
    "columns": {"shared_axes": 2},
    "one": {"shared_axes": (1, 2)},
}
X = np.random.default_rng(3).normal(size=(5, 3, 4)).astype("float32") * 2


@pytest.mark.parametrize("name", LAYERS)
def test_of_an_array(name):
    both(lambda k: LAYERS[name](k)(X), rtol=1e-5)


@pytest.mark.parametrize("first", range(0, len(LAYERS), 5))
def test_in_training(first):
    def layers(k):
        inner = [k.Input((3, 4))]
        for name in list(LAYERS)[first : first + 5]:
            inner += [k.layers.Dense(5), LAYERS[name](k)]
        return [*inner, k.layers.Dense(2)]

    assert_same_training(Case(layers, optimizer=lambda k: k.optimizers.SGD(0.05)))


@pytest.mark.parametrize("axes", [(1, 3), [-1, 1], (1, 2, 3), (2,)])
def test_softmax_of_any_axes(axes):
    x = np.random.default_rng(4).normal(size=(2, 3, 4, 5)).astype("float32")
    both(lambda k: k.layers.Softmax(axis=axes)(x), rtol=1e-5)


def prelu(k, name):
    return k.layers.PReLU(alpha_initializer=k.initializers.Constant(0.2), **PRELU[name])


@pytest.mark.parametrize("name", PRELU)
def test_prelu_of_an_array(name):
    both(lambda k: prelu(k, name)(X), rtol=1e-5)


def test_prelu_in_training():
    def layers(k):
        inner = [k.Input((3, 4))]
        for name in PRELU:
            inner += [k.layers.Dense(4), prelu(k, name)]
        regularized = k.layers.PReLU(
            alpha_initializer="ones",
            alpha_regularizer=k.regularizers.L2(0.1),
            alpha_constraint=k.constraints.MaxNorm(1.2),
        )
        return [*inner, regularized, k.layers.Dense(2)]

    assert_same_training(Case(layers, optimizer=lambda k: k.optimizers.SGD(0.05)))


WRONG = {
    "negative max_value": lambda k: k.layers.ReLU(max_value=-1.0),
    "negative slope": lambda k: k.layers.ReLU(negative_slope=-0.1),
    "no slope": lambda k: k.layers.ReLU(negative_slope=None),
    "negative threshold": lambda k: k.layers.ReLU(threshold=-0.1),
    "no threshold": lambda k: k.layers.ReLU(threshold=None),
    "leaky: negative slope": lambda k: k.layers.LeakyReLU(-0.1),
    "leaky: no slope": lambda k: k.layers.LeakyReLU(None),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(name):
    raise_alike(WRONG[name])


def test_the_former_name_of_the_slope():
    with pytest.warns(Warning, match="negative_slope"):
        both(lambda k: k.layers.LeakyReLU(alpha=0.4)(X))
