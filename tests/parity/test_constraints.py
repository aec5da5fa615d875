"""Constraints beside Keras's."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both

CONSTRAINTS = {
    "max_norm": lambda k: k.constraints.MaxNorm(0.8),
    "max_norm rows": lambda k: k.constraints.MaxNorm(0.8, axis=1),
    "max_norm all": lambda k: k.constraints.MaxNorm(0.8, axis=[0, 1]),
    "min_max_norm": lambda k: k.constraints.MinMaxNorm(0.9, 1.1),
    "min_max_norm rate": lambda k: k.constraints.MinMaxNorm(0.9, 1.1, rate=0.3, axis=1),
    "non_neg": lambda k: k.constraints.NonNeg(),
    "unit_norm": lambda k: k.constraints.UnitNorm(),
    "unit_norm last": lambda k: k.constraints.UnitNorm(axis=-1),
    "by name": lambda k: "max_norm",
}
W = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_outside_a_model(name):
    both(lambda k: k.constraints.get(CONSTRAINTS[name](k))(W))


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_in_training(name):
    assert_same_training(
        Case(
            lambda k: [
                k.Input((6,)),
                k.layers.Dense(
                    5, activation="tanh", kernel_constraint=CONSTRAINTS[name](k)
                ),
                k.layers.Dense(2, bias_constraint=k.constraints.NonNeg()),
            ],
            optimizer=lambda k: k.optimizers.Adam(0.01),
        )
    )
