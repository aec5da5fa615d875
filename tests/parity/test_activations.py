"""Activations: called on arrays, within a Dense layer, and as a layer."""

import functools

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, raise_alike

THRESHOLD = {"threshold": 0.1, "default_value": -0.2}

# (name, arguments): every activation with its defaults and with every argument
CALLS = [
    ("celu", {}),
    ("celu", {"alpha": 0.4}),
    ("elu", {}),
    ("elu", {"alpha": 0.4}),
    ("exponential", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 0.8}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_swish", {}),
    ("hard_tanh", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.4}),
    ("leaky_relu", {"negative_slope": -0.4}),
    ("linear", {}),
    ("log_sigmoid", {}),
    ("log_softmax", {}),
    ("mish", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.3}),
    ("relu", {"max_value": 0.7}),
    ("relu", {"threshold": 0.4}),
    ("relu", {"threshold": -0.4}),
    ("relu", {"max_value": 0.7, "threshold": -0.4}),
    ("relu", {"negative_slope": 0.3, "max_value": 0.7, "threshold": 0.4}),
    ("relu6", {}),
    ("selu", {}),
    ("sigmoid", {}),
    ("silu", {}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.8}),
    ("softmax", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 1.5}),
    ("swish", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("threshold", THRESHOLD),
]
ALONG_AN_AXIS = ["softmax", "log_softmax"]
SHAPES = [(7,), (3, 8), (2, 3, 4), (2, 3, 2, 6)]


def name_of(value):
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "defaults"
    return str(value)


def values(shape):
    """Numbers around zero, and a few far from it."""
    x = np.random.default_rng(3).normal(size=shape).astype("float32") * 3
    x.reshape(-1)[:2] = -40, 40
    return x


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=name_of)
def test_of_an_array(name, arguments, shape):
    x = values(shape)
    both(lambda k: k.activations.get(name)(x, **arguments), rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES[1:], ids=name_of)
@pytest.mark.parametrize("name", [*ALONG_AN_AXIS, "glu"])
def test_of_an_array_along_each_axis(name, shape):
    x = values(shape)
    for axis in range(-len(shape), len(shape)):
        if name == "glu" and shape[axis] % 2:
            continue
        both(lambda k: getattr(k.activations, name)(x, axis=axis), rtol=1e-5)  # noqa: B023


@pytest.mark.parametrize("x", [[-1.0, 2.0], 0.5, [[1, -2], [3, 4]], np.arange(3) - 1])
@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "selu"])
def test_of_what_numpy_makes_into_an_array(name, x):
    both(lambda k: getattr(k.activations, name)(np.float32(x)))


@pytest.mark.parametrize("x", [[3.0, 1.0, 0.0], [[5.0, -1.0], [0.0, 2.5]]])
def test_sparsemax_where_one_value_is_kept(x):
    """Where several are kept Keras adds up sums of sums, and no longer gets 1."""
    both(lambda k: k.activations.sparsemax(np.float32(x)))


def bound(k, name, arguments):
    function = k.activations.get(name)
    return functools.partial(function, **arguments) if arguments else name


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=name_of)
def test_in_a_dense_layer(name, arguments):
    case = Case(
        lambda k: [
            k.Input((6,)),
            k.layers.Dense(9, activation=bound(k, name, arguments)),
            k.layers.Dense(3),
        ],
        optimizer=lambda k: k.optimizers.SGD(0.05),
    )
    assert_same_training(case)


@pytest.mark.parametrize(("name", "arguments"), CALLS[::3], ids=name_of)
def test_as_a_layer(name, arguments):
    case = Case(
        lambda k: [
            k.Input((3, 4)),
            k.layers.Dense(5),
            k.layers.Activation(bound(k, name, arguments)),
        ],
        optimizer=lambda k: k.optimizers.SGD(0.05),
    )
    assert_same_training(case)


@pytest.mark.parametrize("axis", [1, 2, -1, -2])
@pytest.mark.parametrize("name", ALONG_AN_AXIS)
def test_as_a_layer_along_an_axis(name, axis):
    case = Case(
        lambda k: [
            k.Input((3, 4)),
            k.layers.Dense(5),
            k.layers.Activation(bound(k, name, {"axis": axis})),
        ],
        optimizer=lambda k: k.optimizers.SGD(0.05),
    )
    assert_same_training(case)


@pytest.mark.parametrize("wrong", ["rleu", 5])
def test_what_is_no_activation(wrong):
    raise_alike(lambda k: k.activations.get(wrong))


@pytest.mark.parametrize("name", sorted({name for name, _ in CALLS} | {"glu"}))
def test_names(name):
    both(lambda k: k.activations.serialize(k.activations.get(name)))
