"""What a user may pass as y."""

import numpy as np
import pytest

from fastnn.data import as_targets


def test_values_are_not_copied():
    y = np.ones((3, 2), np.float32)
    assert as_targets(y, 3, (2,)) is y


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool"])
def test_values_of_any_number_type(dtype):
    y = np.array([[0, 1], [1, 0]], dtype)
    assert np.array_equal(as_targets(y, 2, (2,)), y)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_one_output_takes_a_plain_column(shape):
    assert as_targets(np.zeros(shape), 4, (1,)).shape == (4, 1)


def test_values_of_higher_rank():
    assert as_targets(np.zeros((4, 3, 2)), 4, (3, 2)).shape == (4, 3, 2)
    assert as_targets(np.zeros((4, 3)), 4, (3, 1)).shape == (4, 3, 1)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_labels_become_int32(dtype, shape):
    y = np.array([0, 2, 1], dtype).reshape(shape)
    labels = as_targets(y, 3, (3,), "labels")
    assert labels.dtype == np.int32
    assert labels.flags.c_contiguous
    assert labels.tolist() == [0, 2, 1]


def test_labels_of_sequences():
    y = np.array([[0, 1], [2, 2]])
    assert as_targets(y, 2, (2, 3), "labels").shape == (2, 2)
    assert as_targets(y[..., np.newaxis], 2, (2, 3), "labels").shape == (2, 2)


@pytest.mark.parametrize("target", ["labels", "identities"])
def test_labels_are_the_ones_that_were_checked(target):
    y = np.array([0, 1], np.int32)
    labels = as_targets(y, 2, (2,), target)
    y[:] = 10**9
    assert labels.tolist() == [0, 1]


@pytest.mark.parametrize("target", ["values", "labels"])
@pytest.mark.parametrize("y", [np.zeros(4), np.zeros((4, 3)), np.float64(1)])
def test_rows_that_differ_from_x_are_refused(target, y):
    with pytest.raises(ValueError, match=r"same number of rows. Received: x with 5"):
        as_targets(y, 5, (3,), target)


@pytest.mark.parametrize(
    ("y", "received"),
    [
        ([0, 3, 1], "3"),
        ([0, -1, 1], "-1"),
        ([0, 2**40, 1], str(2**40)),
        ([0.0, np.nan, 1.0], "NaN in row 1"),
        ([0.0, np.inf, 1.0], "inf"),
        ([0.0, 0.5, 1.0], "0.5 in row 1"),
    ],
)
def test_impossible_labels_are_refused(y, received):
    with pytest.raises(ValueError, match=rf"dense_3.*0 to 2.*Received: .*{received}"):
        as_targets(y, 3, (3,), "labels", layer="dense_3")


def test_one_hot_rows_given_as_labels_name_the_right_loss():
    with pytest.raises(ValueError, match=r"loss='categorical_crossentropy'"):
        as_targets(np.eye(3), 3, (3,), "labels")


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_labels_given_as_one_hot_rows_name_the_right_loss(shape):
    with pytest.raises(ValueError, match=r"loss='sparse_categorical_crossentropy'"):
        as_targets(np.zeros(shape, int), 3, (10,))


@pytest.mark.parametrize("shape", [(3, 4), (3, 10, 1), (3, 2, 5)])
def test_values_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"dense_1.*\(3, 10\). Received: shape"):
        as_targets(np.zeros(shape), 3, (10,), layer="dense_1")


def test_targets_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match=r"`y` is expected to hold numbers"):
        as_targets(np.array(["cat", "dog"]), 2, (2,), "labels")


def test_an_unknown_kind_of_target_is_refused():
    with pytest.raises(ValueError, match=r"'labels' or 'identities'. Received: 'x'"):
        as_targets([0], 1, (1,), "x")


@pytest.mark.parametrize(
    ("target", "ignored"), [("labels", 2**40), ("identities", None)]
)
def test_labels_that_do_not_fit_are_not_taken_for_others(target, ignored):
    y = np.array([0, 1, 2**40])
    with pytest.raises(ValueError, match=r"32 bits.* 1099511627776 in row 2"):
        as_targets(y, 3, (3,), target, ignored=ignored)
