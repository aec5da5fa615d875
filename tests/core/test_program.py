"""What a program refuses: arrays that are gone, more than it has room for."""

import numpy as np
import pytest

from fastnn._core import engine, operations

ROWS, WIDTH = 3, 5


@pytest.fixture
def out():
    return np.zeros((ROWS, 16), np.float32)


@pytest.fixture
def program(out):
    """Gathers rows of its first array."""
    spec = (operations("float32")["gather"], (out.ctypes.data,), (0, 1, WIDTH, 16))
    return engine.Program([(*spec, (), 0, 0, 0, 1, 0)], ROWS, out)


def test_it_reads_what_it_is_bound_to(program, out, rng):
    x = rng.random((ROWS, WIDTH), dtype=np.float32)
    program.bind(x)
    assert program.run(ROWS, ROWS, 0, 1) == (1, -1)
    assert np.array_equal(out[:, :WIDTH], x)


def test_not_without_its_arrays(program, rng):
    program.bind(rng.random((ROWS, WIDTH), dtype=np.float32))
    program.release()
    with pytest.raises(RuntimeError, match="bind"):
        program.run(ROWS, ROWS, 0, 1)
    with pytest.raises(RuntimeError, match="no arrays"):
        program.profile(ROWS, 1)


def test_no_more_arrays_than_it_has_room_for(program, rng):
    x = rng.random((ROWS, WIDTH), dtype=np.float32)
    with pytest.raises(ValueError, match="at most 4 arrays, got 5"):
        program.bind(*[x] * 5)


def test_only_operations_that_there_are(program, rng):
    program.bind(rng.random((ROWS, WIDTH), dtype=np.float32))
    with pytest.raises(ValueError, match="positions of 1 operations"):
        program.profile(ROWS, 1, [1])
    assert np.isfinite(program.profile(ROWS, 1, [0])).all()


@pytest.mark.parametrize("label", [-1, 4, 2**31 - 1])
def test_a_label_changed_after_the_check_gives_nan(kernels, label):
    """Nothing before or after the row is read or written."""
    logits, gradient = np.zeros((2, 16), np.float32), np.zeros((2, 16), np.float32)
    out, values = np.zeros((2, 16), np.float32), np.zeros(2)
    labels = np.array([label, 1], np.int32)
    operands = values, gradient, out, logits, labels, None, None, None
    kernels._run(
        "softmax_sparse_categorical_crossentropy", np.dtype("float32"), 2, operands,
        (1, 4, 16, 0, 0), (1.0,),
    )  # fmt: skip
    assert np.isnan(values[0])
    assert np.isfinite(values[1])
    assert np.isnan(gradient[0, :4]).all()
    assert not gradient[0, 4:].any()
    assert np.isfinite(gradient[1]).all()
