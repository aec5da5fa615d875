"""The programs that everybody writes first."""

import pytest

from parity.harness import Case, assert_same_training, both

CASES = {
    "classifier": Case(
        lambda k: [
            k.Input((12,)),
            k.layers.Dense(8, activation="relu"),
            k.layers.Dense(4, activation="softmax"),
        ],
        loss="categorical_crossentropy",
        optimizer=lambda k: k.optimizers.Adam(learning_rate=0.001),
        compile={"metrics": ["accuracy"]},
        targets="one_hot",
    ),
    "labels": Case(
        lambda k: [
            k.Input((12,)),
            k.layers.Dense(8, activation="tanh"),
            k.layers.Dense(4, activation="softmax"),
        ],
        loss="sparse_categorical_crossentropy",
        optimizer="sgd",
        compile={"metrics": ["accuracy"]},
        targets="labels",
    ),
    "yes or no": Case(
        lambda k: [
            k.Input((6,)),
            k.layers.Dense(8, activation="sigmoid"),
            k.layers.Dense(1, activation="sigmoid"),
        ],
        loss="binary_crossentropy",
        optimizer="rmsprop",
        compile={"metrics": ["accuracy"]},
        targets="binary",
    ),
    "regression": Case(
        lambda k: [
            k.Input((6,)),
            k.layers.Dense(8, activation="relu"),
            k.layers.Dense(2),
        ],
        compile={"metrics": ["mae"]},
        fit={"validation_split": 0.25},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_program(name):
    assert_same_training(CASES[name])


def test_functions_outside_a_model():
    both(lambda k: k.losses.MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]]))
