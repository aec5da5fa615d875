"""split_dataset."""

import random

import numpy as np
import pytest

from fastnn.utils import set_random_seed, split_dataset

X = np.arange(20).reshape(10, 2)
Y = np.arange(10)


@pytest.mark.parametrize(
    ("sizes", "left", "right"),
    [
        ({"left_size": 0.7}, 7, 3),
        ({"right_size": 0.2}, 8, 2),
        ({"left_size": 4}, 4, 6),
        ({"left_size": 0.5, "right_size": 0.2}, 5, 2),
        ({"left_size": 3, "right_size": 3}, 3, 3),
        ({"left_size": 0.44, "right_size": 5}, 4, 5),
    ],
)
def test_the_first_rows_and_the_last(sizes, left, right):
    first, second = split_dataset(X, **sizes)
    assert np.array_equal(first, X[:left])
    assert np.array_equal(second, X[10 - right :])


@pytest.mark.parametrize("kind", [list, tuple])
def test_several_arrays_stay_together(kind):
    first, second = split_dataset(kind([X, Y]), 0.6, shuffle=True, seed=3)
    assert type(first) is type(second) is kind
    for x, y in (first, second):
        assert np.array_equal(x[:, 0], 2 * y)
    assert sorted([*first[1], *second[1]]) == list(Y)
    assert list(first[1]) != list(Y[:6])


def test_a_seed_gives_one_order_and_leaves_the_generator_of_python_alone():
    before = random.getstate()
    first = split_dataset(Y, 0.5, shuffle=True, seed=3)
    assert np.array_equal(first, split_dataset(Y, 0.5, shuffle=True, seed=3))
    assert not np.array_equal(first, split_dataset(Y, 0.5, shuffle=True, seed=4))
    assert random.getstate() == before


def test_without_a_seed_the_global_one_decides():
    def halves():
        set_random_seed(5)
        return [split_dataset(Y, 0.5, shuffle=True) for _ in range(2)]

    first, second = halves()
    assert not np.array_equal(first, second)
    assert np.array_equal(halves(), [first, second])


@pytest.mark.parametrize(
    ("data", "sizes", "error"),
    [
        ({"x": X}, {"left_size": 0.5}, TypeError),
        (X, {"left_size": "half"}, TypeError),
        (X, {"left_size": True}, TypeError),
        (X, {}, ValueError),
        (X, {"left_size": 0}, ValueError),
        (X, {"left_size": 10}, ValueError),
        (X, {"left_size": 1.0}, ValueError),
        (X, {"right_size": -0.1}, ValueError),
        (X, {"left_size": 6, "right_size": 5}, ValueError),
        (X, {"left_size": 0.7, "right_size": 0.4}, ValueError),
        (X, {"left_size": 0.01}, ValueError),
        ([X, Y[:5]], {"left_size": 0.5}, ValueError),
        ([X, [1] * 10], {"left_size": 0.5}, ValueError),
        ([], {"left_size": 0.5}, ValueError),
        (X, {"left_size": 0.5, "preferred_backend": "torch"}, ValueError),
    ],
)
def test_what_does_not_fit_is_refused(data, sizes, error):
    with pytest.raises(error, match="Received: "):
        split_dataset(data, **sizes)
