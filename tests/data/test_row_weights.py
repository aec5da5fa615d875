"""Weights of rows and of classes."""

import numpy as np
import pytest

from fastnn.data import as_sample_weight, class_weights_to_rows


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_sample_weights(dtype, shape):
    weight = as_sample_weight(np.array([1, 0, -2]).reshape(shape), 3, dtype)
    assert weight.dtype == dtype
    assert weight.tolist() == [1, 0, -2]


def test_sample_weights_of_the_right_dtype_are_not_copied():
    weight = np.ones(3, np.float32)
    assert as_sample_weight(weight, 3) is weight


@pytest.mark.parametrize("weight", [np.ones(2), np.ones((3, 2)), 1.0])
def test_sample_weights_of_another_shape_are_refused(weight):
    with pytest.raises(ValueError, match=r"shape \(3,\). Received: shape"):
        as_sample_weight(weight, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_sample_weights_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match=rf"finite. Received: {value} in row 1"):
        as_sample_weight([1, value, 1], 3)


TARGETS = {
    "labels": np.array([0, 2, 1], np.int32),
    "column": np.array([[0.0], [2.0], [1.0]]),
    "one-hot": np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]], np.uint8),
    "smoothed": np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.1, 0.8, 0.1]]),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_class_weights_are_looked_up(kind):
    weight = class_weights_to_rows({0: 2, 2: 0.5}, TARGETS[kind])
    assert weight.dtype == np.float32
    assert weight.tolist() == [2, 0.5, 1]


def test_class_weights_in_double_precision():
    weight = class_weights_to_rows({0: 0.1}, TARGETS["labels"], dtype="float64")
    assert weight.tolist() == [0.1, 1, 1]


@pytest.mark.parametrize("table", [[1, 2], 3.0, {"a": 1}, {0: "x"}, {0.5: 1}])
def test_tables_of_another_type_are_refused(table):
    with pytest.raises(TypeError, match=r"`class_weight` is expected .*Received"):
        class_weights_to_rows(table, TARGETS["labels"])


@pytest.mark.parametrize(
    ("table", "classes"), [({0: np.nan}, None), ({-1: 1}, None), ({3: 1}, 3)]
)
def test_impossible_entries_are_refused(table, classes):
    with pytest.raises(ValueError, match=r"`class_weight` is expected .*Received"):
        class_weights_to_rows(table, TARGETS["labels"], classes)


@pytest.mark.parametrize(
    "y",
    [
        np.array([[1, 1, 0]]),
        np.array([0.5, 1.2]),
        np.array([np.nan]),
        np.zeros((2, 2, 2)),
    ],
)
def test_targets_without_one_class_per_row_are_refused(y):
    with pytest.raises(ValueError, match=r"Received: y .*use `sample_weight`"):
        class_weights_to_rows({0: 1}, y)
