"""Vectors for indices: gradients, what is refused at the door, threads."""

import numpy as np
import pytest

import fastnn
from fastnn import layers, losses

IDS = np.random.default_rng(0).integers(0, 50, (64, 6))
Y = np.random.default_rng(1).normal(size=(64, 2)).astype("float32")


def model_of(**arguments):
    fastnn.utils.set_random_seed(3)
    model = fastnn.Sequential([
        layers.Input((6,)), layers.Embedding(50, 8, **arguments), layers.Flatten(),
        layers.Dense(2),
    ])  # fmt: skip
    model.compile(fastnn.optimizers.SGD(0.1), "mse")
    return model


def test_a_step_follows_the_gradient():
    model = model_of()
    table, kernel, bias = model.get_weights()
    rows = table[IDS].reshape(64, -1)
    error = rows @ kernel + bias - Y
    dvectors = (error @ kernel.T * (2 / error.size)).reshape(64, 6, 8)
    gradient = np.zeros_like(table)
    np.add.at(gradient, IDS, dvectors)
    model.train_on_batch(IDS, Y)
    expected = table - 0.1 * gradient
    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=1e-5, atol=1e-7)


def test_same_bits_for_any_number_of_threads():
    seen = []
    before = fastnn.get_num_threads()
    for threads in (1, 2):
        fastnn.set_num_threads(threads)
        model = model_of(embeddings_regularizer="l2", lora_rank=None)
        model.fit(IDS, Y, epochs=3, verbose=0)
        seen.append([w.tobytes() for w in model.get_weights()])
    fastnn.set_num_threads(before)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float32", "float64"])
def test_whole_numbers_of_any_type(dtype):
    model = model_of()
    expected = model.predict(IDS)
    np.testing.assert_array_equal(model.predict(IDS.astype(dtype)), expected)


def test_large_indices_are_not_rounded():
    layer = layers.Embedding(2**25, 1, embeddings_initializer="zeros")
    layer.build()
    layer.embeddings.value[2**24 + 1] = 7
    assert layer(np.array([[2**24 + 1, 2**24]])).tolist() == [[[7], [0]]]


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        ([[50, 0, 0, 0, 0, 0]], ValueError, "0 to 49.*Received: 0 to 50"),
        ([[-1, 0, 0, 0, 0, 0]], ValueError, "Received: -1 to 0"),
        ([[0.5, 0, 0, 0, 0, 0]], TypeError, "Received: float64"),
        ([[np.nan, 0, 0, 0, 0, 0]], TypeError, "Received: float64"),
        ([["a", "b", "c", "d", "e", "f"]], TypeError, "Received: <U1"),
    ],
)
def test_no_index_is_refused_at_the_door(wrong, kind, said):
    model = model_of()
    with pytest.raises(kind, match=said):
        model.predict(np.array(wrong))


def test_behind_a_lookup():
    words = np.array([["b"], ["a"], ["x"], ["b"]])
    model = fastnn.Sequential([
        layers.StringLookup(vocabulary=["a", "b"]),
        layers.Embedding(3, 2, weights=[[0, 0], [1, 10], [2, 20]]),
    ])  # fmt: skip
    expected = [[[2, 20]], [[1, 10]], [[0, 0]], [[2, 20]]]
    assert model.predict(words).tolist() == expected


def test_an_index_out_of_range_within_a_model_is_nan():
    model = fastnn.Sequential([
        layers.Input((2,)), layers.Rescaling(2), layers.Embedding(3, 1),
    ])  # fmt: skip
    assert np.isnan(model.predict([[0.0, 2.0]]))[0, :, 0].tolist() == [False, True]


def test_inputs_of_any_length():
    layer = layers.Embedding(5, 2)
    assert layer(np.zeros((3, 4), int)).shape == (3, 4, 2)
    assert layer(np.zeros((3, 2, 2), int)).shape == (3, 2, 2, 2)
    assert layer([1, 2]).shape == (2, 2)
    assert layer.count_params() == 10


def test_mask_of_zeros_leaves_values_out_of_the_loss():
    model = fastnn.Sequential([
        layers.Input((3,)), layers.Embedding(4, 2, mask_zero=True), layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse", metrics=["mae"])
    ids, y = np.array([[1, 0, 2], [0, 0, 3]]), np.ones((2, 3, 1), "float32")
    error = (model.predict(ids) - y)[ids != 0]
    loss, mae = model.evaluate(ids, y, verbose=0)
    assert loss == pytest.approx((error**2).mean(), rel=1e-5)
    assert mae == pytest.approx(np.abs(error).mean(), rel=1e-5)


def test_a_mask_at_a_loss_of_ones_own_is_refused():
    class Own(losses.Loss):
        def call(self, y_true, y_pred):
            return ((y_true - y_pred) ** 2).mean(axis=(1, 2))

    model = fastnn.Sequential([
        layers.Input((3,)), layers.Embedding(4, 2, mask_zero=True), layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", Own())
    with pytest.raises(ValueError, match="mask"):
        model.fit(np.ones((4, 3), int), np.ones((4, 3, 1)), verbose=0)


def test_penalty_on_outputs_counts():
    models = [model_of(), model_of(activity_regularizer="l2")]
    plain, penalized = (m.evaluate(IDS, Y, verbose=0, batch_size=64) for m in models)
    vectors = models[0].get_weights()[0][IDS]
    expected = 0.01 * (vectors**2).sum() / len(IDS)
    assert penalized - plain == pytest.approx(expected, rel=1e-3)
