"""NaN, infinities, zeros of both signs and denormal numbers."""

import numpy as np
import pytest
from cases import CASES
from cases.activations import FUNCTIONS, settings_of
from reference import KERNELS
from tolerances import assert_close

NAN, INF = np.nan, np.inf
CASE = {case.kernel: case for case in CASES}

LIMITS = {  # function: (at -inf, at +inf)
    "linear": (-INF, INF),
    "relu": (0, INF),
    "relu_capped": (0, 0.5),
    "leaky_relu": (-INF, INF),
    "rectifier": (-INF, 2.5),
    "threshold": (-0.75, INF),
    "hard_sigmoid": (0, 1),
    "hard_silu": (0, INF),
    "hard_tanh": (-1, 1),
    "soft_shrink": (-INF, INF),
    "hard_shrink": (-INF, INF),
    "sparse_sigmoid": (0, 1),
    "sparse_plus": (0, INF),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "tanh_shrink": (-INF, INF),
    "elu": (-0.3, INF),
    "celu": (-0.3, INF),
    "selu": (-1.7580993408473768, INF),
    "exponential": (0, INF),
    "softplus": (0, INF),
    "log_sigmoid": (-INF, 0),
    "softsign": (-1, 1),
    "squareplus": (0, INF),
    "silu": (0, INF),
    "gelu": (0, INF),
    "gelu_tanh": (0, INF),
    "mish": (0, INF),
}

# Where each function over- or underflows in float32 and in float64, and far beyond.
HARD = [0, 1e-40, 1e-30, 1e-8, 0.3, 0.62, 0.63, 9, 17, 20, 37, 40, 87.3, 88.5, 88.8]
HARD += [89, 103, 104, 700, 708, 709.5, 710, 744, 746, 1e5, 1e20, 3e38]


def in_every_lane(values, dtype):
    """The values and as much again, shifted: each meets the vector and the rest."""
    values = np.asarray(values, dtype=dtype)
    return np.concatenate([values, np.roll(values, 1), values])


def forward(kernels, function, inp):
    out = np.full_like(inp, 7)
    getattr(kernels, f"{function}_forward")(out, inp, *settings_of(function))
    return out


@pytest.mark.parametrize("function", FUNCTIONS)
def test_activation_keeps_nan(kernels, function, dtype):
    inp = in_every_lane([NAN, 1, 2, -NAN, -3], dtype)
    out = forward(kernels, function, inp)
    np.testing.assert_array_equal(np.isnan(out), np.isnan(inp))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_activation_at_infinity(kernels, function, dtype):
    left, right = LIMITS[function]
    out = forward(kernels, function, in_every_lane([-INF, INF], dtype))
    expected = in_every_lane([left, right], dtype)
    np.testing.assert_allclose(out, expected, rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_activation_over_its_whole_range(kernels, function, dtype):
    values = np.array(HARD)
    inp = in_every_lane(np.concatenate([values, -values]), dtype)
    expected = np.empty_like(inp)
    KERNELS[f"{function}_forward"](expected, inp, *settings_of(function))
    out = forward(kernels, function, inp)
    scale = CASE[f"{function}_forward"].scale({"inp": inp}, {"out": expected})
    assert_close(f"{function}_forward", dtype, out, expected, scale["out"])


@pytest.mark.parametrize("function", ["linear", "relu", "leaky_relu"])
def test_denormal_numbers_are_not_flushed(kernels, function, dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    inp = in_every_lane([tiny, 2 * tiny, 1000 * tiny], dtype)
    np.testing.assert_array_equal(forward(kernels, function, inp), inp)


def test_leaky_relu_of_denormal_numbers(kernels, dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    inp = in_every_lane([-4 * tiny, -1000 * tiny], dtype)
    out = np.full_like(inp, 7)
    kernels.leaky_relu_forward(out, inp, 0.5)
    np.testing.assert_array_equal(out, inp / 2)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_derivative_at_the_limits_is_finite(kernels, function, dtype):
    left, right = LIMITS[function]
    out = in_every_lane([max(left, -1e30), min(right, 1e30), 0], dtype)
    dinp, expected = np.full_like(out, 7), np.full_like(out, 7)
    arguments = np.ones_like(out), out, *settings_of(function)
    getattr(kernels, f"{function}_backward")(dinp, *arguments)
    KERNELS[f"{function}_backward"](expected, *arguments)
    assert np.isfinite(dinp).all()
    assert_close(f"{function}_backward", dtype, dinp, expected, np.ones_like(dinp))


def test_relu_has_no_slope_at_zero(kernels, dtype):
    out, dout = np.zeros(40, dtype), np.ones(40, dtype)
    dinp = np.full_like(out, 7)
    kernels.relu_backward(dinp, dout, out, 0.0)
    np.testing.assert_array_equal(dinp, 0)


ELEMENTARY = {
    "exp": [(NAN, NAN), (-INF, 0), (INF, INF), (0, 1), (-0.0, 1), (1e4, INF)],
    "log": [(NAN, NAN), (INF, INF), (0, -INF), (-0.0, -INF), (1, 0), (-1, NAN)],
    "log1p": [(NAN, NAN), (INF, INF), (-1, -INF), (0, 0), (-2, NAN), (-INF, NAN)],
}


@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_function_at_special_values(kernels, name, dtype):
    inp, expected = (in_every_lane(v, dtype) for v in np.transpose(ELEMENTARY[name]))
    out = np.full_like(inp, 7)
    getattr(kernels, name)(out, inp)
    np.testing.assert_array_equal(out, expected)


def elementary_range(name, dtype):
    """Values spread over all that a type can hold and the function be taken of."""
    info = np.finfo(dtype)
    if name == "exp":
        low, high = np.log(float(info.smallest_subnormal)), np.log(float(info.max))
        return np.linspace(low - 2, high * 0.9999999, 20_001).astype(dtype)
    exponents = np.linspace(np.log2(float(info.smallest_subnormal)), 127, 20_001)
    values = np.exp2(exponents).astype(dtype)
    return values if name == "log" else np.concatenate([values, -values[values < 1]])


@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_function_over_its_whole_range(kernels, name, dtype):
    inp = elementary_range(name, dtype)
    out, expected = np.full_like(inp, 7), np.full_like(inp, 7)
    getattr(kernels, name)(out, inp)
    KERNELS[name](expected, inp)
    assert_close(name, dtype, out, expected)


SOFTMAX_ROWS = [
    ([1000.0, 1000.0, -1000.0], [0.5, 0.5, 0]),
    ([-1000.0, -1000.0, -1000.0], [1 / 3, 1 / 3, 1 / 3]),
    ([-INF, 0.0, 0.0], [0, 0.5, 0.5]),
    ([NAN, 0.0, 0.0], [NAN, NAN, NAN]),
    ([0.0, 0.0, NAN], [NAN, NAN, NAN]),
    ([INF, 0.0, 0.0], [NAN, NAN, NAN]),
    ([-INF, -INF, -INF], [NAN, NAN, NAN]),
]


@pytest.mark.parametrize("row, expected", SOFTMAX_ROWS)
def test_softmax_of_special_rows(kernels, row, expected, dtype):
    inp = np.array([[0, 0, 0], row, [0, 0, 0]], dtype)
    out = np.full_like(inp, 7)
    kernels.softmax_forward(out, inp)
    assert_close("softmax_forward", dtype, out[1], expected)
    assert_close("softmax_forward", dtype, out[::2], np.full((2, 3), 1 / 3))


def test_nan_in_one_row_stays_there(kernels, dtype, rng):
    inp = rng.normal(size=(20, 9)).astype(dtype)
    inp[7, 3] = NAN
    out = np.zeros((20, 17), dtype)
    kernels.dense_forward(out, inp, np.ones((9, 17), dtype), None, "relu")
    assert np.isnan(out[7]).all()
    assert np.isfinite(np.delete(out, 7, axis=0)).all()


def test_dropped_infinity_is_zero(kernels, dtype):
    inp = np.full((8, 33), INF, dtype)
    out, mask = np.empty_like(inp), np.empty(inp.shape, np.uint8)
    kernels.dropout_forward(out, mask, inp, None, 0.5, 2.0, 0.0, 0.0, False, 1, 2)
    np.testing.assert_array_equal(out, np.where(mask, INF, 0))
