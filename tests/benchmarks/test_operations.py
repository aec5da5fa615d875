"""What is measured one by one, and that NumPy by hand does the same work."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

import fastnn
from benchmarks import by_hand, operations
from fastnn import layers, optimizers

ROOT = Path(__file__).resolve().parents[2]
DETERMINISTIC = sorted(
    (by_hand.LAYERS | by_hand.ACTIVATIONS).items()
    - {(name, by_hand.LAYERS[name]) for name in by_hand.RANDOM}
)
WIDTH = 5


def weights_for(function, rng):
    """The weights that a layer of WIDTH by hand takes."""
    names = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and name != "x"
    ]
    shapes = {"kernel": (WIDTH, WIDTH)}
    return [rng.uniform(0.5, 1.5, shapes.get(name, (WIDTH,))) for name in names]


@pytest.mark.parametrize("name, function", DETERMINISTIC)
def test_backward_by_hand_is_the_gradient_of_forward(name, function, rng):
    x, dout = rng.normal(size=(2, 4, WIDTH)) * 2
    weights = weights_for(function, rng)
    operands = [x, *weights]
    gradients = function(*[operand.copy() for operand in operands])[1](dout)
    for place, gradient in enumerate(gradients):

        def loss(moved, place=place):
            given = [operand.copy() for operand in operands]
            given[place] = moved
            penalty = by_hand.PENALTIES.get(name, lambda x: 0.0)(given[0])
            return float((function(*given)[0] * dout).sum() + penalty)

        expected = numerical_gradient(loss, operands[place])
        assert np.allclose(gradient, expected, rtol=1e-5, atol=1e-6), place


@pytest.mark.parametrize("name", sorted(by_hand.OPTIMIZERS))
def test_update_by_hand_is_that_of_the_optimizer(name, rng):
    cls = getattr(optimizers, name, None)
    if cls is None:
        pytest.skip(f"fastnn has no {name}")
    set_of = fastnn.Sequential([layers.Input((3,)), layers.Dense(4, use_bias=False)])
    set_of.compile(cls(), "mean_squared_error")
    x, y = (rng.normal(size=(8, n)).astype(np.float32) for n in (3, 4))
    weight = set_of.get_weights()[0].copy()
    update = by_hand.OPTIMIZERS[name](weight)
    for _ in range(3):
        update(2 * x.T @ (x @ weight - y) / np.float32(y.size))
        set_of.train_on_batch(x, y)
    assert np.allclose(set_of.get_weights()[0], weight, rtol=2e-5, atol=1e-6)


def test_all_that_is_exported_is_measured_or_named():
    names = {subject.name for subject in operations.subjects()}
    assert {"Dense", "Dropout", "relu", "softmax", "Adam", "SGD", "RMSprop"} <= names
    assert names >= set(by_hand.ACTIVATIONS)


def test_a_subject_of_each_kind_is_printed():
    command = [sys.executable, "-m", "benchmarks.operations", "--rounds", "1"]
    command += ["--sizes", "8x16", "--only", "Dense", "tanh", "Adam"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    rows = [line.split() for line in run.stdout.splitlines() if "x" in line]
    measured = {tuple(row[:2]): row for row in rows if row[0] != "8"}
    for title in (("layer", "Dense"), ("activation", "tanh"), ("optimizer", "Adam")):
        assert all(float(f.rstrip("x")) > 0 for f in measured[title][2:7])
