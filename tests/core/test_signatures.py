"""The compiled kernels and the reference are the same list of functions."""

import inspect

import numpy as np
import pytest
from cases import CASES, Shape
from reference import KERNELS
from tolerances import TOLERANCES

from fastnn._core.doors import Doors


def argument_names(function):
    return list(inspect.signature(function).parameters)


def test_no_kernel_without_reference_and_no_reference_without_kernel():
    doors = {
        name
        for name, value in inspect.getmembers(Doors, callable)
        if not name.startswith("_")
    }
    assert doors == set(KERNELS)


def test_every_kernel_has_cases_and_a_tolerance():
    assert {case.kernel for case in CASES} == set(KERNELS)
    assert set(TOLERANCES) == set(KERNELS)


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_same_name_and_arguments_in_the_same_order(kernels, name):
    kernel = getattr(kernels, name)
    assert kernel.__name__ == name
    assert argument_names(kernel) == argument_names(KERNELS[name])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases_give_the_arguments_in_order(case, rng):
    given = case.arguments(rng, Shape(2, 2, 2), np.dtype("float64"))
    assert list(given) == argument_names(KERNELS[case.kernel])
    assert set(case.outputs) <= set(given)
