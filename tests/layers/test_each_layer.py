"""What each layer records, and what it refuses."""

import numpy as np
import pytest
from public_objects import FakeBuilder, lowered

from fastnn import activations, layers, random
from fastnn.regularizers import L1, L2


def kinds(ops):
    return [op[0] for op in ops]


@pytest.mark.parametrize("shape", [(4,), (2, 4), (3, 2, 4)])
def test_dense_works_on_the_last_axis(shape):
    layer = layers.Dense(3, activation="relu")
    dense, relu = lowered(layer, shape)
    assert (dense[0], dense[2]) == ("dense", (*shape[:-1], 3))
    assert (relu[0], relu[4]) == ("elementwise", "relu")
    assert layer.kernel.shape == (4, 3)


def test_dense_without_bias():
    layer = layers.Dense(3, use_bias=False)
    (_, (_, bias), *_), _ = lowered(layer)
    assert bias is None
    assert len(layer.weights) == 1


def test_dense_hands_its_regularizers_to_its_weights():
    layer = layers.Dense(3, kernel_regularizer=L1(0.1), bias_regularizer=L2(0.2))
    layer.build((None, 4))
    assert layer.kernel.regularizer is layer.kernel_regularizer
    assert layer.bias.regularizer is layer.bias_regularizer


@pytest.mark.parametrize("units", [0, -3, 2.5, "3", None, True])
def test_dense_needs_a_positive_number_of_units(units):
    with pytest.raises(ValueError, match=f"Received: units={units!r}"):
        layers.Dense(units)


@pytest.mark.parametrize("shape", [(None,), (None, None)])
def test_dense_needs_features(shape):
    with pytest.raises(ValueError, match=r"'d'.*Received: input_shape="):
        layers.Dense(3, name="d").build(shape)


def test_activation_keeps_the_shape():
    layer = layers.Activation("softmax")
    assert lowered(layer, (2, 4)) == [("softmax", [], (2, 4), (), None, None, ())]
    assert layer.activation is activations.softmax
    assert layer.count_params() == 0


def test_dropout_is_active_in_training_only():
    layer = layers.Dropout(0.3, seed=5)
    ((kind, weights, shape, scalars, _, key, sizes),) = lowered(layer)
    assert (kind, weights, shape, key, sizes) == ("dropout", [None], (4,), 5, (1, 0))
    assert scalars == pytest.approx((0.3, 1 / 0.7, 0, 0))
    builder = FakeBuilder()
    builder.training = False
    x = object()
    assert layer.lower(builder, x) is x
    assert builder.ops == []
    assert lowered(layers.Dropout(0)) == []


def test_dropout_without_a_seed_follows_the_global_one():
    random.set_seed(3)
    first, second = layers.Dropout(0.3).key, layers.Dropout(0.3).key
    random.set_seed(3)
    assert layers.Dropout(0.3).key == first != second
    random.set_seed(None)


@pytest.mark.parametrize("rate", [-0.1, 1.5, float("nan")])
def test_dropout_rate_is_a_share(rate):
    with pytest.raises(ValueError, match="Received: rate="):
        layers.Dropout(rate)


@pytest.mark.parametrize(
    ("shape", "size"), [((4,), 4), ((2, 3), 6), ((2, 3, 4), 24), ((), 1)]
)
def test_flatten(shape, size):
    layer = layers.Flatten()
    assert lowered(layer, shape) == [("reshape", [], (size,))]
    assert layer.compute_output_shape((None, *shape)) == (None, size)


def test_flatten_of_channels_first_puts_them_last():
    ops = lowered(layers.Flatten("channels_first"), (2, 3, 4))
    assert ops == [("permute", (1, 2, 0), (3, 4, 2)), ("reshape", [], (24,))]


def test_input_declares_and_records_nothing():
    layer = layers.Input(shape=(28, 28), name="pixels")
    assert layer.batch_shape == (None, 28, 28)
    assert (layer.input_shape, layer.name, layer.built) == ((28, 28), "pixels", True)
    assert lowered(layer, (28, 28)) == []


@pytest.mark.parametrize(
    "arguments",
    [{"shape": (0,)}, {"shape": (None,)}, {"shape": (3,), "batch_size": 0}],
)
def test_input_refuses_wrong_sizes(arguments):
    with pytest.raises(ValueError, match="Received: "):
        layers.Input(**arguments)


@pytest.mark.parametrize("wrong", ["Dens", {"class_name": "GlorotUniform"}, 3])
def test_deserialize_gives_layers_only(wrong):
    with pytest.raises(ValueError, match="Received: "):
        layers.deserialize(wrong)


def test_weights_start_at_their_initializers():
    layer = layers.Dense(3, kernel_initializer="ones", bias_initializer="ones")
    layer.build((None, 4))
    assert np.array_equal(layer.kernel, np.ones((4, 3)))
    assert np.array_equal(layer.bias, np.ones(3))
