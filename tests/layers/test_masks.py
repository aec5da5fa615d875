"""Masks that a layer is called with."""

import numpy as np
import pytest

from fastnn import layers


@pytest.fixture
def x(rng):
    return rng.normal(size=(6, 4, 3)).astype("float32")


@pytest.fixture
def mask(rng):
    return rng.random((6, 4)) > 0.4


def softmax(x, counts, axis):
    powers = np.where(counts, np.exp(x.astype("float64")), 0)
    sums = powers.sum(axis=axis, keepdims=True)
    return powers / np.where(sums == 0, 1, sums)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2)])
@pytest.mark.parametrize("shape", [(6, 4, 3), (6, 4, 1), (1, 4, 3), (3,)])
def test_softmax(x, axis, shape, rng):
    counts = rng.random(shape) > 0.4
    expected = softmax(x, counts, axis)
    for mask in (counts, counts.astype("float32"), counts.tolist()):
        out = layers.Softmax(axis)(x, mask=mask)
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-7)
        assert out.dtype == np.float32


def test_softmax_of_nothing_is_zero(x):
    assert not layers.Softmax()(x, mask=np.zeros((6, 4, 1))).any()


@pytest.mark.parametrize("axes", [1, 2])
def test_statistics_are_made_of_what_counts(x, mask, axes):
    x, mask = (x, mask) if axes == 2 else (x[:, 0], mask[:, 0])
    layer = layers.BatchNormalization(momentum=0.5)
    out = layer(x, training=True, mask=mask)
    mean, variance = x[mask].mean(axis=0), x[mask].var(axis=0)
    expected = (x - mean) / np.sqrt(variance + layer.epsilon)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean.numpy(), mean / 2, rtol=1e-5)
    kept = layer.moving_variance.numpy()
    np.testing.assert_allclose(kept, (1 + variance) / 2, rtol=1e-5)


def test_statistics_of_nothing_are_zero(x):
    layer = layers.BatchNormalization(momentum=0.5)
    layer(x, training=True, mask=np.zeros((6, 4), bool))
    assert not layer.moving_mean.numpy().any()


def test_outside_training_a_mask_does_not_matter(x, mask):
    layer = layers.BatchNormalization(moving_mean_initializer="ones")
    np.testing.assert_array_equal(layer(x, mask=mask), layer(x))


class Kept(layers.Layer):
    supports_masking = True

    def call(self, inputs, mask=None):
        return inputs if mask is None else inputs * mask[..., np.newaxis]


@pytest.mark.parametrize("rows", [6, 500])  # more than go through a plan together
def test_a_layer_of_ones_own(rng, rows):
    x, mask = rng.normal(size=(rows, 4, 3)), rng.random((rows, 4)) > 0.4
    layer = Kept(dtype="float64")
    np.testing.assert_array_equal(layer(x, mask=mask), x * mask[..., np.newaxis])
    np.testing.assert_array_equal(layer(x), x)


class Around(layers.Layer):
    def __init__(self, mask=None):
        super().__init__()
        self.inner = layers.Softmax()
        self.mask = mask

    def call(self, inputs, mask=None):
        return self.inner(inputs, mask=self.mask)


@pytest.mark.parametrize(
    "layer", [layers.Dense(2), layers.Masking(), Around(), Around(np.ones((6, 4, 1)))]
)
def test_layers_that_take_none(x, mask, layer):
    given = {} if getattr(layer, "mask", None) is not None else {"mask": mask}
    with pytest.raises(TypeError, match="Received: a mask"):
        layer(x, **given)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Softmax(), (6, 4)),
        (layers.Softmax(), (1, 6, 4, 3)),
        (layers.Softmax(), (2, 4, 3)),
        (layers.BatchNormalization(), (4,)),
        (layers.BatchNormalization(), (6, 4, 3)),
        (layers.BatchNormalization(), (2, 4)),
    ],
)
def test_masks_that_do_not_fit(x, layer, shape):
    with pytest.raises(ValueError, match="Received: mask of shape"):
        layer(x, mask=np.ones(shape, bool))
