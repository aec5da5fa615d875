"""What measures the machine does what it says."""

import numpy as np
import pytest


def block(nbytes, offset=0):
    raw = np.zeros(nbytes + 128, np.uint8)
    start = -raw.ctypes.data % 64 + offset
    return raw[start : start + nbytes]


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_multiply_adds_are_counted(kernels, dtype):
    done = kernels.multiply_add(dtype, 3)
    per_repeat = 12 * 2 * kernels.VECTOR_BYTES // (8 if dtype == "float64" else 4)
    assert done / (3 * per_repeat) in (1, 2)  # 2: an operand of bfloat16 is a pair


def test_unknown_type(kernels):
    with pytest.raises(ValueError, match="int8"):
        kernels.multiply_add("int8", 1)


def test_memory_is_copied(kernels, rng):
    inp, out = block(1024), block(1024)
    inp[:] = rng.integers(0, 256, 1024)
    kernels.copy_memory(out, inp, 2)
    assert np.array_equal(out, inp)
    kernels.read_memory(inp, 2)


@pytest.mark.parametrize("nbytes, offset", [(0, 0), (128, 0), (1024, 8)])
def test_only_whole_aligned_blocks(kernels, nbytes, offset):
    with pytest.raises(ValueError, match="blocks"):
        kernels.read_memory(block(nbytes, offset), 1)
    with pytest.raises(ValueError, match="blocks"):
        kernels.copy_memory(block(nbytes, offset), block(1024), 1)
