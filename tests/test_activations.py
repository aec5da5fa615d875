"""Activations: against the reference, lowered, bound, and a user's own."""

import copy
import functools
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from public_objects import FakeBuilder
from reference import KERNELS

from fastnn import activations
from fastnn.saving import custom_object_scope

NAMES = sorted(
    set(activations.__all__) - {"deserialize", "get", "serialize", "with_derivative"}
)
ALIASES = {"hard_swish": "hard_silu", "swish": "silu"}
ROWS = ["glu", "log_softmax", "softmax", "sparsemax"]
DTYPES = ["float32", "float64"]
EPS = {dtype: float(np.finfo(dtype).eps) for dtype in DTYPES}
INF = np.inf

# What is called, the kernel that it comes down to, and its settings
CALLS = [
    (activations.linear, {}, "linear", ()),
    (activations.relu, {}, "relu", ()),
    (activations.relu, {"negative_slope": 0.3}, "leaky_relu", (0.3,)),
    (activations.relu, {"max_value": 2.0}, "relu_capped", (2.0,)),
    (activations.relu, {"threshold": 1.0}, "rectifier", (0.0, INF, 1.0)),
    (activations.relu, {"threshold": -1.0}, "rectifier", (0.0, INF, -1.0)),
    (
        activations.relu,
        {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5},
        "rectifier",
        (0.1, 2.0, 0.5),
    ),
    (activations.relu, {"max_value": -1.0}, "rectifier", (0.0, -1.0, 0.0)),
    (activations.relu6, {}, "relu_capped", (6.0,)),
    (activations.leaky_relu, {}, "leaky_relu", (0.2,)),
    (activations.leaky_relu, {"negative_slope": 0.1}, "leaky_relu", (0.1,)),
    (activations.leaky_relu, {"negative_slope": -1}, "rectifier", (-1.0, INF, 0.0)),
    (activations.hard_sigmoid, {}, "hard_sigmoid", ()),
    (activations.hard_silu, {}, "hard_silu", ()),
    (activations.hard_tanh, {}, "hard_tanh", ()),
    (activations.hard_shrink, {}, "hard_shrink", (0.5,)),
    (activations.hard_shrink, {"threshold": 1.5}, "hard_shrink", (1.5,)),
    (activations.soft_shrink, {}, "soft_shrink", (0.5,)),
    (activations.soft_shrink, {"threshold": 1.5}, "soft_shrink", (1.5,)),
    (
        activations.threshold,
        {"threshold": 1.0, "default_value": 7.0},
        "threshold",
        (1.0, 7.0),
    ),
    (activations.sparse_plus, {}, "sparse_plus", ()),
    (activations.sparse_sigmoid, {}, "sparse_sigmoid", ()),
    (activations.elu, {}, "elu", (1.0,)),
    (activations.elu, {"alpha": 0.5}, "elu", (0.5,)),
    (activations.celu, {}, "celu", (1.0,)),
    (activations.celu, {"alpha": 0.5}, "celu", (0.5,)),
    (activations.selu, {}, "selu", ()),
    (activations.exponential, {}, "exponential", ()),
    (activations.gelu, {}, "gelu", ()),
    (activations.gelu, {"approximate": True}, "gelu_tanh", ()),
    (activations.log_sigmoid, {}, "log_sigmoid", ()),
    (activations.mish, {}, "mish", ()),
    (activations.sigmoid, {}, "sigmoid", ()),
    (activations.silu, {}, "silu", ()),
    (activations.softplus, {}, "softplus", ()),
    (activations.softsign, {}, "softsign", ()),
    (activations.squareplus, {}, "squareplus", (4.0,)),
    (activations.squareplus, {"b": 1}, "squareplus", (1.0,)),
    (activations.tanh, {}, "tanh", ()),
    (activations.tanh_shrink, {}, "tanh_shrink", ()),
]


class Symbol:
    shape = (4,)


def square(x):
    return x * x


def square_derivative(x):
    return 2 * x


known = activations.with_derivative(square_derivative)(square)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("function", "arguments", "kernel", "settings"), CALLS)
def test_values_against_the_reference(
    function, arguments, kernel, settings, dtype, rng
):
    x = (4 * rng.normal(size=(5, 3, 7))).astype(dtype)
    expected = np.empty_like(x)
    KERNELS[f"{kernel}_forward"](expected, x, *settings)
    actual = function(x, **arguments)
    assert actual.dtype == dtype
    np.testing.assert_allclose(
        actual, expected, rtol=9 * EPS[dtype], atol=9 * EPS[dtype]
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [-1, 0, 1, 2])
@pytest.mark.parametrize("name", ROWS)
def test_along_any_axis(name, axis, dtype, rng):
    x = rng.normal(size=(4, 8, 6)).astype(dtype)
    moved = np.moveaxis(x, axis, -1)
    rows = np.ascontiguousarray(moved).reshape(-1, moved.shape[-1])
    n = rows.shape[1] // (2 if name == "glu" else 1)
    expected = np.empty((len(rows), n), dtype)
    KERNELS[f"{name}_forward"](expected, rows)
    actual = np.moveaxis(getattr(activations, name)(x, axis=axis), axis, -1)
    expected = expected.reshape(*moved.shape[:-1], n)
    np.testing.assert_allclose(
        actual, expected, rtol=9 * EPS[dtype], atol=9 * EPS[dtype]
    )


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("wrong", [(1.0, -1), ([1.0, 2.0], 1), ([1.0, 2.0], -2)])
def test_an_axis_must_be_there(name, wrong):
    with pytest.raises(ValueError, match=r"Received: axis="):
        getattr(activations, name)(*wrong)


def test_softmax_of_a_list():
    assert activations.softmax([0.0, 0.0]).tolist() == [0.5, 0.5]


def test_sparsemax_sums_to_one(rng):
    out = activations.sparsemax(rng.normal(size=(50, 30)))
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-13)
    assert 0 < (out == 0).mean() < 1


def test_glu_of_an_odd_length_is_refused():
    with pytest.raises(ValueError, match="length of 3"):
        activations.glu(np.ones((2, 3)))


@pytest.mark.parametrize(
    "x", [[-1, 2], (0.5,), 3.0, np.int8([1, -1]), np.eye(3).T[::2]]
)
def test_array_likes_go_in(x):
    assert np.array_equal(activations.relu(x), np.maximum(x, 0))


@pytest.mark.parametrize(("function", "arguments", "kernel", "settings"), CALLS)
def test_lowering(function, arguments, kernel, settings):
    builder = FakeBuilder()
    activations.get(functools.partial(function, **arguments)).lower(builder, Symbol())
    assert builder.ops == [("elementwise", [], (4,), settings, kernel, None, ())]


@pytest.mark.parametrize("name", ROWS)
def test_lowering_along_the_last_axis(name):
    builder = FakeBuilder()
    getattr(activations, name).lower(builder, Symbol())
    n = 2 if name == "glu" else 4
    assert builder.ops == [(name, [], (n,), (), None, None, ())]


@pytest.mark.parametrize("axis", [1, -2])
def test_lowering_along_another_axis(axis):
    builder = FakeBuilder()
    x = SimpleNamespace(shape=(5, 6))
    out = activations.get(functools.partial(activations.softmax, axis=axis))
    assert out.lower(builder, x).shape == (5, 6)
    assert [op[0] for op in builder.ops] == ["permute", "softmax", "permute"]
    assert builder.ops[1][2] == (6, 5)


@pytest.mark.parametrize("axis", [0, 2, -3])
def test_lowering_along_the_rows_is_refused(axis):
    elsewhere = activations.get(functools.partial(activations.softmax, axis=axis))
    with pytest.raises(ValueError, match=f"Received: axis={axis}"):
        elsewhere.lower(FakeBuilder(), Symbol())


def test_only_glu_changes_the_shape():
    assert activations.glu.output_shape((None, 3, 4)) == (None, 3, 2)
    assert activations.softmax.output_shape((None, 3, 4)) == (None, 3, 4)
    assert activations.relu.output_shape((None, 3, 4)) == (None, 3, 4)
    assert activations.get(known).output_shape((None, 4)) == (None, 4)


@pytest.mark.parametrize("name", NAMES)
def test_names_give_the_functions(name):
    real = ALIASES.get(name, name)
    assert activations.get(name) is getattr(activations, name)
    assert activations.serialize(activations.get(name)) == real
    assert activations.get(name).__name__ == real
    assert activations.get(name).__doc__.startswith(real)


def test_none_is_linear():
    assert activations.get(None) is activations.linear


BOUND = [
    functools.partial(activations.relu, max_value=6.0, threshold=1.0),
    {"class_name": "gelu", "config": {"approximate": True}},
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
        (functools.partial(activations.relu, slope=1.0), TypeError, "slope"),
        (functools.partial(activations.leaky_relu, 0.1), ValueError, "by keyword"),
        (
            functools.partial(activations.celu, alpha=0),
            ValueError,
            "Received: alpha=0",
        ),
        (
            functools.partial(activations.squareplus, b=-1),
            ValueError,
            "Received: b=-1",
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
