"""Layers whose products round their operands to bfloat16."""

import numpy as np
import pytest
from reference.dense_bf16 import rounded

import fastnn
from fastnn.dtype_policies import DTypePolicy
from fastnn.layers import Activation, Dense
from fastnn.models import Sequential


def made(dtype, seed=1):
    fastnn.utils.set_random_seed(seed)
    model = Sequential(
        [Dense(24, "relu", input_dim=20, dtype=dtype), Dense(3, "softmax", dtype=dtype)]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def data(rng, rows=640):
    x = rng.normal(size=(rows, 20)).astype(np.float32)
    return x, np.eye(3)[(x @ rng.normal(size=(20, 3))).argmax(axis=1)]


def test_operands_are_rounded_and_sums_are_not(rng):
    layer = Dense(5, dtype="mixed_bfloat16")
    x = rng.normal(size=(7, 11)).astype(np.float32)
    out = layer(x)
    kernel, bias = layer.get_weights()
    expected = rounded(x).astype(np.float64) @ rounded(kernel) + bias
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    exact = x.astype(np.float64) @ kernel + bias
    assert np.abs(out - exact).max() > 1e-4


def test_weights_and_outputs_are_float32():
    layer = Dense(5, dtype="mixed_bfloat16")
    assert layer(np.ones((2, 3))).dtype == np.float32
    assert {w.dtype for w in layer.weights} == {"float32"}
    assert (layer.compute_dtype, layer.dtype) == ("bfloat16", "float32")
    assert layer.dtype_policy == DTypePolicy("mixed_bfloat16")


def test_training_learns_as_in_float32(rng):
    x, y = data(rng)
    histories = [
        made(dtype).fit(x, y, epochs=15, verbose=0).history["loss"]
        for dtype in ("float32", "mixed_bfloat16")
    ]
    assert histories[0] != histories[1]
    np.testing.assert_allclose(*histories, rtol=2e-2)
    assert histories[1][-1] < histories[1][0] / 2


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_same_bits_on_any_number_of_threads(rng, threads):
    def trained():
        fastnn.utils.set_random_seed(2)
        model = Sequential([Dense(300, "relu", input_dim=500), Dense(150), Dense(3)])
        model.compile("adam", "mse")
        model.fit(x, y, batch_size=128, epochs=2, verbose=0)
        return [w.tobytes() for w in model.get_weights()]

    x = rng.normal(size=(512, 500)).astype(np.float32)
    y = rng.normal(size=(512, 3))
    before = fastnn.get_num_threads()
    fastnn.config.set_dtype_policy("mixed_bfloat16")
    try:
        fastnn.set_num_threads(1)
        expected = trained()
        fastnn.set_num_threads(threads)
        assert trained() == expected
    finally:
        fastnn.set_num_threads(before)
        fastnn.config.set_dtype_policy(None)


def test_a_row_has_the_same_bits_in_any_batch(rng):
    model = made("mixed_bfloat16")
    x, _ = data(rng, 300)
    together = model.predict(x, verbose=0)
    np.testing.assert_array_equal(model.predict_on_batch(x[17:18])[0], together[17])
    np.testing.assert_array_equal(model.predict_one(x[250]), together[250])


def test_products_run_the_kernels_for_it(rng):
    model = made("mixed_bfloat16")
    x, y = data(rng, 64)
    model.fit(x, y, verbose=0)
    plan = str(model.explain())
    for product in ("forward", "backward_weight", "backward_input"):
        assert f"dense_bf16_{product}" in plan
    assert " dense_forward" not in plan


def test_layers_of_both_kinds_go_together(rng):
    x, y = data(rng)
    model = Sequential(
        [
            Dense(24, input_dim=20, dtype="mixed_bfloat16"),
            Activation("tanh"),
            Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    loss = model.fit(x, y, epochs=10, verbose=0).history["loss"]
    assert loss[-1] < loss[0]
    plan = str(model.explain())
    assert "dense_bf16_forward" in plan
    assert " dense_forward" in plan


def test_the_policy_survives_a_configuration():
    layer = Dense(3, dtype="mixed_bfloat16")
    again = Dense.from_config(layer.get_config())
    assert again.dtype_policy == layer.dtype_policy
    assert Dense.from_config(Dense(3).get_config()).compute_dtype == "float32"


def test_the_global_policy_is_that_of_layers_without_one():
    fastnn.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert fastnn.config.dtype_policy().name == "mixed_bfloat16"
        assert Dense(3).compute_dtype == "bfloat16"
        assert Dense(3, dtype="float64").dtype == "float64"
    finally:
        fastnn.config.set_dtype_policy(None)
    assert Dense(3).compute_dtype == "float32"


@pytest.mark.parametrize("dtype", ["bfloat16", "mixed_float16", "float16", "int32"])
def test_other_policies_are_refused(dtype):
    with pytest.raises(ValueError, match=r"Expected .*dtype.*Received: .*" + dtype):
        Dense(3, dtype=dtype)
