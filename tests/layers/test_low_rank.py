"""Adaptations of low rank."""

import copy
import pickle

import numpy as np
import pytest

import fastnn
from fastnn import layers

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(40, 2)).astype("float32")


@pytest.fixture
def model():
    fastnn.utils.set_random_seed(4)
    model = fastnn.Sequential([
        layers.Input((3,)), layers.Dense(8, activation="tanh"), layers.Dense(2),
    ])  # fmt: skip
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    return model


def by_hand(model):
    hidden, out = model.layers
    a = np.tanh(X @ np.asarray(hidden.kernel) + hidden.bias.numpy())
    return a @ out.kernel.numpy() + out.bias.numpy()


def test_nothing_changes_at_first(model):
    before = model.predict(X)
    model.layers[0].enable_lora(2)
    np.testing.assert_allclose(model.predict(X), before, rtol=1e-6)


def test_the_kernel_stays_and_the_adaptation_learns(model):
    layer = model.layers[0]
    before, kernel = model.predict(X), layer.kernel.numpy()
    layer.enable_lora(2, lora_alpha=3)
    model.fit(X, Y, epochs=3, verbose=0)
    assert np.array_equal(layer.get_weights()[0], kernel)
    assert not np.array_equal(model.predict(X), before)
    np.testing.assert_allclose(model.predict(X), by_hand(model), rtol=1e-4, atol=1e-5)
    a, b = layer.lora_kernel_a.numpy(), layer.lora_kernel_b.numpy()
    np.testing.assert_allclose(layer.kernel, kernel + 1.5 * a @ b, rtol=1e-5)


def test_a_model_around_is_told(model):
    around = fastnn.Sequential([layers.Input((3,)), model])
    around.predict(X)
    layer = model.layers[1]
    layer.enable_lora(1)
    layer.lora_kernel_b.assign(np.ones((1, 2)))
    np.testing.assert_allclose(around.predict(X), model.predict(X))
    expected = np.asarray(layer.kernel)
    hidden = model.layers[0](X)
    np.testing.assert_allclose(
        model.predict(X), hidden @ expected + layer.bias.numpy(), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies(duplicate):
    model = fastnn.Sequential([layers.Input((3,)), layers.Dense(2)])
    model.layers[0].enable_lora(2)
    model.layers[0].lora_kernel_b.assign(np.ones((2, 2)))
    again = duplicate(model)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.layers[0].lora_enabled


def test_configuration():
    layer = layers.Dense(3, lora_rank=2, lora_alpha=5)
    layer.build((None, 4))
    assert layer.lora_scale == 2.5
    again = layers.Dense.from_config(layer.get_config())
    again.build((None, 4))
    assert [w.shape for w in again.weights] == [(4, 3), (3,), (4, 2), (2, 3)]
    assert again.lora_alpha == 5


@pytest.mark.parametrize("rank", [0, -1, 1.5, "2", True])
def test_a_rank_is_a_positive_integer(rank):
    with pytest.raises(ValueError, match="Received: lora_rank="):
        layers.Dense(3, lora_rank=rank)


def test_rows_of_an_embedding():
    layer = layers.Embedding(6, 4, lora_rank=2)
    layer.build()
    layer.lora_embeddings_b.assign(np.ones((2, 4)))
    ids = np.array([[1, 5], [0, 0]])
    np.testing.assert_allclose(layer(ids), layer.embeddings[ids], rtol=1e-5)
