"""One and ten steps of each rule: beside Keras's numbers, and beside the reference."""

import inspect
import json
import pathlib

import numpy as np
import pytest
from golden_settings import SETTINGS, first_weights, gradients
from reference import KERNELS

from fastnn import Variable, get_num_threads, optimizers, set_num_threads

with open(pathlib.Path(__file__).with_name("golden.json")) as _file:
    GOLDEN = json.load(_file)
# In Keras these compute a part of each step in float32.
ROUGH = ("adafactor", "muon")
NUMBERS = {  # what the reference calls an argument of an optimizer
    "l1": "l1_regularization_strength",
    "l2": "l2_regularization_strength",
    "l2_shrinkage": "l2_shrinkage_regularization_strength",
}


def made(name):
    cls, settings = SETTINGS[name]
    return getattr(optimizers, cls)(**settings)


def variables(dtype="float64"):
    return [Variable(w, name=n, dtype=dtype) for n, w in first_weights().items()]


def flat(arrays):
    return np.concatenate([np.asarray(array).reshape(-1) for array in arrays])


@pytest.mark.parametrize("name", SETTINGS)
def test_beside_keras(name):
    optimizer, weights = made(name), variables()
    rtol = 1e-7 if name.startswith(ROUGH) else 1e-13
    for step in range(10):
        optimizer.apply_gradients(zip(gradients(step), weights, strict=True))
        if step == 0:
            np.testing.assert_allclose(flat(weights), GOLDEN[name][0], rtol, rtol)
    np.testing.assert_allclose(flat(weights), GOLDEN[name][1], rtol, rtol)


class Reference:
    """The steps by kernels of the reference, one weight after the other."""

    def __init__(self, optimizer, weights):
        self.optimizer, self.weights = optimizer, weights
        self.slots = [
            {name: self._first(name, weight) for name in optimizer.slots if name}
            for weight in weights
        ]
        self.product = 1.0
        self.step = 0

    def _first(self, name, weight):
        value = self.optimizer.first_value(name, Variable(weight, dtype="float64"))
        return np.broadcast_to(value, weight.shape).astype("float64")

    def take(self, grads):
        self.step += 1
        optimizer = self.optimizer
        if optimizer.before_update:
            self.product *= optimizer.beta_1 * (1 - 0.5 * 0.96**self.step)
        for weight, slots, grad in zip(self.weights, self.slots, grads, strict=True):
            if optimizer.weight_decay:
                KERNELS["weight_decay"](
                    weight.reshape(-1), optimizer.learning_rate.value,
                    optimizer.weight_decay,
                )  # fmt: skip
            arrays = [None if n is None else slots[n] for n in optimizer.slots]
            flat_arrays = [
                a if a is None else a.reshape(-1) for a in (weight, *arrays, grad)
            ]
            KERNELS[optimizer.kernel](*flat_arrays, *self._numbers())

    def _numbers(self):
        taken = inspect.signature(KERNELS[self.optimizer.kernel]).parameters
        known = {"step": self.step, "product": self.product}
        names = ["learning_rate", *self.optimizer.hyperparameters]
        for name, value in zip(names, self.optimizer.hyper, strict=True):
            known[name] = value
        numbers = [name for name in taken if NUMBERS.get(name, name) in known]
        return [known[NUMBERS.get(name, name)] for name in numbers]


FLAT = [name for name in SETTINGS if not name.startswith(("adafactor", "muon"))]


@pytest.mark.parametrize("name", FLAT)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_beside_the_reference(name, dtype):
    optimizer, weights = made(name), variables(dtype)
    twin = Reference(made(name), [w.astype("float64") for w in map(np.array, weights)])
    for step in range(10):
        grads = [g.astype(dtype) for g in gradients(step)]
        optimizer.apply_gradients(zip(grads, weights, strict=True))
        twin.take([g.astype("float64") for g in grads])
        if step in (0, 9):
            rtol = 1e-5 if dtype == "float32" else 1e-13
            np.testing.assert_allclose(flat(weights), flat(twin.weights), rtol, rtol)


@pytest.mark.parametrize("name", SETTINGS)
def test_bits_do_not_depend_on_threads(name):
    """A matrix that is large enough for two threads."""
    rng = np.random.default_rng(3)
    first = rng.normal(size=(300, 470)).astype("float32")
    grads = rng.normal(size=(2, 300, 470)).astype("float32")
    results, usual = [], get_num_threads()
    for threads in (1, 2):
        set_num_threads(threads)
        weight, optimizer = Variable(first, name="kernel"), made(name)
        for grad in grads:
            optimizer.apply_gradients([(grad, weight)])
        results.append(weight.numpy().tobytes())
    set_num_threads(usual)
    assert results[0] == results[1]
