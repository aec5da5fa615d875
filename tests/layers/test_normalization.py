"""Layers that normalize: their gradients, and what they keep from step to step."""

import functools

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

import fastnn
from fastnn import layers
from fastnn.layers import BatchNormalization, Dense, Flatten, Input
from fastnn.models import Sequential

ROWS = 9
STEP = 1e-5  # small, so that none crosses a rectifier's kink


class Inference(layers.Layer):
    """A layer around a normalization that never behaves as in training."""

    def __init__(self, **base):
        super().__init__(**base)
        self.inner = BatchNormalization(
            moving_mean_initializer="ones", dtype=self.dtype
        )

    def call(self, inputs):
        return self.inner(inputs, training=False)


class Twice(layers.Layer):
    """One normalization, used twice."""

    def __init__(self, **base):
        super().__init__(**base)
        self.inner = BatchNormalization(dtype=self.dtype)
        self.dense = Dense(4, "tanh", dtype=self.dtype)

    def call(self, inputs):
        return self.inner(self.dense(self.inner(inputs)))


LAYERS = {
    "batch": BatchNormalization(),
    "batch, axis 1": BatchNormalization(axis=1),
    "batch, alone": BatchNormalization(center=False, scale=False),
    "batch, center": BatchNormalization(scale=False),
    "batch, scale": BatchNormalization(center=False),
    "batch, frozen": BatchNormalization(trainable=False, gamma_initializer="ones"),
    "batch, of inference": Inference(),
    "batch, twice": Twice(),
    "layer": layers.LayerNormalization(),
    "layer, axis 1": layers.LayerNormalization(axis=1),
    "layer, axes": layers.LayerNormalization(axis=(1, 2)),
    "layer, alone": layers.LayerNormalization(center=False, scale=False),
    "layer, center": layers.LayerNormalization(axis=(1, 2), scale=False),
    "layer, scale": layers.LayerNormalization(center=False),
    "group": layers.GroupNormalization(2),
    "group, axis 1": layers.GroupNormalization(3, axis=1),
    "group, each": layers.GroupNormalization(-1),
    "group, one": layers.GroupNormalization(1, center=False),
    "rms": layers.RMSNormalization(),
    "rms, axes": layers.RMSNormalization(axis=(1, 2)),
    "unit": layers.UnitNormalization(),
    "unit, axes": layers.UnitNormalization(axis=[1, 2]),
    "prelu": layers.PReLU("ones"),
    "prelu, rows": layers.PReLU("uniform", shared_axes=[1]),
    "prelu, columns": layers.PReLU("uniform", shared_axes=2),
    "prelu, one": layers.PReLU("uniform", shared_axes=(1, 2)),
}


def with_inputs(layer, rows=ROWS):
    """A compiled model around a copy of a layer, rows and targets, in float64."""
    fastnn.utils.set_random_seed(3)
    config = layer.get_config()
    layer = type(layer).from_config({**config, "dtype": "float64"})
    double = functools.partial(Dense, dtype="float64")
    model = Sequential(
        [Input((3, 4), dtype="float64"), double(4), layer, Flatten(), double(2)]
    )
    model.compile("sgd", "mse")
    rng = np.random.default_rng(5)
    for weight in model.trainable_weights:
        weight.assign(weight.numpy() + 0.3 * rng.normal(size=weight.shape))
    return model, rng.normal(size=(rows, 3, 4)), rng.normal(size=(rows, 2))


def assert_gradients(model, x, y):
    _, gradients = model.compute_gradients(x, y, None)
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        start = weight.numpy()

        def objective(value, weight=weight):
            weight.assign(value)
            return float(model.compute_gradients(x, y, None)[0])

        expected = numerical_gradient(objective, start, STEP)
        weight.assign(start)
        np.testing.assert_allclose(
            gradient, expected, rtol=1e-6, atol=1e-8, err_msg=weight.path
        )


@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name):
    assert_gradients(*with_inputs(LAYERS[name]))


@pytest.mark.parametrize("name", ["batch", "layer", "group", "prelu", "rms, axes"])
def test_gradients_of_sums_of_several_parts(name):
    assert_gradients(*with_inputs(LAYERS[name], rows=150))


def in_training(layer, x, **settings):
    model = Sequential([Input(x.shape[1:]), layer, Dense(2)])
    model.compile("sgd", "mse")
    rng = np.random.default_rng(6)
    model.fit(x, rng.normal(size=(len(x), 2)), verbose=0, shuffle=False, **settings)
    return model


def rows_of(*shape, seed=4):
    return np.random.default_rng(seed).normal(2, 3, shape).astype("float32")


def test_moving_averages_follow_the_batches():
    layer, x = BatchNormalization(momentum=0.8), rows_of(40, 5)
    in_training(layer, x, batch_size=16)
    mean, variance = np.zeros(5), np.ones(5)
    for first in range(0, 40, 16):
        batch = x[first : first + 16].astype("float64")
        mean = 0.8 * mean + 0.2 * batch.mean(axis=0)
        variance = 0.8 * variance + 0.2 * batch.var(axis=0)
    np.testing.assert_allclose(layer.moving_mean.numpy(), mean, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance.numpy(), variance, rtol=1e-5)


def test_a_step_whose_loss_is_not_finite_leaves_no_trace():
    layer, x = BatchNormalization(), rows_of(8, 5)
    x[3, 2] = np.nan
    with pytest.warns(RuntimeWarning, match="in row 3"):
        in_training(layer, x, callbacks=[fastnn.callbacks.TerminateOnNaN()])
    assert np.array_equal(layer.moving_mean, np.zeros(5))
    assert np.array_equal(layer.moving_variance, np.ones(5))


def test_freezing_stops_the_averages_and_takes_them():
    layer, x = BatchNormalization(), rows_of(64, 5)
    model = in_training(layer, x)
    before = layer.get_weights()
    outside = model(x)
    layer.trainable = False
    assert np.array_equal(model(x, training=True), outside)
    model.compile("sgd", "mse")
    model.fit(x, rows_of(64, 2), verbose=0)
    assert all(map(np.array_equal, layer.get_weights(), before))
    layer.trainable = True
    assert not np.array_equal(model(x, training=True), outside)
    assert not np.array_equal(layer.moving_mean, before[2])


def test_evaluating_and_predicting_change_nothing():
    layer, x = BatchNormalization(), rows_of(64, 5)
    model = in_training(layer, x)
    before = model.get_weights()
    model.evaluate(x, rows_of(64, 2), verbose=0)
    model.predict(x)
    assert all(map(np.array_equal, model.get_weights(), before))


@pytest.mark.parametrize("name", ["batch", "layer, axes", "group", "unit", "prelu"])
def test_a_row_is_predicted_alike_in_any_batch(name):
    layer, x = (
        type(LAYERS[name]).from_config(LAYERS[name].get_config()),
        rows_of(9, 3, 4),
    )
    layer(x, training=True)
    together = layer(x)
    assert all(np.array_equal(layer(x[i : i + 1])[0], together[i]) for i in range(9))


@pytest.mark.parametrize("name", LAYERS)
def test_same_bits_on_any_number_of_threads(name):
    results = []
    before = fastnn.get_num_threads()
    try:
        for threads in (1, 2, 3):
            fastnn.set_num_threads(threads)
            model, x, y = with_inputs(LAYERS[name], rows=300)
            model.fit(x, y, batch_size=150, epochs=2, verbose=0)
            results.append(b"".join(w.tobytes() for w in model.get_weights()))
    finally:
        fastnn.set_num_threads(before)
    assert results[0] == results[1] == results[2]


def test_all_rows_of_a_call_are_one_batch():
    layer, x = BatchNormalization(momentum=0.0), rows_of(700, 3)
    outputs = layer(x, training=True)
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean.numpy(), x.mean(axis=0), rtol=1e-5)
    assert layer(x[:0], training=True).shape == (0, 3)


def test_a_model_around_a_normalization_in_training_predicts():
    class Always(layers.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.inner = BatchNormalization()

        def call(self, inputs):
            return self.inner(inputs, training=True)

    x = rows_of(30, 4)
    model = Sequential([Input((4,)), Always()])
    outputs = model.predict(x)
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(model.predict_one(x[0]), 0, atol=1e-5)


def test_large_means_do_not_spoil_the_variance():
    x = rows_of(1000, 3) + np.float32(1e4)
    outputs = BatchNormalization(epsilon=0.0)(x, training=True)
    np.testing.assert_allclose(outputs.std(axis=0), 1, rtol=1e-3)


def test_a_row_of_zeros_has_no_direction():
    model, x, y = with_inputs(LAYERS["unit"])
    model.layers[0].set_weights([np.zeros((4, 4)), np.zeros(4)])
    _, gradients = model.compute_gradients(x, y, None)
    assert all(np.isfinite(g).all() for g in gradients)
    assert np.array_equal(gradients[0], np.zeros((4, 4)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: BatchNormalization(axis=2), "axis=2"),
        (lambda: BatchNormalization(axis=0), "axis=0"),
        (lambda: layers.LayerNormalization(axis=[1, 3]), r"axis=\[1, 3\]"),
        (lambda: layers.RMSNormalization(axis=4), "axis=4"),
        (lambda: layers.GroupNormalization(3), "groups=3"),
        (lambda: layers.GroupNormalization(8), "groups=8"),
        (lambda: layers.PReLU(shared_axes=[3]), r"shared_axes=\[3\]"),
        (lambda: layers.PReLU(shared_axes=0), "shared_axes=0"),
    ],
)
def test_what_the_inputs_do_not_have(make, said):
    with pytest.raises(ValueError, match=f"Received: .*{said}"):
        make().build((None, 4))


@pytest.mark.parametrize("axis", [2.0, "1", None])
def test_an_axis_is_an_integer(axis):
    for cls in (layers.LayerNormalization, layers.UnitNormalization):
        with pytest.raises(TypeError, match="Received: axis="):
            cls(axis=axis)


def test_spectral_normalization_differentiates_the_divisor_and_keeps_the_kernel():
    rng = np.random.default_rng(0)
    dense = Dense(3, dtype="float64")
    layer = layers.SpectralNormalization(dense, power_iterations=2, dtype="float64")
    model = Sequential([Input((4,), dtype="float64"), layer])
    model.compile(fastnn.optimizers.SGD(0.1), "mse")
    x, y = rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    kernel, u, bias = model.get_weights()
    for _ in range(2):
        v = u @ kernel.T / np.linalg.norm(u @ kernel.T)
        u = v @ kernel / np.linalg.norm(v @ kernel)

    def loss(kernel):
        divided = kernel / (v @ kernel @ u.T).item()
        return float(((x @ divided + bias - y) ** 2).mean())

    step = 0.1 * numerical_gradient(loss, kernel)
    history = model.fit(x, y, batch_size=8, verbose=0).history
    np.testing.assert_allclose(history["loss"][0], loss(kernel), rtol=1e-12)
    np.testing.assert_allclose(dense.kernel.numpy(), kernel - step, rtol=1e-8)
    np.testing.assert_allclose(layer.vector_u.numpy(), u, rtol=1e-12)


def test_a_call_in_training_leaves_the_kernel_divided():
    dense = Dense(3)
    layer = layers.SpectralNormalization(dense, power_iterations=50)
    layer(rows_of(300, 4), training=True)
    largest = np.linalg.svd(dense.kernel.numpy(), compute_uv=False)[0]
    np.testing.assert_allclose(largest, 1, rtol=1e-4)
