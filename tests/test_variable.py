"""Variables: padded storage, assignment, moving."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastnn
from fastnn.dtypes import as_real, standardize_dtype
from fastnn.naming import name_scope
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
        (np.zeros(2, np.int64), "int64"),
        (np.zeros(2, np.uint8), "uint8"),
        ([1, 2], "int32"),
        (True, "bool"),
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


@pytest.mark.parametrize("shape", [(), (3,), (3, 5)])
def test_setting_the_value_assigns(shape):
    variable = Variable(np.ones(shape, np.float32))
    live = variable.value
    variable.value += 1
    assert variable.value is live
    variable.value = np.full(shape, 7)
    assert variable.value is live
    assert (live == 7).all()
    with pytest.raises(ValueError, match=r"shape=\(4, 4\)"):
        variable.value = np.ones((4, 4))


def test_weights_of_a_model_that_are_set_count():
    model = fastnn.Sequential([fastnn.layers.Dense(2, input_dim=3)])
    model.predict(np.ones((1, 3)))
    model.layers[0].kernel.value = np.full((3, 2), 2.0)
    assert model.predict(np.ones((1, 3))).tolist() == [[6, 6]]


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


def test_made_by_an_initializer():
    variable = Variable("ones", (2, 3), "float64", name="w")
    assert np.array_equal(variable.numpy(), np.ones((2, 3)))
    assert variable.dtype == "float64"
    assert variable.ndim == 2
    drawn = Variable(lambda shape, dtype: np.full(shape, 7, dtype), shape=(2,))
    assert drawn.numpy().tolist() == [7, 7]


@pytest.mark.parametrize(
    "arguments",
    [
        {"initializer": "ones"},
        {"initializer": "ones", "shape": (2, None)},
        {"initializer": "ones", "shape": (-1,)},
        {"initializer": np.zeros(3), "shape": (2,)},
        {"initializer": lambda shape, dtype: np.zeros(5), "shape": (2,)},
        {"initializer": 1.0, "name": "a/b"},
        {"initializer": 1.0, "dtype": "complex64"},
        {"initializer": 1.0, "regularizer": 3},
        {"initializer": 1.0, "constraint": 3},
    ],
)
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="Received: "):
        Variable(**arguments)


def test_arithmetic_is_that_of_arrays():
    a, b = np.array([1.0, -2.0], np.float32), np.array([3.0, 0.5], np.float32)
    v, w = Variable(a), Variable(b)
    assert (v + w).tolist() == (a + b).tolist()
    assert (v - b).tolist() == (a - b).tolist()
    assert (a - w).tolist() == (a - b).tolist()
    assert (2 - v).tolist() == (2 - a).tolist()
    assert (v * 2).dtype == np.float32
    assert (v / w).tolist() == (a / b).tolist()
    assert (w // 2).tolist() == (b // 2).tolist()
    assert (v % w).tolist() == (a % b).tolist()
    assert (w**2).tolist() == (b**2).tolist()
    assert (2**w).tolist() == (2**b).tolist()
    assert v @ w == a @ b
    assert (-v).tolist() == (-a).tolist()
    assert abs(v).tolist() == [1, 2]
    assert (v < w).tolist() == [True, True]
    assert (v == a).tolist() == [True, True]
    assert (v != w).tolist() == [True, True]
    assert v[1] == -2
    assert [float(x) for x in v] == [1, -2]
    assert len(v) == 2
    assert float(Variable(2.5)) == 2.5
    assert np.exp(v).tolist() == np.exp(a).tolist()


def test_an_array_made_of_it_is_a_copy():
    v = Variable(np.zeros(2))
    for array in (np.asarray(v), +v, v[:], np.array(v)):
        array[...] = 1
    assert not v.numpy().any()


def test_assign_add_and_sub():
    v = Variable(np.array([1.0, 2.0]))
    before = v.value
    assert v.assign_add([1.0, 1.0]).tolist() == [2, 3]
    v.assign_sub(Variable(np.array([0.5, 0.5])))
    assert v.numpy().tolist() == [1.5, 2.5]
    assert v.value is before
    with pytest.raises(ValueError, match=r"Received: shape=\(2, 2\)"):
        v.assign_add([[1.0], [1.0]])


def test_as_a_condition_it_is_refused():
    with pytest.raises(TypeError, match="Received: <Variable path=flag"):
        bool(Variable(1.0, name="flag"))


def test_is_found_by_identity():
    v = Variable(np.zeros(3))
    assert {v: "here"}[v] == "here"


def test_path_names_the_scopes_around():
    with name_scope("model"), name_scope("dense"):
        assert Variable(0.0, name="kernel").path == "model/dense/kernel"
    assert Variable(0.0, name="alone").path == "alone"


def test_constrain():
    v = Variable(np.array([-1.0, 2.0]), constraint=lambda w: np.maximum(w, 0))
    v.constrain()
    assert v.numpy().tolist() == [0, 2]
