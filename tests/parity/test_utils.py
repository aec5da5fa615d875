"""fastnn.utils."""

import re

import numpy as np
import pytest

from parity.harness import both, raise_alike

X = np.random.default_rng(3).normal(size=(4, 3)).astype("float32")
SEQUENCES = [[1], [2, 3], [4, 5, 6], []]


@pytest.mark.parametrize("order", [1, 2, np.inf, 3])
@pytest.mark.parametrize("axis", [-1, 1])
def test_normalize(axis, order):
    both(lambda k: k.utils.normalize(X, axis, order))


@pytest.mark.parametrize("axis", [0, -2])
def test_normalize_along_another_axis(axis):
    """Of a NumPy array Keras then takes the last axis; of a tensor it does not."""

    def normalized(k):
        x = k.ops.convert_to_tensor(X) if hasattr(k, "ops") else X
        return k.utils.normalize(x, axis)

    both(normalized)


@pytest.mark.parametrize("classes", [None, 5])
@pytest.mark.parametrize(
    "labels", [[0, 2, 1], [[0], [3]], [[0, 1], [2, 3]], np.array([1.0, 0.0])]
)
def test_to_categorical(labels, classes):
    both(lambda k: k.utils.to_categorical(labels, classes))


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 5])
def test_pad_sequences(maxlen, truncating, padding):
    def padded(k):
        return k.utils.pad_sequences(
            SEQUENCES, maxlen, "float32", padding, truncating, value=-1.5
        )

    assert both(padded).dtype == np.float32


def test_pad_sequences_of_vectors_and_of_words():
    both(lambda k: k.utils.pad_sequences([X, X[:2]], dtype="float64"))
    words = [["a"], ["bb", "c"]]
    both(lambda k: k.utils.pad_sequences(words, dtype=object, value="-").tolist())


@pytest.mark.parametrize(
    "wrong",
    [
        {"padding": "left"},
        {"truncating": "left"},
        {"value": "x"},
        {"sequences": [1, 2]},
        {"sequences": 1},
        {"sequences": [X, X[:, :2]]},
    ],
)
def test_what_cannot_be_padded(wrong):
    raise_alike(lambda k: k.utils.pad_sequences(**{"sequences": SEQUENCES, **wrong}))


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"left_size": "half"},
        {"left_size": 0.0, "right_size": 0.5},
        {"left_size": 4},
        {"left_size": 1.5},
        {"right_size": -2},
        {"left_size": 0.6, "right_size": 0.6},
        {"left_size": 3, "right_size": 3},
        {"left_size": 0.01},
    ],
)
def test_what_cannot_be_split(sizes):
    raise_alike(lambda k: k.utils.split_dataset([X, X], **sizes))


@pytest.mark.parametrize("data", [{"x": X}, [X, X[:2]], [[1, 2]], []])
def test_what_is_no_data_set(data):
    raise_alike(lambda k: k.utils.split_dataset(data, left_size=0.5))


@pytest.mark.parametrize("lists", [{}, {"stateful_metrics": ["a"]}])
def test_the_line_of_a_progbar(lists, capsys):
    def line(k):
        bar = k.utils.Progbar(12, verbose=2, unit_name="batch", **lists)
        for step in range(1, 12):
            bar.update(step, [("a", step), ("b", 1 / step)])
        bar.add(1, [("a", 7.0), ("b", 3e-5)])
        return re.sub(r"\d+[mu]?s", "time", capsys.readouterr().out)

    assert "a: 7.0000 - b: 3.0000e-05" in both(line)


def test_a_progbar_of_two_minds():
    raise_alike(lambda k: k.utils.Progbar(3, stateful_metrics=[], stateless_metrics=[]))


def test_names_after_clear_session():
    def names(k):
        k.utils.clear_session()
        made = [k.layers.Dense(2).name, k.layers.Dense(2).name, k.Sequential().name]
        k.utils.clear_session(free_memory=False)
        return [*made, k.layers.Dense(2).name]

    assert both(names) == ["dense", "dense_1", "sequential", "dense"]


@pytest.mark.parametrize("data", [X, (X,), (X, X), [X, X], (X, X, X)])
def test_the_parts_of_a_batch(data):
    unpacked = both(lambda k: k.utils.unpack_x_y_sample_weight(data))
    both(lambda k: k.utils.pack_x_y_sample_weight(*unpacked))


def test_a_batch_of_too_many_parts():
    raise_alike(lambda k: k.utils.unpack_x_y_sample_weight((X,) * 4))


@pytest.mark.parametrize("dtype", [None, "float64", np.float32, "int32", "bool"])
def test_standardize_dtype(dtype):
    both(lambda k: k.utils.standardize_dtype(dtype))


def test_what_is_no_dtype():
    raise_alike(lambda k: k.utils.standardize_dtype("float13"))


@pytest.mark.parametrize("wrong", ["x", -1.5])
def test_what_is_no_seed(wrong):
    raise_alike(lambda k: k.utils.set_random_seed(wrong))
