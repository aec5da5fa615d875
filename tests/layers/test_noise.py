"""Noise: what it depends on, and what shares it."""

import numpy as np
import pytest

import fastnn
from fastnn import layers

LAYERS = {
    "dropout": lambda **more: layers.Dropout(0.5, **more),
    "alpha": lambda **more: layers.AlphaDropout(0.5, **more),
    "gaussian dropout": lambda **more: layers.GaussianDropout(0.5, **more),
    "gaussian noise": lambda **more: layers.GaussianNoise(0.5, **more),
}
each = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
X = np.random.default_rng(0).normal(size=(64, 30)).astype("float32")


@each
def test_depends_on_the_seed(make):
    first, again, other = (make(seed=s)(X, training=True) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@each
def test_changes_from_step_to_step_and_not_with_threads(make):
    y = np.zeros((64, 30), "float32")
    seen = []
    before = fastnn.get_num_threads()
    for threads in (1, 2):
        fastnn.set_num_threads(threads)
        fastnn.utils.set_random_seed(5)
        model = fastnn.Sequential([
            layers.Input((30,)), make(seed=3), layers.Dense(30, use_bias=False),
        ])  # fmt: skip
        model.compile(fastnn.optimizers.SGD(0.0), "mse")
        history = model.fit(X, y, epochs=3, batch_size=64, verbose=0).history["loss"]
        seen.append(history)
    fastnn.set_num_threads(before)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 3


@each
def test_gradient_passes_as_the_noise_says(make):
    """For a layer y = x * noise + more, dy/dx is the same noise: the losses of a linear
    network with it fall along the gradient."""
    fastnn.utils.set_random_seed(7)
    model = fastnn.Sequential([
        layers.Input((30,)), layers.Dense(8), make(seed=3), layers.Dense(2),
    ])  # fmt: skip
    model.compile(fastnn.optimizers.SGD(1e-4), "mse")
    y = np.ones((64, 2), "float32")
    loss, gradients = model.compute_gradients(X, y)[:2]
    square = sum(float((g.astype("float64") ** 2).sum()) for g in gradients)
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        weight.assign(weight.numpy() - 1e-4 * gradient)
    after = model.compute_gradients(X, y)[0]
    assert (loss - after) / 1e-4 == pytest.approx(square, rel=0.05)


@pytest.mark.parametrize("make", [LAYERS["dropout"], LAYERS["alpha"]])
def test_noise_shape(make):
    x = np.ones((5, 4, 6), "float32")
    steps = make(seed=1, noise_shape=(None, 1, 6))(x, training=True)
    assert (steps == steps[:, :1]).all()
    assert len(np.unique(steps[:, 0], axis=0)) > 1
    rows = make(seed=1, noise_shape=(1, 4, 6))(x, training=True)
    assert (rows == rows[:1]).all()
    columns = make(seed=1, noise_shape=(None, 4, 1))(x, training=True)
    assert (columns == columns[..., :1]).all()
    assert len(np.unique(columns[..., 0], axis=0)) > 1


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(3).normal(size=(500, 200)).astype("float32")
    out = layers.AlphaDropout(0.3, seed=4)(x, training=True)
    assert abs(out.mean()) < 0.01
    assert abs(out.std() - 1) < 0.01


@pytest.mark.parametrize("cls", [layers.AlphaDropout, layers.GaussianDropout])
def test_a_rate_of_one_is_refused(cls):
    with pytest.raises(ValueError, match=r"below 1. Received: rate=1"):
        cls(1)


def test_rows_share_their_draws_however_many_there_are():
    out = layers.Dropout(0.5, noise_shape=(1, 60), seed=1)(np.ones((500, 60)), True)
    assert (out == out[:1]).all()
    assert 0 < np.count_nonzero(out[0]) < 60
