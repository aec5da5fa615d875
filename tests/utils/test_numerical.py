"""normalize and to_categorical."""

import numpy as np
import pytest

from fastnn.utils import normalize, to_categorical


def test_one_hot_rows():
    expected = [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    one_hot = to_categorical([0, 2, 1])
    assert one_hot.dtype == np.float64
    assert one_hot.tolist() == expected


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,)])
def test_shape_is_that_of_the_labels_and_the_classes(shape):
    one_hot = to_categorical(np.full(shape, 3), num_classes=7)
    assert one_hot.shape == (*shape, 7)
    assert np.array_equal(one_hot[..., 3], np.ones(shape))
    assert one_hot.sum() == np.prod(shape)


def test_a_last_axis_of_one_is_dropped():
    labels = np.array([[1], [0]])
    assert np.array_equal(to_categorical(labels), to_categorical(labels[:, 0]))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_labels_of_any_number_type(dtype):
    assert to_categorical(np.array([1, 0], dtype), 2).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("labels", "classes"), [([0, 3], 3), ([-1, 0], 3), ([0.5], 3), ([np.nan], 3)]
)
def test_impossible_labels_are_refused(labels, classes):
    with pytest.raises(ValueError, match=r"expected .* Received: x"):
        to_categorical(np.array(labels), classes)


@pytest.mark.parametrize("label", [2.0**63, 1e300, np.uint64(2**63 + 1)])
def test_labels_that_are_too_large_are_named(label):
    with pytest.raises(ValueError, match=r"Received: x from (9|1e\+300)"):
        to_categorical(np.array([label]))


def test_labels_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match=r"expected to be numbers. Received"):
        to_categorical(["cat", "dog"])


def test_no_labels_need_the_number_of_classes():
    with pytest.raises(ValueError, match=r"num_classes"):
        to_categorical([])


@pytest.mark.parametrize("classes", [0, -2])
def test_the_number_of_classes_is_positive(classes):
    with pytest.raises(ValueError, match=r"positive. Received"):
        to_categorical([], classes)


@pytest.mark.parametrize("order", [1, 2, np.inf])
@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_rows_of_norm_one(axis, order):
    x = np.random.default_rng(3).normal(size=(4, 3))
    normed = normalize(x, axis, order)
    norm = np.linalg.norm(x.reshape(-1) if axis is None else x, order, axis)
    where = () if axis is None else axis
    np.testing.assert_allclose(normed, x / np.expand_dims(norm, where), rtol=1e-15)


def test_zeros_stay_zeros():
    assert normalize([[0.0, 0.0], [3.0, 4.0]]).tolist() == [[0, 0], [0.6, 0.8]]


def test_the_norm_of_words_is_refused():
    with pytest.raises(TypeError, match="Received"):
        normalize(["a"])
