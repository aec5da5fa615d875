"""Regularizers beside Keras's."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both

REGULARIZERS = {
    "l1": lambda k: k.regularizers.L1(0.02),
    "l2": lambda k: k.regularizers.L2(0.02),
    "l1_l2": lambda k: k.regularizers.L1L2(l1=0.01, l2=0.02),
    "orthogonal rows": lambda k: k.regularizers.OrthogonalRegularizer(0.1),
    "orthogonal columns": lambda k: k.regularizers.OrthogonalRegularizer(
        0.1, mode="columns"
    ),
    "by name": lambda k: "l2",
}
W = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")


@pytest.mark.parametrize("name", REGULARIZERS)
def test_outside_a_model(name):
    both(lambda k: k.regularizers.get(REGULARIZERS[name](k))(k.Variable(W).value))


@pytest.mark.parametrize("name", REGULARIZERS)
def test_in_training(name):
    assert_same_training(
        Case(
            lambda k: [
                k.Input((6,)),
                k.layers.Dense(
                    5, activation="tanh", kernel_regularizer=REGULARIZERS[name](k)
                ),
                k.layers.Dense(2, bias_regularizer=k.regularizers.L2(0.1)),
            ],
            optimizer=lambda k: k.optimizers.Adam(0.01),
        )
    )
