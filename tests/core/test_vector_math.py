"""The accuracy promised in docs/kernels.md, on a sample of the inputs."""

import numpy as np
import pytest

from benchmarks import ulp
from fastnn._core import dispatch

BOUND, BOUND_WITHOUT_FMA = 1.0, 1.5
STEP = 9973  # a prime: every exponent, and mantissas of every kind
NAN, INF = np.nan, np.inf

# Where a function's formula changes, saturates or underflows, both signs of all.
PLACES = {
    "exp": [2**-25, 0.34657359, 87.33654, 88.72283, 88.72284, 89, 103.27893, 103.97208],
    "log": [2**-149, 2**-126, 0.75, 1, 1.5, 3.4028235e38],
    "log1p": [2**-149, 2**-126, 2.98e-8, 0.25, 0.5, 0.99999994, 3.4028235e38],
    "tanh": [2**-149, 2**-126, 1.7e-4, 0.17328680, 9.010913, 10],
    "sigmoid": [2**-149, 2**-25, 16.635532, 87.33654, 103.97208, 104],
    "softplus": [2**-149, 0.522, 0.692, 16.635532, 87.33654, 103.97208, 104],
    "elu": [2**-149, 2**-126, 0.34657359, 17.328679, 20],
    "erf": [2**-149, 2**-126, 0.921875, 3.8325067, 4],
}
SPECIAL = {  # (at -inf, -0, +0, +inf)
    "exp": (0, 1, 1, INF),
    "log": (NAN, -INF, -INF, INF),
    "log1p": (NAN, -0.0, 0.0, INF),
    "tanh": (-1, -0.0, 0.0, 1),
    "sigmoid": (0, 0.5, 0.5, 1),
    "softplus": (0, np.log(2), np.log(2), INF),
    "elu": (-1, -0.0, 0.0, INF),
    "erf": (-1, -0.0, 0.0, 1),
}


def bound(kernels, name):
    return BOUND if kernels.HAS_FMA else BOUND_WITHOUT_FMA


def evaluate(kernels, name, values, dtype):
    """The function of a vector's worth of every value, the rest of a vector too."""
    inp = np.tile(np.asarray(values, dtype), 19)
    out = np.full_like(inp, 7)
    ulp.kernel(kernels, name, dtype)(out, inp)
    return inp, out


@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_error_over_all_of_float32(kernels, name):
    finding = ulp.exhaustive(kernels, name, STEP)
    assert finding.good, finding
    assert finding.error <= bound(kernels, name), finding


@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_error_around_every_limit(kernels, name):
    """A thousand neighbours on either side of each."""
    centre = np.array(PLACES[name], np.float32).view(np.int32)
    bits = np.unique(np.maximum(centre[:, None] + np.arange(-1000, 1001), 0))
    inp = bits.astype(np.int32).view(np.float32)
    inp, out = evaluate(kernels, name, np.concatenate([inp, -inp]), "float32")
    finding = ulp.Finding()
    comparison = ulp.Comparison(name, finding)
    for start in range(0, inp.size, ulp.CHUNK):
        part = slice(start, start + ulp.CHUNK)
        comparison.add(inp[part], out[part])
    assert finding.good, finding
    assert finding.error <= bound(kernels, name), finding


@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_error_in_float64(kernels, name):
    pytest.importorskip("mpmath")
    finding = ulp.sampled_float64(kernels, name, 400)
    assert finding.error <= ulp.BOUND, finding


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_infinities_and_signed_zeros(kernels, name, dtype):
    values = [-INF, -0.0, 0.0, INF]
    _, out = evaluate(kernels, name, values, dtype)
    expected = np.tile(np.array(SPECIAL[name], dtype), 19)
    np.testing.assert_array_equal(out, expected)
    kept = ~np.isnan(out)
    np.testing.assert_array_equal(np.signbit(out[kept]), np.signbit(expected[kept]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_nan_stays_in_its_lane(kernels, name, dtype):
    inp, out = evaluate(kernels, name, [NAN, 1, 0.5, -NAN, 2], dtype)
    np.testing.assert_array_equal(np.isnan(out), np.isnan(inp))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["log1p", "tanh", "elu"])
def test_denormal_number_is_its_own_image(kernels, name, dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    values = np.array([tiny, 3 * tiny, 1000 * tiny])
    inp, out = evaluate(kernels, name, np.concatenate([values, -values]), dtype)
    np.testing.assert_array_equal(out, inp)


@pytest.mark.parametrize("name", ["exp", "sigmoid", "softplus"])
def test_denormal_results_are_rounded_once(kernels, name):
    # up to 2^-133, where the digits that a denormal number lacks hide all other errors
    inp, out = evaluate(kernels, name, np.linspace(-104, -92, 5001), "float32")
    exact = np.empty(inp.size)
    ulp.FUNCTIONS[name](inp.astype(np.float64), exact)
    assert (np.abs(out - exact) <= 0.52 * 2.0**-149).all()
    assert (out > 0).sum() > 4000 * 19


@pytest.mark.skipif(
    not {"avx2", "avx512"} <= set(dispatch.available()), reason="needs both"
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ulp.FUNCTIONS)
def test_avx2_and_avx512_give_the_same_bits(name, dtype, rng):
    bits = rng.integers(0, 2**64, 200_000, np.uint64, endpoint=False)
    inp = bits.view(dtype)
    outs = [np.empty_like(inp) for _ in range(2)]
    for out, isa in zip(outs, ("avx2", "avx512"), strict=True):
        ulp.kernel(dispatch.load(isa), name, dtype)(out, inp)
    narrow, wide = outs
    # The sign and payload of a NaN are nobody's promise.
    same = (narrow.view("u1") == wide.view("u1")).reshape(-1, inp.itemsize).all(axis=1)
    assert (same | (np.isnan(narrow) & np.isnan(wide))).all()
