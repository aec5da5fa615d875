"""Losses where probabilities end, where logits are huge, and where NaN comes in."""

import numpy as np
import pytest
from cases import CASES, Shape
from cases.losses import OF_BATCH
from reference import KERNELS
from tolerances import assert_close

LOSSES = [
    case
    for case in CASES
    if case.variant == "weighted" and case.needs_columns and case.kernel not in OF_BATCH
]
EPSILON = 1e-7
CROSSENTROPIES = {
    "binary_crossentropy": [(1, 0), (0, 1), (1, 1), (0, 0)],
    "categorical_crossentropy": [(1, 0), (0, 1)],
}


def compare(kernels, kernel, dtype, pred, *rest, fused=False):
    """Runs kernel and reference; returns (values, gradient) of the kernel."""
    results = []
    for run in (getattr(kernels, kernel), KERNELS[kernel]):
        values, gradient = np.empty(len(pred)), np.empty_like(pred)
        outputs = (
            (gradient, values, np.empty_like(pred)) if fused else (gradient, values)
        )
        run(*outputs, pred, *rest)
        results.append((values, gradient))
    (values, gradient), (expected_values, expected_gradient) = results
    scale = 1 + np.abs(expected_values)
    assert_close(kernel, dtype, values, expected_values, scale)
    scale = np.maximum(np.abs(expected_gradient), 1)
    assert_close(kernel, dtype, gradient, expected_gradient, 2 * scale)
    return values, gradient


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("kernel", CROSSENTROPIES)
def test_certain_probabilities(kernels, dtype, kernel, smoothing):
    targets = np.array(CROSSENTROPIES[kernel], dtype)
    for certain in [(0, 1), (1, 0)]:
        pred = np.tile(np.array(certain, dtype), (len(targets), 1))
        arguments = pred, targets, None, 1.0, smoothing, EPSILON
        values, gradient = compare(kernels, kernel, dtype, *arguments)
        assert np.isfinite(values).all()
        assert np.isfinite(gradient).all()


def test_certain_probabilities_for_labels(kernels, dtype):
    pred = np.array([[0, 1], [1, 0], [0, 1], [1, 0]], dtype)
    labels = np.array([0, 0, 1, 1], np.int32)
    kernel = "sparse_categorical_crossentropy"
    values, gradient = compare(kernels, kernel, dtype, pred, labels, None, 1.0, EPSILON)
    assert np.isfinite(values).all()
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("size", [1e-30, 20.0, 90.0, 800.0, 1e30])
def test_huge_logits(kernels, dtype, size):
    logits = np.array([[size, -size], [-size, size], [size, size]], dtype)
    target, labels = np.array([[1, 0]] * 3, dtype), np.zeros(3, np.int32)
    rest = target, None, 1.0, 0.0
    for name in ("sigmoid_binary", "softmax_categorical"):
        kernel = f"{name}_crossentropy"
        values, gradient = compare(kernels, kernel, dtype, logits, *rest, fused=True)
        assert np.isfinite(values).all()
        assert np.isfinite(gradient).all()
    kernel = "softmax_sparse_categorical_crossentropy"
    compare(kernels, kernel, dtype, logits, labels, None, 1.0, fused=True)


@pytest.mark.parametrize("case", LOSSES, ids=str)
def test_nan_shows_in_its_row_only(kernels, case, dtype, rng):
    arguments = case.arguments(rng, Shape(9, 1, 20), dtype)
    arguments["logits" if "logits" in arguments else "pred"][4, 13] = np.nan
    if "labels" in arguments:
        arguments["labels"][4] = 13
    getattr(kernels, case.kernel)(*arguments.values())
    np.testing.assert_array_equal(np.isnan(arguments["values"]), np.arange(9) == 4)


@pytest.mark.parametrize("case", LOSSES, ids=str)
def test_row_of_no_weight_has_a_value_but_no_gradient(kernels, case, dtype, rng):
    arguments = case.arguments(rng, Shape(6, 1, 5), dtype)
    arguments["weight"][2] = 0
    getattr(kernels, case.kernel)(*arguments.values())
    assert (arguments["values"] != 0).all()
    gradient = arguments[case.outputs[0]]
    np.testing.assert_array_equal(gradient[2], 0)
    assert (gradient[[0, 1, 3, 4, 5]] != 0).any(axis=1).all()


def test_targets_that_do_not_sum_to_one(kernels, dtype, rng):
    """The gradient is softmax * sum(target) - target."""
    logits = rng.normal(size=(3, 4)).astype(dtype)
    target = rng.uniform(0, 2, size=(3, 4)).astype(dtype)
    kernel = "softmax_categorical_crossentropy"
    _, gradient = compare(
        kernels, kernel, dtype, logits, target, None, 1.0, 0.0, fused=True
    )
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=32 * np.finfo(dtype).eps)
