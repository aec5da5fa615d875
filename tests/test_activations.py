"""Activations: against the reference, lowered, bound, and a user's own."""

import copy
import functools
import pickle

import numpy as np
import pytest
from public_objects import FakeBuilder
from reference import KERNELS
from tolerances import assert_close

from fastnn import activations
from fastnn.saving import custom_object_scope

NAMES = [
    "elu",
    "leaky_relu",
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
DTYPES = ["float32", "float64"]

# What is called, the kernel that it comes down to, and its setting
CALLS = [
    (activations.linear, {}, "linear", 0.0),
    (activations.relu, {}, "relu", 0.0),
    (activations.relu, {"negative_slope": 0.3}, "leaky_relu", 0.3),
    (activations.leaky_relu, {}, "leaky_relu", 0.2),
    (activations.leaky_relu, {"negative_slope": 0.1}, "leaky_relu", 0.1),
    (activations.elu, {}, "elu", 1.0),
    (activations.elu, {"alpha": 0.5}, "elu", 0.5),
    (activations.sigmoid, {}, "sigmoid", 0.0),
    (activations.tanh, {}, "tanh", 0.0),
    (activations.softplus, {}, "softplus", 0.0),
]


class Symbol:
    shape = (4,)


def square(x):
    return x * x


def square_derivative(x):
    return 2 * x


known = activations.with_derivative(square_derivative)(square)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("function", "arguments", "kernel", "alpha"), CALLS)
def test_values_against_the_reference(function, arguments, kernel, alpha, dtype, rng):
    x = (4 * rng.normal(size=(5, 3, 7))).astype(dtype)
    expected = np.empty_like(x)
    KERNELS[f"{kernel}_forward"](expected, x, alpha)
    actual = function(x, **arguments)
    assert actual.dtype == dtype
    assert_close(f"{kernel}_forward", dtype, actual, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [-1, 0, 1, 2])
def test_softmax_along_any_axis(axis, dtype, rng):
    x = rng.normal(size=(4, 5, 6)).astype(dtype)
    moved = np.moveaxis(x, axis, -1)
    rows = np.ascontiguousarray(moved).reshape(-1, moved.shape[-1])
    expected = np.empty_like(rows)
    KERNELS["softmax_forward"](expected, rows)
    actual = np.moveaxis(activations.softmax(x, axis=axis), axis, -1)
    assert_close("softmax_forward", dtype, actual, expected.reshape(moved.shape))


def test_softmax_needs_an_axis():
    with pytest.raises(ValueError, match="scalar"):
        activations.softmax(1.0)
    assert activations.softmax([0.0, 0.0]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "x", [[-1, 2], (0.5,), 3.0, np.int8([1, -1]), np.eye(3).T[::2]]
)
def test_array_likes_go_in(x):
    assert np.array_equal(activations.relu(x), np.maximum(x, 0))


@pytest.mark.parametrize(("function", "arguments", "kernel", "alpha"), CALLS)
def test_lowering(function, arguments, kernel, alpha):
    builder = FakeBuilder()
    activations.get(functools.partial(function, **arguments)).lower(builder, Symbol())
    assert builder.ops == [("elementwise", [], (4,), (alpha,), kernel, None)]


def test_lowering_softmax():
    builder = FakeBuilder()
    activations.softmax.lower(builder, Symbol())
    assert builder.ops == [("softmax", [], (4,), (), None, None)]
    elsewhere = activations.get(functools.partial(activations.softmax, axis=0))
    with pytest.raises(ValueError, match=r"last axis.*Received: axis=0"):
        elsewhere.lower(builder, Symbol())


@pytest.mark.parametrize("name", NAMES)
def test_names_give_the_functions(name):
    assert activations.get(name) is getattr(activations, name)
    assert activations.serialize(activations.get(name)) == name
    assert activations.get(name).__name__ == name
    assert activations.get(name).__doc__.startswith(name)


def test_none_is_linear():
    assert activations.get(None) is activations.linear


BOUND = [
    activations.relu,
    functools.partial(activations.leaky_relu, negative_slope=0.1),
    {"class_name": "elu", "config": {"alpha": 0.5}},
    functools.partial(activations.relu, negative_slope=0.5),
    known,
    functools.partial(functools.partial(activations.elu), alpha=2.0),
]


@pytest.mark.parametrize("identifier", BOUND)
@pytest.mark.parametrize(
    "duplicate",
    [
        copy.deepcopy,
        lambda a: pickle.loads(pickle.dumps(a)),
        lambda a: activations.deserialize(activations.serialize(a)),
    ],
)
def test_copies_compute_the_same(identifier, duplicate):
    activation = activations.get(identifier)
    x = np.linspace(-2, 2, 9)
    with custom_object_scope({"square": square}):
        again = duplicate(activation)
    assert np.array_equal(again(x), activation(x))
    builders = FakeBuilder(), FakeBuilder()
    again.lower(builders[0], Symbol())
    activation.lower(builders[1], Symbol())
    assert builders[0].ops == builders[1].ops


def test_a_function_of_ones_own():
    activation = activations.get(known)
    builder = FakeBuilder()
    activation.lower(builder, Symbol())
    assert builder.ops == [("python_function", square, square_derivative)]
    assert activation([1, 2, 3]).tolist() == [1, 4, 9]
    assert activations.serialize(known) == {
        "class_name": "function",
        "config": "square",
    }


def test_a_partial_of_ones_own_function_binds_its_derivative_too():
    @activations.with_derivative(lambda x, power: power * x ** (power - 1))
    def power(x, power):
        return x**power

    builder = FakeBuilder()
    activation = activations.get(functools.partial(power, power=3))
    activation.lower(builder, Symbol())
    _, function, derivative = builder.ops[0]
    assert function(np.float64(2)) == 8
    assert derivative(np.float64(2)) == 12
    assert activation.__name__ == "power"


def test_a_function_of_others_is_wrapped():
    cosine = activations.with_derivative(lambda x: -np.sin(x))(np.cos)
    assert activations.get(cosine) is cosine
    assert cosine(0.0) == 1
    assert not hasattr(np.cos, "derivative")


@pytest.mark.parametrize("identifier", [np.tanh, lambda x: x])
def test_a_function_without_a_derivative_is_refused(identifier):
    with pytest.raises(ValueError, match=r"with_derivative.*Received: "):
        activations.get(identifier)


@pytest.mark.parametrize(
    ("identifier", "error", "said"),
    [
        ("rleu", ValueError, "relu"),
        (5, ValueError, "Received: 5"),
        (functools.partial(activations.relu, max_value=6.0), ValueError, "max_value=6"),
        (functools.partial(activations.relu, threshold=1.0), ValueError, "threshold=1"),
        (functools.partial(activations.relu, slope=1.0), TypeError, "slope"),
        (functools.partial(activations.leaky_relu, 0.1), ValueError, "by keyword"),
        (
            functools.partial(activations.leaky_relu, negative_slope=-1),
            ValueError,
            "Received: negative_slope=-1",
        ),
        (
            functools.partial(activations.elu, alpha=-1),
            ValueError,
            "Received: alpha=-1",
        ),
        ({"class_name": "elu", "config": {"alhpa": 1}}, TypeError, "alhpa"),
    ],
)
def test_wrong_arguments_are_refused_at_once(identifier, error, said):
    with pytest.raises(error, match=said):
        activations.get(identifier)
