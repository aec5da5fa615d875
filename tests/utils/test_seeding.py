"""set_random_seed."""

import random as python_random

import numpy as np
import pytest

from fastnn import random
from fastnn.utils import set_random_seed


@pytest.fixture(autouse=True)
def unseeded():
    yield
    random.set_seed(None)


def draw():
    return python_random.random(), np.random.random(), random.next_seed()


def test_it_seeds_python_numpy_and_fastnn():
    set_random_seed(4)
    first = draw()
    second = draw()
    set_random_seed(4)
    assert draw() == first
    set_random_seed(5)
    other = draw()
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_it_takes_numpy_integers():
    set_random_seed(np.int32(4))
    first = draw()
    set_random_seed(4)
    assert draw() == first


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", None])
def test_anything_else_is_refused(seed):
    with pytest.raises(ValueError, match=r"`seed` is expected .* Received: seed="):
        set_random_seed(seed)
