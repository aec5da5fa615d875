"""Regularizers against the reference."""

import math

import numpy as np
import pytest
from reference import KERNELS
from tolerances import assert_close

from fastnn import regularizers
from fastnn.variable import Variable

CASES = [
    (regularizers.L1(0.3), 0.3, 0.0),
    (regularizers.L2(0.2), 0.0, 0.2),
    (regularizers.L1L2(0.1, 0.4), 0.1, 0.4),
    (regularizers.L1L2(), 0.0, 0.0),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("regularizer", "l1", "l2"), CASES)
def test_penalty_against_the_reference(regularizer, l1, l2, dtype, rng):
    weight = rng.normal(size=(7, 19)).astype(dtype)
    expected = KERNELS["l1_l2_value"](weight.reshape(-1), l1, l2)
    assert_close("l1_l2_value", dtype, regularizer(weight), expected)
    padded = Variable(weight, name="w").value
    assert_close("l1_l2_value", dtype, regularizer(padded), expected)
    assert (regularizer.l1, regularizer.l2) == (l1, l2)


def test_penalty_by_hand():
    assert regularizers.L1L2(0.5, 0.25)([[1, -2], [0, 3]]) == 0.5 * 6 + 0.25 * 14
    assert isinstance(regularizers.L1()([1.0]), float)


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "0.1", np.ones(2)])
@pytest.mark.parametrize("cls", [regularizers.L1, regularizers.L2, regularizers.L1L2])
def test_factors_are_non_negative_numbers(cls, value):
    with pytest.raises(ValueError, match="Received: l"):
        cls(value)


def test_none_is_the_default():
    assert regularizers.L1(None).l1 == 0.01
    assert regularizers.L2(None).l2 == 0.01
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}


@pytest.mark.parametrize("name", ["l1", "L1", "l2", "L2", "l1l2", "L1L2", "l1_l2"])
def test_names(name):
    assert isinstance(regularizers.get(name), regularizers.Regularizer)


def test_a_function_is_refused_since_it_has_no_gradient():
    with pytest.raises(ValueError, match="L1, L2 or L1L2"):
        regularizers.get(np.sum)
