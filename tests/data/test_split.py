"""The split for validation."""

import numpy as np
import pytest

from fastnn.data import Arrays, split


@pytest.fixture
def arrays():
    x = np.arange(20).reshape(10, 2)
    return Arrays(x, np.arange(10), np.ones(10), 10)


@pytest.mark.parametrize(
    ("part", "kept"), [(0.2, 8), (0.25, 7), (0.99, 0), (0.01, 9), (0.3, 7)]
)
def test_the_last_rows_are_set_aside(arrays, part, kept):
    if not kept:
        with pytest.raises(ValueError, match=r"10 rows"):
            split(arrays, part)
        return
    train, validation = split(arrays, part)
    assert (train.rows, validation.rows) == (kept, 10 - kept)
    assert train.y.tolist() == list(range(kept))
    assert validation.y.tolist() == list(range(kept, 10))
    assert len(train.x) == len(train.weight) == kept


def test_nothing_is_copied(arrays):
    train, validation = split(arrays, 0.5)
    assert np.shares_memory(train.x, arrays.x)
    assert np.shares_memory(validation.weight, arrays.weight)


def test_what_is_missing_stays_missing(arrays):
    train, _ = split(Arrays(arrays.x, None, None, 10), 0.5)
    assert train.y is None
    assert train.weight is None


@pytest.mark.parametrize("part", [0, 1, -0.5, 1.5, np.nan, "0.2", None])
def test_splits_outside_0_1_are_refused(arrays, part):
    with pytest.raises(ValueError, match=r"Received: validation_split="):
        split(arrays, part)
