"""The mask of dropout: which random number belongs to which element."""

import math

import numpy as np
import pytest
from reference.dropout import normal, uniform


def mask_of(kernels, dtype, shape, rate, key, step):
    inp, mask = np.ones(shape, dtype), np.full(shape, 7, np.uint8)
    settings = None, rate, 1.0, 0.0, 0.0, False
    kernels.dropout_forward(np.empty(shape, dtype), mask, inp, *settings, key, step)
    return mask


@pytest.mark.parametrize("key", [0, 1, 2**32 + 5, 2**63 - 1, 2**64 - 1])
@pytest.mark.parametrize("step", [0, 3, 2**32 - 1, 2**32 + 7, 2**62])
def test_mask_for_any_key_and_step(kernels, dtype, key, step):
    mask = mask_of(kernels, dtype, (9, 131), 0.4, key, step)
    np.testing.assert_array_equal(mask, uniform(key, step, 9, 131) >= 0.4)


def test_mask_does_not_depend_on_the_type(kernels):
    masks = [mask_of(kernels, t, (5, 70), 0.3, 8, 9) for t in ("float32", "float64")]
    np.testing.assert_array_equal(*masks)


def test_mask_of_a_row_does_not_depend_on_what_comes_after(kernels, dtype):
    mask = mask_of(kernels, dtype, (20, 100), 0.5, 3, 4)
    some = mask_of(kernels, dtype, (6, 37), 0.5, 3, 4)
    np.testing.assert_array_equal(some, mask[:6, :37])


@pytest.mark.parametrize("place", [(0, 0), (2, 5), (3, 64)])
def test_an_element_is_kept_from_its_number_on(kernels, dtype, place):
    number = uniform(21, 2, 4, 70)[place]
    assert mask_of(kernels, dtype, (4, 70), number, 21, 2)[place] == 1
    above = number + 2.0**-26  # a quarter of the distance of two numbers
    assert mask_of(kernels, dtype, (4, 70), above, 21, 2)[place] == 0


def test_noise_is_standard_normal(kernels, dtype):
    noise = np.zeros((300, 400), dtype)
    kernels.gaussian_noise_forward(noise, np.zeros_like(noise), 1.0, 5, 6)
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    assert abs((noise**3).mean()) < 0.03
    assert abs((noise.astype("float64") ** 4).mean() - 3) < 0.1


@pytest.mark.parametrize("place", [0.001, 0.3, 0.8, 0.99, 0.999999])
def test_normal_numbers_are_quantiles(place):
    """Where the distribution function is what it was made from."""
    numbers, parts = normal(3, 4, 50, 60), uniform(3, 4, 50, 60)
    nearest = np.unravel_index(np.abs(parts - place).argmin(), parts.shape)
    below = (1 + math.erf(numbers[nearest] / math.sqrt(2))) / 2
    assert below == pytest.approx(parts[nearest] + 2.0**-25, rel=2e-6)


def test_noise_of_a_row_does_not_depend_on_what_comes_after(kernels, dtype):
    full, some = np.zeros((20, 100), dtype), np.zeros((6, 37), dtype)
    for out in (full, some):
        kernels.gaussian_noise_forward(out, np.zeros_like(out), 0.5, 3, 4)
    np.testing.assert_array_equal(some, full[:6, :37])
