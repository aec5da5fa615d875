"""Rows read from every type that data may come in, exactly."""

import numpy as np
import pytest

from fastnn._core import engine

VALUES = {
    "float16": np.arange(2**16, dtype=np.uint16).view(np.float16),
    "int8": np.arange(-(2**7), 2**7).astype(np.int8),
    "uint8": np.arange(2**8).astype(np.uint8),
    "int16": np.arange(-(2**15), 2**15).astype(np.int16),
    "uint16": np.arange(2**16).astype(np.uint16),
    "int32": np.array([-(2**31), 2**31 - 1, 0, 1, -1, 16_777_217, 99, -5], np.int32),
    "int64": np.array([-(2**63), 2**63 - 1, 0, 2**53 + 1, -1, 7, 99, -5]),
    "float32": np.array([np.inf, -np.inf, np.nan, -0.0, 1e38, 1.5, 0, 3], np.float32),
    "float64": np.array([np.inf, -np.inf, np.nan, -0.0, 1e300, 1.5, 1 / 3, 3]),
}


def gathered(kernels, dtype, x, order=None):
    """(rows, width) of `dtype`, by the operation, a few rows at a time"""
    rows, width = x.shape
    out = np.full((rows, width + 1), 7, dtype)
    here = out.ctypes.data
    spec = (kernels.operations(dtype)["gather"], (here,), (0, 1, width, width + 1), ())
    program = engine.Program([(*spec, 0, 0, 0, 1, 0)], rows, out)
    program.bind(x)
    program.run(rows, rows, 0, 1, order=order)
    assert (out[:, width] == 7).all()
    return out[:, :width]


def test_the_table_is_complete():
    assert set(VALUES) == set(engine.SOURCE_TYPES)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("columns", [1, 8])
def test_all_values(kernels, dtype, kind, columns):
    x = VALUES[kind].reshape(-1, columns)
    received, expected = gathered(kernels, dtype, x), x.astype(dtype)
    nan = np.isnan(expected)
    assert np.isnan(received[nan]).all()
    assert received[~nan].tobytes() == expected[~nan].tobytes()


@pytest.mark.parametrize("kind", VALUES)
def test_rows_in_any_order_and_apart(kernels, dtype, kind):
    x = np.arange(60).reshape(20, 3).astype(kind)
    order = np.random.default_rng(1).permutation(20)
    assert np.array_equal(gathered(kernels, dtype, x, order), x[order])
    assert np.array_equal(gathered(kernels, dtype, x[::-2]), x[::-2])


@pytest.mark.parametrize("kind", ["longlong", "ulonglong", "longdouble", "bool", "O"])
def test_types_by_another_name_and_types_that_are_not_known(kernels, dtype, kind):
    x = np.arange(6).reshape(2, 3).astype(kind)
    if kind == "longlong":  # the same as int64, with a number of its own
        assert np.array_equal(gathered(kernels, dtype, x), x)
    else:
        with pytest.raises(TypeError, match="cannot read"):
            gathered(kernels, dtype, x)
