"""Layers called on arrays, outside a model, against the reference."""

import functools

import numpy as np
import pytest
from public_objects import TOKENS, make, public_classes, row_shape
from reference import KERNELS
from tolerances import assert_close

from fastnn import activations, layers

DTYPES = ["float32", "float64"]


def dense_reference(layer, x):
    rows = x.reshape(-1, x.shape[-1])
    out = np.empty((len(rows), layer.units), x.dtype)
    KERNELS["dense_forward"](out, rows, layer.kernel.numpy(), layer.bias.numpy())
    scale = np.abs(rows) @ np.abs(layer.kernel.numpy()) + np.abs(layer.bias.numpy())
    shape = (*x.shape[:-1], layer.units)
    return out.reshape(shape), x.shape[-1] * scale.reshape(shape)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 4), (7, 19), (3, 5, 6), (2, 3, 4, 5)])
def test_dense(shape, dtype, rng):
    layer = layers.Dense(9, bias_initializer="random_normal", dtype=dtype)
    x = rng.normal(size=shape).astype(dtype)
    out = layer(x)
    assert out.dtype == dtype
    assert layer.built
    assert_close("dense_forward", dtype, out, *dense_reference(layer, x))


NAMES = sorted(set(activations.__all__) - {"get", "serialize", "deserialize"})
NAMES = [name for name in NAMES if name not in ("with_derivative", "threshold")]


@pytest.mark.parametrize("name", NAMES)
def test_activation(name, rng):
    x = rng.normal(size=(4, 5, 6))
    expected = getattr(activations, name)(x)
    out = layers.Activation(name, dtype="float64")(x)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", ["glu", "log_softmax", "softmax", "sparsemax"])
@pytest.mark.parametrize("axis", [1, 2, 3, -1, -2, -3])
def test_activation_along_an_axis(name, axis, rng):
    x = rng.normal(size=(4, 2, 18, 6))
    function = getattr(activations, name)
    layer = layers.Activation(functools.partial(function, axis=axis), dtype="float64")
    np.testing.assert_array_equal(layer(x), function(x, axis=axis))


def test_activation_of_ones_own():
    square = activations.with_derivative(lambda x: 2 * x)(lambda x: x * x)
    assert layers.Activation(square)([[1, 2], [3, 4]]).tolist() == [[1, 4], [9, 16]]


def test_flatten():
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    assert np.array_equal(layers.Flatten()(x), x.reshape(2, 12))


def test_dropout():
    layer = layers.Dropout(0.5, seed=1)
    x = np.ones((200, 50), np.float32)
    assert np.array_equal(layer(x), x)
    dropped = layer(x, training=True)
    assert set(np.unique(dropped)) == {0, 2}
    assert dropped.mean() == pytest.approx(1, abs=0.05)


def test_input_is_passed_on():
    x = np.ones((3, 4), np.float32)
    assert np.array_equal(layers.Input((4,))(x), x)


def test_a_layer_of_ones_own(rng):
    class Shifted(layers.Layer):
        def build(self, input_shape):
            self.by = self.add_weight((input_shape[-1],), "ones", name="by")

        def call(self, inputs, training=False):
            return inputs + self.by.value * (2 if training else 1)

    layer = Shifted()
    x = rng.normal(size=(3, 4)).astype(np.float32)
    assert np.array_equal(layer(x), x + 1)
    assert np.array_equal(layer(x, training=True), x + 2)


@pytest.mark.parametrize("cls", [cls for _, cls in public_classes("layers")])
def test_inputs_are_left_alone(cls):
    rows = np.ones((3, *row_shape(cls)), np.float32)
    x = TOKENS.get(cls.__name__, rows).copy()
    before = x.copy()
    x.flags.writeable = False
    ones = np.ones((3, 1), int) if cls is layers.HashedCrossing else None
    out = make(cls)(x if ones is None else [ones, ones], training=True)
    assert not np.shares_memory(out, x)
    assert np.array_equal(x, before)


def test_inputs_must_be_numbers():
    with pytest.raises(TypeError, match="inputs of 'd'"):
        layers.Dense(2, name="d")([["a"]])
