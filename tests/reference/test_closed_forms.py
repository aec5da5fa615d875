"""The reference against values known from elsewhere."""

import math

import numpy as np
import pytest

from . import KERNELS
from .dropout import philox4x32, uniform

# Salmon et al.'s own test vectors, from the distribution of Random123.
PHILOX = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize("counter, key, words", PHILOX)
def test_philox_gives_the_published_words(counter, key, words):
    assert tuple(int(word) for word in philox4x32(counter, key)) == words


def test_uniform_takes_each_word_of_a_block_in_turn():
    key, step = (1 << 40) + 3, (7 << 32) + 5
    words = philox4x32((2, 1, 5, 7), (3, 1 << 8))
    numbers = uniform(key, step, 2, 12)[1, 8:]
    assert [number * 2**24 for number in numbers] == [int(w) >> 8 for w in words]


def test_uniform_numbers_look_uniform():
    numbers = uniform(11, 4, 400, 500)
    counts = np.histogram(numbers, bins=100, range=(0, 1))[0]
    expected = numbers.size / 100
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert 99 - 5 * math.sqrt(2 * 99) < chi_square < 99 + 5 * math.sqrt(2 * 99)


def test_rows_columns_keys_and_steps_have_their_own_numbers():
    variants = [uniform(1, 1, 50, 50), uniform(2, 1, 50, 50), uniform(1, 2, 50, 50)]
    numbers = np.concatenate([variant.reshape(-1) for variant in variants])
    # Of 7500 numbers of 24 bits about 1.7 pairs are equal by chance.
    assert len(np.unique(numbers)) > len(numbers) - 12


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": lambda x: (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1),
    "leaky_relu": lambda x: x if x > 0 else 0.3 * x,
    "elu": lambda x: x if x > 0 else 0.3 * (math.exp(x) - 1),
    "softplus": lambda x: math.log(1 + math.exp(x)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_its_textbook_formula(name):
    inp = np.array([-3.0, -0.5, 0.0, 0.25, 2.0])
    out = np.empty(5)
    KERNELS[f"{name}_forward"](out, inp, 0.3)
    expected = [ACTIVATIONS[name](x) for x in inp]
    np.testing.assert_allclose(out, expected, rtol=1e-14, atol=1e-16)


def loss_values(kernel, pred, target, *settings, fused=False):
    values, gradient = np.empty(len(pred)), np.empty(np.shape(pred))
    outputs = (gradient, values, None) if fused else (gradient, values)
    arguments = np.array(pred), np.array(target), None, 1.0, *settings
    KERNELS[kernel](*outputs, *arguments)
    return values


def test_losses_by_hand():
    assert loss_values("mean_squared_error", [[1.0, 4.0]], [[0.0, 2.0]]) == 2.5
    assert loss_values("mean_absolute_error", [[1.0, 4.0]], [[0.0, 2.0]]) == 1.5
    binary = loss_values("binary_crossentropy", [[0.25, 0.5]], [[1.0, 0.0]], 0.0)
    np.testing.assert_allclose(binary, math.log(8) / 2)
    half = loss_values("categorical_crossentropy", [[1.0, 3.0]], [[0.0, 1.0]], 0.0)
    np.testing.assert_allclose(half, math.log(4 / 3))
    sparse = loss_values("sparse_categorical_crossentropy", [[1.0, 3.0]], [0])
    np.testing.assert_allclose(sparse, math.log(4))


def test_smoothed_targets_by_hand():
    pred, target = [[0.5, 0.25, 0.25]], [[1.0, 0.0, 0.0]]
    value = loss_values("categorical_crossentropy", pred, target, 0.3)
    np.testing.assert_allclose(value, 0.8 * math.log(2) + 0.2 * math.log(4))
    value = loss_values("binary_crossentropy", [[0.25]], [[1.0]], 0.5)
    np.testing.assert_allclose(value, 0.75 * math.log(4) - 0.25 * math.log(0.75))


def test_probabilities_are_limited_as_in_keras():
    limit = -math.log(1e-7)
    value = loss_values("binary_crossentropy", [[0.0]], [[1.0]], 0.0)
    np.testing.assert_allclose(value, limit)
    value = loss_values("sparse_categorical_crossentropy", [[0.0, 1.0]], [0])
    np.testing.assert_allclose(value, limit)


@pytest.mark.parametrize("logit", [-800.0, -3.0, 0.0, 5.0, 800.0])
def test_logit_losses_are_exact_where_probabilities_end(logit):
    binary = "sigmoid_binary_crossentropy"
    value = loss_values(binary, [[logit]], [[0.0]], 0.0, fused=True)
    np.testing.assert_allclose(value, np.logaddexp(0, logit))
    sparse = "softmax_sparse_categorical_crossentropy"
    value = loss_values(sparse, [[logit, 0.0]], [1], fused=True)
    np.testing.assert_allclose(value, np.logaddexp(0, logit))


def test_metrics_by_hand():
    values = np.empty(2)
    pred = np.array([[0.6, 0.4, 0.5], [0.1, 0.9, 0.2]])
    target = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    KERNELS["binary_accuracy"](values, pred, target, 0.5)
    np.testing.assert_allclose(values, [2 / 3, 2 / 3])
    KERNELS["categorical_accuracy"](values, pred, target)
    np.testing.assert_array_equal(values, [1, 0])
    KERNELS["sparse_categorical_accuracy"](values, pred, np.array([2, 1]))
    np.testing.assert_array_equal(values, [0, 1])
    total = np.array([1.0, 2.0])
    KERNELS["mean_accumulate"](total, np.array([4.0, 8.0]), np.array([0.5, 0.25]))
    np.testing.assert_array_equal(total, [5.0, 2.75])


def test_first_step_of_adam_is_the_learning_rate():
    """Whatever the gradient: its mean over the root of its square is its sign."""
    weight, grad = np.zeros(3), np.array([1e-3, 1.0, -50.0])
    slots = np.zeros(3), np.zeros(3)
    KERNELS["adam_update"](weight, *slots, grad, 0.01, 0.9, 0.999, 0.0, 1)
    np.testing.assert_allclose(weight, [-0.01, -0.01, 0.01])


def test_momentum_adds_up_to_a_geometric_series():
    weight, velocity, grad = np.zeros(1), np.zeros(1), np.ones(1)
    for _ in range(3):
        KERNELS["sgd_momentum_update"](weight, velocity, grad, 1.0, 0.5)
    np.testing.assert_allclose(weight, -(1 + 1.5 + 1.75))


def test_dropout_keeps_the_mean():
    inp, out = np.ones((200, 300)), np.empty((200, 300))
    mask = np.empty((200, 300), np.uint8)
    KERNELS["dropout_forward"](
        out, mask, inp, None, 0.3, 1 / 0.7, 0.0, 0.0, False, 5, 6
    )
    np.testing.assert_array_equal(out, mask / 0.7)
    assert abs(out.mean() - 1) < 5 * math.sqrt(0.3 / 0.7 / inp.size)
