"""Every kernel gives what the reference gives."""

import numpy as np
import pytest
from cases import CASES, Shape
from edge_shapes import FEW_SHAPES, SHAPES
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from operands import LAYOUTS, arranged, surroundings
from reference import KERNELS
from tolerances import assert_close

from fastnn._core.doors import doors


def check(kernels, case, shape, dtype, layout, rng):
    """Runs kernel and reference on the same arguments and compares all outputs."""
    arguments = case.arguments(rng, shape, dtype)
    expected = arranged(arguments, case.outputs, "contiguous")
    actual = arranged(arguments, case.outputs, layout)
    margins = around(actual, case.outputs) if layout == "strided" else None
    expected_value = KERNELS[case.kernel](*expected.values())
    value = getattr(kernels, case.kernel)(*actual.values())
    if margins is not None:
        assert around(actual, case.outputs) == margins, "written outside the output"
    scale = case.scale(arguments, expected) if case.scale else {}
    if expected_value is not None:
        assert_close(case.kernel, dtype, value, expected_value)
    for name in case.outputs:
        if expected[name] is not None:
            pair = actual[name], expected[name]
            assert_close(case.kernel, dtype, *pair, scale.get(name))


def around(arguments, outputs):
    arrays = (arguments[name] for name in outputs)
    return [surroundings(array) for array in arrays if array is not None]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_edge_shapes(kernels, case, dtype, rng):
    for shape in filter(case.fits, SHAPES):
        check(kernels, case, shape, dtype, "contiguous", rng)


@pytest.mark.parametrize("layout", ["strided", "read_only"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_layouts(kernels, case, dtype, layout, rng):
    for shape in filter(case.fits, FEW_SHAPES):
        check(kernels, case, shape, dtype, layout, rng)


@pytest.mark.parametrize("case", CASES, ids=str)
@given(
    shape=st.builds(Shape, st.integers(0, 150), st.integers(0, 70), st.integers(0, 70)),
    layout=st.sampled_from(LAYOUTS),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=6)
def test_any_shape(case, dtype, shape, layout, seed):
    """On the best instruction set: the shapes above are for all of them."""
    assume(case.fits(shape))
    check(doors, case, shape, dtype, layout, np.random.default_rng(seed))
