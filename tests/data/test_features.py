"""What a user may pass as x."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fastnn.data import as_features

KEPT = ["float16", "float32", "float64", "int8", "uint8", "int16", "uint16"]
KEPT += ["int32", "int64", "longlong"]


@pytest.mark.parametrize("dtype", KEPT)
def test_contiguous_data_are_not_copied(dtype):
    x = np.ones((3, 4), dtype)
    assert as_features(x, shape=(4,)) is x
    assert np.shares_memory(as_features(x), x)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("bool", "uint8"),
        ("uint32", "float64"),
        ("uint64", "float64"),
        ("longdouble", "float64"),
        (">f4", "float32"),
        (">f2", "float16"),
        (">u2", "uint16"),
        (">i8", "int64"),
    ],
)
def test_other_numbers_are_converted(given, kept):
    x = np.array([[0, 1], [1, 1]], given)
    features = as_features(x)
    assert features.dtype == np.dtype(kept)
    assert features.dtype.isnative
    assert np.array_equal(features, x)


def test_booleans_are_not_copied():
    x = np.array([[True, False]])
    assert np.shares_memory(as_features(x), x)


def test_largest_short_integers_stay_exact():
    x = np.array([[2**16 - 1, 2**16 - 2]], np.uint16)
    assert np.array_equal(as_features(x), x)
    x = np.array([[2**32 - 1, 2**32 - 2]], np.uint32)
    assert np.array_equal(as_features(x), x)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "reversed rows": lambda x: x[::-1],
    "reversed columns": lambda x: x[:, ::-1],
    "every second row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "some columns": lambda x: np.hstack((x, x))[:, : x.shape[1]],
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
    "list": lambda x: x.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_becomes_contiguous(layout, rng):
    x = LAYOUTS[layout](rng.random((6, 4)).astype(np.float32))
    features = as_features(x, shape=(4,))
    assert features.flags.c_contiguous and features.flags.aligned
    assert np.array_equal(features, np.asarray(x))


def test_read_only_data_are_not_copied():
    x = np.ones((3, 4), np.float32)
    x.setflags(write=False)
    assert as_features(x) is x


def test_unaligned_data_are_copied():
    buffer = np.zeros(1 + 4 * 6, np.uint8)
    x = buffer[1:].view(np.float32).reshape(2, 3)
    assert as_features(x).flags.aligned


@given(
    arrays.arrays(
        st.sampled_from(["f4", "f8", "i4", "u1", "?", "i2"]),
        arrays.array_shapes(min_dims=2, max_dims=4, max_side=5),
        elements={"allow_nan": False, "min_value": 0, "max_value": 1},
    ),
    st.data(),
)
def test_values_and_shape_survive_any_view(x, data):
    view = x.transpose(data.draw(st.permutations(range(x.ndim))))
    step = data.draw(st.sampled_from([1, 2, -1]))
    view = view[::step]
    features = as_features(view, shape=view.shape[1:])
    assert features.flags.c_contiguous and features.flags.aligned
    assert np.array_equal(features, view)


@pytest.mark.parametrize(
    ("x", "what"),
    [
        (None, "None"),
        ([["a", "b"]], "strings"),
        (np.array([[b"a"]]), "bytes"),
        (np.array([[1, None]], object), "Python objects"),
        (np.array([[1j]]), "complex"),
        (np.array([["2020-01-01"]], "M8[D]"), "dates"),
        (np.array([[1]], "m8[s]"), "time"),
        (np.zeros((1,), [("a", "f4")]), "records"),
        ("text", "strings"),
    ],
)
def test_what_is_no_number_is_refused(x, what):
    with pytest.raises(TypeError, match=rf"`x` is expected .*Received: .*{what}"):
        as_features(x)


def test_ragged_rows_are_refused():
    with pytest.raises(ValueError, match=r"rectangular"):
        as_features([[1, 2], [3]])


def test_masked_entries_are_refused():
    x = np.ma.array([[1.0, 2.0]], mask=[[True, False]])
    with pytest.raises(ValueError, match=r"1 masked entries"):
        as_features(x)
    assert as_features(np.ma.array([[1.0, 2.0]])).tolist() == [[1, 2]]


def test_sparse_matrices_are_refused():
    class CSR:
        nnz = 1

        def toarray(self): ...

    with pytest.raises(TypeError, match=r"x\.toarray\(\)"):
        as_features(CSR())


def test_the_message_names_layer_expected_and_received():
    with pytest.raises(ValueError) as error:
        as_features(np.zeros((3, 4)), shape=(20,), layer="dense_7", name="x_val")
    for part in ("dense_7", "`x_val`", "(rows, 20)", "(3, 4)"):
        assert part in str(error.value)


def test_one_sample_without_rows_gets_a_hint():
    with pytest.raises(ValueError, match=r"x\[np.newaxis\]"):
        as_features(np.zeros(4), shape=(4,))


def test_one_column_may_come_without_its_axis():
    assert as_features(np.zeros(5), shape=(1,)).shape == (5, 1)


def test_a_free_axis_takes_any_size():
    x = np.zeros((2, 3, 4))
    assert as_features(x, shape=(None, 4)) is x
    with pytest.raises(ValueError, match=r"\(rows, any, 5\)"):
        as_features(x, shape=(None, 5))


@pytest.mark.parametrize("rank", [0, 2, 3])
def test_the_wrong_rank_is_refused(rank):
    with pytest.raises(ValueError, match=r"Received"):
        as_features(np.zeros((2,) * rank), shape=(2, 2, 2))


def test_no_rows_are_refused_unless_allowed():
    x = np.zeros((0, 4), np.float32)
    with pytest.raises(ValueError, match=r"at least one row .* \(0, 4\)"):
        as_features(x, shape=(4,))
    assert as_features(x, shape=(4,), allow_empty=True).shape == (0, 4)
    with pytest.raises(ValueError, match=r"one value per row"):
        as_features(np.zeros((3, 0)), allow_empty=True)


class TestDataFrames:
    @pytest.fixture
    def pandas(self):
        return pytest.importorskip("pandas")

    def test_numbers_and_booleans_together(self, pandas):
        table = pandas.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "c": [True, False]})
        assert as_features(table, shape=(3,)).tolist() == [[1, 0.5, 1], [2, 1.5, 0]]

    def test_a_column_of_strings_is_named(self, pandas):
        table = pandas.DataFrame({"speed": [1, 2], "Type": ["L", "M"]})
        with pytest.raises(TypeError, match=r"column 'Type'"):
            as_features(table)

    def test_a_series_is_one_column(self, pandas):
        assert as_features(pandas.Series([1.0, 2.0]), shape=(1,)).shape == (2, 1)
