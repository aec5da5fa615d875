"""The same arguments give the same bits, wherever and beside whatever they are."""

import numpy as np
import pytest
from cases import CASES, Shape
from cases.losses import OF_BATCH
from edge_shapes import SHAPES
from operands import arranged

from fastnn._core import dispatch
from fastnn._core.doors import Doors

WITH_FMA = [name for name in dispatch.available() if name in ("avx2", "avx512")]
ROWS = Shape(130, 70, 81)
PARTS = [slice(0, 1), slice(1, 2), slice(17, 18), slice(129, 130)]
PARTS += [slice(0, 5), slice(3, 36), slice(64, 130), slice(11, 128)]


def results(kernels, case, arguments):
    """The bytes of all outputs."""
    arguments = arranged(arguments, case.outputs, "contiguous")
    value = getattr(kernels, case.kernel)(*arguments.values())
    written = [arguments[name] for name in case.outputs]
    return value, [None if array is None else array.tobytes() for array in written]


@pytest.mark.skipif(len(WITH_FMA) < 2, reason="needs avx2 and avx512")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_avx2_and_avx512_agree(case, dtype, rng):
    narrow, wide = (Doors(dispatch.load(name)) for name in WITH_FMA)
    for shape in filter(case.fits, SHAPES):
        arguments = case.arguments(rng, shape, dtype)
        expected = results(narrow, case, arguments)
        assert results(wide, case, arguments) == expected, shape


NUMBERED = ("dropout_forward", "gaussian_dropout_forward", "gaussian_noise_forward")
NUMBERED += ("embedding_backward", "permute", "repeat_backward", "repeat_forward")
# Columns are summed, or rows have others of their own beside them.
NOT_ROW_WISE = {
    "batch_normalization_backward",
    "batch_statistics",
    "norm_constraint",
    "normalization_backward",
    "normalization_forward",
    "normalization_scale",
    "prelu_backward",
    "prelu_forward",
}


# Kernels for a matrix as a whole.
OF_A_WEIGHT = ("adafactor_update", "mixed_product", "normalized_transposes")
OF_A_WEIGHT += ("symmetric_product",)


def is_row_wise(case):
    """Whether each row of the outputs depends on that row of the inputs only."""
    if case.kernel.endswith(("backward_weight", "backward_bias")):
        return False
    if case.kernel in NOT_ROW_WISE:
        return False
    if case.kernel in ("threshold_counts", "f_score_sums", "r2_sums"):
        return False
    if case.kernel in OF_A_WEIGHT:
        return False
    if case.kernel in OF_BATCH:
        return False
    if case.kernel in NUMBERED:  # the row's number counts
        return False
    if str(case) in ("affine_forward-3", "affine_backward-3"):  # settings take turns
        return False
    matrices = case.arguments(np.random.default_rng(0), ROWS, np.dtype("float32"))
    return any(getattr(value, "ndim", 0) == 2 for value in matrices.values())


ROW_WISE = [case for case in CASES if is_row_wise(case)]


def rows_of(arguments, part):
    return {
        name: value[part].copy()
        if isinstance(value, np.ndarray) and len(value) == ROWS.rows
        else value
        for name, value in arguments.items()
    }


@pytest.mark.parametrize("case", ROW_WISE, ids=str)
def test_row_is_the_same_alone_and_in_any_batch(kernels, case, dtype, rng):
    arguments = case.arguments(rng, ROWS, dtype)
    together = arranged(arguments, case.outputs, "contiguous")
    getattr(kernels, case.kernel)(*together.values())
    for part in PARTS:
        some = rows_of(arguments, part)
        getattr(kernels, case.kernel)(*some.values())
        for name in case.outputs:
            if some[name] is not None:
                expected = together[name][part].tobytes()
                assert some[name].tobytes() == expected, (name, part)
