"""Variables: padded storage, assignment, moving."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastnn.dtypes import as_real, standardize_dtype
from fastnn.variable import LINE, Variable, padded_width, padded_zeros

DTYPES = ["float32", "float64"]
SHAPES = [
    (),
    (1,),
    (7,),
    (16,),
    (3, 1),
    (3, 17),
    (2, 3, 5),
    (4, 256),
    (4, 1000),
    (0, 5),
]


@given(n=st.integers(1, 5000), itemsize=st.sampled_from([4, 8]))
def test_padded_rows_are_whole_lines_and_do_not_alias(n, itemsize):
    size = padded_width(n, itemsize) * itemsize
    assert size % LINE == 0
    assert 0 <= size - n * itemsize < 2 * LINE
    assert size < 1024 or size % 512 != 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_padded_zeros(shape, dtype):
    array = padded_zeros(shape, dtype)
    assert array.shape == shape
    assert array.dtype == dtype
    assert array.size == 0 or array.ctypes.data % LINE == 0
    assert not array.any()
    if len(shape) > 1 and array.size:
        assert array.strides[-2] == padded_width(shape[-1], array.itemsize) * (
            array.itemsize
        )


def test_padding_stays_zero():
    variable = Variable(np.ones((3, 5)), name="kernel")
    variable.assign(np.full((3, 5), 2.0))
    width = padded_width(5, variable.value.itemsize)
    rows = np.lib.stride_tricks.as_strided(
        variable.value, (3, width), variable.value.strides
    )
    assert not rows[:, 5:].any()


@pytest.mark.parametrize("shape", SHAPES)
def test_value_is_live_and_numpy_is_a_copy(shape):
    variable = Variable(np.zeros(shape), name="w")
    copied = variable.numpy()
    variable.value[...] = 1
    assert not copied.any()
    assert np.array_equal(variable.numpy(), np.ones(shape))
    assert copied.flags.c_contiguous


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (np.zeros(2, np.float64), "float64"),
        (np.zeros(2, np.float32), "float32"),
        (np.zeros(2, np.int64), "float32"),
        ([1.0, 2.0], "float32"),
        (1.0, "float32"),
    ],
)
def test_dtype_follows_the_array(value, dtype):
    assert Variable(value, name="w").dtype == dtype


def test_assign_refuses_another_shape_and_keeps_the_value():
    variable = Variable([1.0, 2.0], name="bias")
    with pytest.raises(ValueError, match=r"bias.*Received: shape=\(3,\)"):
        variable.assign([1, 2, 3])
    with pytest.raises(TypeError, match="bias"):
        variable.assign(["1", "2"])
    assert variable.numpy().tolist() == [1, 2]


def test_move_to_adopts_the_view():
    arena = np.zeros((4, 16), np.float32)
    variable = Variable(np.arange(12.0, dtype=np.float32).reshape(3, 4), name="w")
    variable.move_to(arena[1:, :4])
    assert np.array_equal(arena[1:, :4], np.arange(12).reshape(3, 4))
    variable.assign(np.ones((3, 4)))
    assert arena.sum() == 12


@pytest.mark.parametrize("view", [np.zeros((2, 3)), np.zeros((3, 2), np.float32)])
def test_move_to_refuses_what_does_not_fit(view):
    variable = Variable(np.ones((2, 3), np.float32), name="w")
    with pytest.raises(ValueError, match="Received: shape="):
        variable.move_to(view)
    assert np.array_equal(variable, np.ones((2, 3)))


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_copies_own_their_storage(duplicate):
    arena = np.zeros((2, 16))
    variable = Variable(np.ones((2, 3)), name="w", trainable=False)
    variable.move_to(arena[:, :3])
    variable.arena = object()
    other = (
        duplicate(variable) if duplicate is not copy.deepcopy else copy.copy(variable)
    )
    other.assign(np.zeros((2, 3)))
    assert np.array_equal(variable, np.ones((2, 3)))
    assert other.value.ctypes.data % LINE == 0
    assert (other.name, other.trainable, other.arena) == ("w", False, None)


def test_array_protocol():
    variable = Variable(np.ones((2, 3)), name="w")
    assert np.asarray(variable, dtype=np.float32).dtype == np.float32
    assert (np.asarray(variable) * 2).sum() == 12


@pytest.mark.parametrize("wrong", ["int32", "float16", "nothing", object()])
def test_only_two_dtypes(wrong):
    with pytest.raises(ValueError, match=r"float32.*Received: dtype="):
        standardize_dtype(wrong)


@pytest.mark.parametrize("wrong", [["a"], [None], [1j], np.array(["2020"], "M8[D]")])
def test_only_real_numbers(wrong):
    with pytest.raises(TypeError, match="Expected values to hold real numbers"):
        as_real(wrong, name="values")


def test_as_real_does_not_copy_what_fits():
    array = np.ones((2, 3), np.float32)
    assert as_real(array) is array
    assert as_real(array.T).flags.c_contiguous
