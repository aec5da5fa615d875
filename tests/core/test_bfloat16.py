"""Products of bfloat16 operands: the order of their sums, with and without the
instruction for them."""

import numpy as np
import pytest
from cases import CASES, Shape
from edge_shapes import SHAPES
from operands import arranged
from reference.dense_bf16 import rounded

from fastnn._core import cpu, dispatch
from fastnn._core.doors import Doors

from .test_threads import run_shared

BF16_CASES = [case for case in CASES if "bf16" in case.kernel]
LARGE = [Shape(128, 785, 70), Shape(400, 641, 100), Shape(50, 33, 512)]

needs_instruction = pytest.mark.skipif(
    not cpu.has_avx512_bf16(), reason="the processor has no AVX-512 BF16"
)


def in_order(left, right, start):
    """start + left @ right, summed over pairs in ascending order, within a pair the
    second term first, each sum rounded to float32."""
    total = np.zeros((len(left), right.shape[1]), np.float32) + start
    left, right = rounded(left), rounded(right)
    for pair in range(0, len(right), 2):
        for p in (pair + 1, pair):
            if p < len(right):  # a product of two bfloat16 numbers is exact
                total = total + np.outer(left[:, p], right[p])
    return total


def bits(kernels, case, arguments):
    arguments = arranged(arguments, case.outputs, "contiguous")
    getattr(kernels, case.kernel)(*arguments.values())
    return [arguments[name].tobytes() for name in case.outputs]


@pytest.mark.parametrize("shape", [*LARGE, Shape(3, 5, 2), Shape(1, 1, 1)], ids=str)
def test_the_order_of_sums_is_the_documented_one(kernels, shape, rng):
    rows, inputs, units = shape
    inp, weight, bias, dout = (
        rng.normal(size=size).astype(np.float32)
        for size in ((rows, inputs), (inputs, units), units, (rows, units))
    )
    out, dweight, dinp = (np.empty_like(a) for a in (dout, weight, inp))
    kernels.dense_bf16_forward(out, inp, weight, bias)
    np.testing.assert_array_equal(out, in_order(inp, weight, bias))
    kernels.dense_bf16_backward_weight(dweight, inp, dout)
    np.testing.assert_array_equal(dweight, in_order(inp.T, dout, 0))
    kernels.dense_bf16_backward_input(dinp, dout, weight, None)
    np.testing.assert_array_equal(dinp, in_order(dout, weight.T, 0))


def test_rounding_is_to_nearest_ties_to_even(kernels):
    inp = np.array([[1 + 2**-8], [1 + 3 * 2**-8], [1 + 2**-8 + 2**-20], [-1 - 2**-8]])
    out = np.empty((4, 1), np.float32)
    one = np.ones((1, 1), np.float32)
    kernels.dense_bf16_forward(out, inp.astype(np.float32), one, None)
    expected = [1, 1 + 2**-6, 1 + 2**-7, -1]
    np.testing.assert_array_equal(out[:, 0], np.float32(expected))


def test_nan_and_infinity_pass_through(kernels):
    inp = np.array([[np.nan], [np.inf], [-np.inf], [3.4e38]], np.float32)
    out = np.empty((4, 1), np.float32)
    one = np.ones((1, 1), np.float32)
    kernels.dense_bf16_forward(out, inp, one, None)
    np.testing.assert_array_equal(
        out[:, 0], np.float32([np.nan, np.inf, -np.inf, np.inf])
    )


@needs_instruction
def test_the_extension_is_built_where_the_processor_has_it():
    assert "avx512_bf16" in dispatch.extensions()


@needs_instruction
def test_the_extension_has_the_kernels_it_is_for():
    names = {case.kernel for case in BF16_CASES}
    assert set(dispatch.load("avx512_bf16").operations("float32")) == names


@needs_instruction
@pytest.mark.parametrize("case", BF16_CASES, ids=str)
def test_the_instruction_gives_the_same_bits(kernels, case, rng):
    extension = Doors(dispatch.load("avx512_bf16"))
    for shape in [*filter(case.fits, SHAPES), *LARGE]:
        arguments = case.arguments(rng, shape, np.dtype("float32"))
        # an activation that is no product has other bits without FMA
        if case.variant == "tanh" and not kernels.HAS_FMA:
            continue
        assert bits(extension, case, arguments) == bits(kernels, case, arguments)


@needs_instruction
@pytest.mark.parametrize("threads", [2, 3, 16])
@pytest.mark.parametrize("case", BF16_CASES, ids=str)
def test_the_instruction_gives_the_same_bits_on_any_threads(
    case, threads, rng, monkeypatch
):
    extension = Doors(dispatch.load("avx512_bf16"))
    run = extension._run
    for shape in [*filter(case.fits, SHAPES), *LARGE]:
        arguments = case.arguments(rng, shape, np.dtype("float32"))
        with monkeypatch.context() as patch:
            expected = bits(extension, case, arguments)
            patch.setattr(
                extension, "_run", lambda *a, **k: run_shared(run, threads, *a, **k)
            )
            assert bits(extension, case, arguments) == expected, shape
