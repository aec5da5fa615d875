"""Update rules where a formula that is right on paper can go wrong."""

import numpy as np
import pytest
from cases import CASES, Shape
from reference import KERNELS

UPDATES = [case for case in CASES if case.kernel.endswith("_update")]
# Those that move weights to where their slots say.
MOVING = ("average_update", "ftrl_update", "muon_update", "schedule_free_update")
STILL = [case for case in UPDATES if case.kernel not in MOVING]


@pytest.mark.parametrize("case", STILL, ids=str)
def test_nothing_happens_without_gradient(kernels, case, dtype):
    arguments = case.arguments(np.random.default_rng(0), Shape(40, 1, 1), dtype)
    for name in (*case.outputs[1:], "grad"):
        if arguments[name] is not None:
            arguments[name][...] = 0
    before = arguments["weight"].copy()
    getattr(kernels, case.kernel)(*arguments.values())
    np.testing.assert_array_equal(arguments["weight"], before)


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_centered_rmsprop_survives_a_gradient_that_never_changes(kernels, dtype, rho):
    """The variance is then a difference of equal numbers, each one rounded."""
    grad = np.geomspace(1e-4, 1e4, 501).astype(dtype)
    weight, velocity, average = np.zeros((3, 501), dtype)
    for _ in range(200):
        arguments = weight, velocity, None, average, grad, 1e-3, rho, 0.0, 1e-7
        kernels.rmsprop_update(*arguments)
    assert np.isfinite(weight).all()


@pytest.mark.parametrize("kernel", ["adam_update", "adam_amsgrad_update"])
def test_bias_correction_over_many_steps(kernels, dtype, kernel):
    """From the first step, where 1 - beta ** step cancels, to where it is one."""
    for step in (1, 2, 10, 1000, 10**6, 10**9):
        slots = [np.full(3, 0.25, dtype) for _ in range(2 + ("amsgrad" in kernel))]
        weight, expected = np.zeros(3, dtype), np.zeros(3, dtype)
        grad = np.full(3, 0.5, dtype)
        scalars = 0.01, 0.9, 0.999, 1e-7, step
        getattr(kernels, kernel)(weight, *(s.copy() for s in slots), grad, *scalars)
        KERNELS[kernel](expected, *(s.copy() for s in slots), grad, *scalars)
        np.testing.assert_allclose(weight, expected, rtol=8 * np.finfo(dtype).eps)


def test_rmsprop_keeps_the_order_of_its_optional_slots(kernels, dtype):
    """A momentum slot alone and an average alone are told apart."""
    ones = np.ones(3, dtype)
    weight, velocity, slot = np.zeros((3, 3), dtype)
    kernels.rmsprop_update(weight, velocity, slot, None, ones, 0.1, 0.9, 0.5, 0.0)
    np.testing.assert_allclose(slot, 0.1 / np.sqrt(0.1), rtol=1e-6)
    weight, velocity, average = np.zeros((3, 3), dtype)
    kernels.rmsprop_update(weight, velocity, None, average, ones, 0.1, 0.9, 0.0, 0.0)
    np.testing.assert_allclose(average, 0.1, rtol=1e-6)
    np.testing.assert_allclose(weight, -0.1 / np.sqrt(0.1 - 0.01), rtol=1e-6)
