"""Normalizations: in trained models, and called on arrays."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, data, raise_alike

X = np.random.default_rng(3).normal(2, 3, (6, 3, 4)).astype("float32")


def trained(*layers, shape=(3, 4)):
    """A case in which layers stand between others that are trained."""

    def stack(k):
        inner = [k.Input(shape)]
        for layer in layers:
            inner += [k.layers.Dense(4, activation="tanh"), layer(k)]
        return [*inner, k.layers.Dense(2)]

    return Case(
        stack,
        optimizer=lambda k: k.optimizers.SGD(0.05),
        fit=lambda k: {"validation_split": 0.2},
    )


def values_of(k):
    """Initial values that are none of the usual ones."""
    return {
        f"{name}_initializer": k.initializers.Constant(value)
        for name, value in (
            ("gamma", 0.7), ("beta", 0.2), ("moving_mean", 0.3),
            ("moving_variance", 1.5),
        )
    }  # fmt: skip


def scaling(k):
    """What all layers with a scale and an offset take."""
    return {
        "gamma_initializer": k.initializers.Constant(0.7),
        "beta_initializer": k.initializers.Constant(0.2),
        "gamma_regularizer": k.regularizers.L2(0.1),
        "beta_regularizer": k.regularizers.L1(0.05),
        "gamma_constraint": k.constraints.NonNeg(),
        "beta_constraint": k.constraints.MaxNorm(0.3),
    }


BATCH = {
    "defaults": {},
    "axis 1": {"axis": 1},
    "axis -2": {"axis": -2},
    "momentum": {"momentum": 0.6},
    "epsilon": {"epsilon": 0.1},
    "without center": {"center": False},
    "without scale": {"scale": False},
    "without both": {"center": False, "scale": False, "momentum": 0.5},
    "frozen": {"trainable": False},
}


def batch(name):
    return lambda k: k.layers.BatchNormalization(**BATCH[name])


@pytest.mark.parametrize(
    "names",
    [
        ("defaults", "axis 1", "axis -2"),
        ("momentum", "epsilon", "without center"),
        ("without scale", "without both", "frozen"),
    ],
)
def test_batch_normalization(names):
    assert_same_training(trained(*map(batch, names)))


def test_batch_normalization_with_values_penalties_and_constraints():
    assert_same_training(
        trained(
            lambda k: k.layers.BatchNormalization(momentum=0.7, **values_of(k)),
            lambda k: k.layers.BatchNormalization(**scaling(k)),
        )
    )


def test_batch_normalization_along_each_axis():
    axes = [
        lambda k, axis=axis: k.layers.BatchNormalization(axis=axis, momentum=0.8)
        for axis in (-1, 1, 2, 3)
    ]
    assert_same_training(trained(*axes, shape=(2, 3, 4)))


def test_batch_normalization_first_in_a_model():
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,)),
                k.layers.BatchNormalization(momentum=0.8),
                k.layers.Dense(3),
            ]
        )
    )


def test_several_batch_normalizations_in_a_classifier():
    def layers(k):
        inner = [k.Input((6,))]
        for units in (8, 5):
            inner += [
                k.layers.Dense(units, use_bias=False),
                k.layers.BatchNormalization(momentum=0.9),
                k.layers.Activation("relu"),
            ]
        return [*inner, k.layers.Dense(3, activation="softmax")]

    assert_same_training(
        Case(
            layers,
            loss="sparse_categorical_crossentropy",
            targets="labels",
            optimizer=lambda k: k.optimizers.Adam(0.01),
            compile={"metrics": ["accuracy"]},
        )
    )


def test_a_last_batch_that_is_smaller():
    x, y = data((5,), (2,), rows=45)
    assert_same_training(
        Case(
            lambda k: [
                k.Input((5,)),
                k.layers.Dense(4, use_bias=False),
                k.layers.BatchNormalization(momentum=0.7),
                k.layers.Dense(2),
            ],
            x=x,
            y=y,
        )
    )


@pytest.mark.parametrize("name", BATCH)
def test_batch_normalization_of_arrays(name):
    def called(k):
        layer = k.layers.BatchNormalization(**{"axis": -1, **BATCH[name]})
        outputs = [layer(X), layer(X, training=True), layer(X), layer(X, training=True)]
        return [np.asarray(o) for o in outputs], layer.get_weights()

    both(called, rtol=1e-5)


def test_batch_normalization_of_many_rows():
    x = np.random.default_rng(5).normal(100, 0.5, (3000, 3)).astype("float32")

    def called(k):
        layer = k.layers.BatchNormalization(momentum=0.0)
        return np.asarray(layer(x, training=True)), layer.get_weights()

    both(called, rtol=1e-4, atol=1e-4)


def test_a_model_called_in_training():
    x = np.random.default_rng(5).normal(1, 0.5, (300, 3)).astype("float32")

    def called(k):
        layer = k.layers.BatchNormalization(momentum=0.5)
        model = k.Sequential([k.Input((3,)), layer, k.layers.Rescaling(2.0)])
        outputs = [model(x), model(x, training=True), model(x)]
        return [np.asarray(o) for o in outputs], model.get_weights()

    both(called)


def test_weights_and_their_names():
    def made(k):
        layer = k.layers.BatchNormalization()
        layer.build((None, 3))
        parts = layer.weights, layer.trainable_weights, layer.non_trainable_weights
        return [[w.name for w in part] for part in parts], layer.get_weights()

    both(made)


WRONG = {
    "no such axis": lambda k: k.layers.BatchNormalization(axis=5).build((None, 3)),
    "synchronized": lambda k: k.layers.BatchNormalization(synchronized=True),
}
NOT_ALIKE = {"no such axis"}  # Keras lets Python's IndexError pass


@pytest.mark.parametrize("name", sorted(set(WRONG) - NOT_ALIKE))
def test_wrong_arguments(name):
    raise_alike(WRONG[name])
