"""pad_sequences."""

import numpy as np
import pytest

from fastnn.utils import pad_sequences

SEQUENCES = [[1], [2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
        ({"padding": "post", "value": -1}, [[1, -1, -1], [2, 3, -1], [4, 5, 6]]),
        ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [2, 3], [4, 5]]),
        ({"maxlen": 4, "padding": "post"}, [[1, 0, 0, 0], [2, 3, 0, 0], [4, 5, 6, 0]]),
    ],
)
def test_rows_of_one_length(arguments, expected):
    padded = pad_sequences(SEQUENCES, **arguments)
    assert padded.dtype == np.int32
    assert padded.tolist() == expected


def test_entries_may_have_axes():
    padded = pad_sequences([np.ones((2, 3)), np.ones((1, 3))], dtype="float32")
    assert padded.shape == (2, 2, 3)
    assert padded[1].tolist() == [[0, 0, 0], [1, 1, 1]]


def test_words():
    padded = pad_sequences([["a"], ["bb", "c"]], dtype=object, value="")
    assert padded.tolist() == [["", "a"], ["bb", "c"]]


def test_empty_sequences():
    assert pad_sequences([[], [1]]).tolist() == [[0], [1]]
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[1, 2]], maxlen=0).shape == (1, 0)


@pytest.mark.parametrize(
    ("sequences", "arguments"),
    [
        (3, {}),
        ([1, 2], {}),
        (SEQUENCES, {"padding": "left"}),
        (SEQUENCES, {"truncating": "left"}),
        (SEQUENCES, {"value": "x"}),
        (SEQUENCES, {"maxlen": -1}),
        ([np.ones((2, 3)), np.ones((2, 4))], {}),
    ],
)
def test_what_does_not_fit_is_refused(sequences, arguments):
    with pytest.raises(ValueError, match="Received: "):
        pad_sequences(sequences, **arguments)
