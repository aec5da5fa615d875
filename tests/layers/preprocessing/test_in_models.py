"""Layers that prepare features, as parts of a model."""

import numpy as np
import pytest

import fastnn
from fastnn import layers

MACHINES = np.array([["L"], ["M"], ["H"], ["L"]] * 8)
CODES = np.array([2**40, -5, 7, 2**40] * 8)[:, None]


def trained(*stack, x, y):
    model = fastnn.Sequential([*stack, layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (lambda m: layers.StringLookup(vocabulary=["L", "M"], output_mode=m), MACHINES),
        (lambda m: layers.IntegerLookup(vocabulary=[2**40], output_mode=m), CODES),
        (lambda m: layers.Hashing(3, output_mode=m), MACHINES),
        (lambda m: layers.CategoryEncoding(9, output_mode=m), np.abs(CODES) % 9),
    ],
)
def test_first_layer_reads_what_the_user_has(layer, x, mode, rng):
    """A model with the layer inside is the model of what the layer returns alone."""
    y = rng.normal(size=(len(x), 1))
    inside, outside = layer(mode), layer(mode)
    prepared = outside(x)
    model = trained(inside, x=x, y=y)
    twin = trained(x=prepared, y=y)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    expected = twin.predict(prepared, verbose=0)
    np.testing.assert_array_equal(model.predict(x, verbose=0), expected)
    np.testing.assert_array_equal(model.predict_on_batch(x), expected)
    np.testing.assert_array_equal(model.predict_on_batch(x.tolist()), expected)
    np.testing.assert_array_equal(model.predict_one(x[1]), expected[1])
    assert model.evaluate(x, y, verbose=0) == twin.evaluate(prepared, y, verbose=0)


def test_layers_in_the_middle(rng):
    x = rng.normal(3, 2, (40, 4)).astype(np.float32)
    scaled = layers.Normalization()
    scaled.adapt(x)
    bins = layers.Discretization([-1.0, 0.0, 1.0])
    model = fastnn.Sequential([
        scaled, bins, layers.IntegerLookup(vocabulary=[0, 1, 2, 3]),
        layers.CategoryEncoding(5, output_mode="one_hot"),
    ])  # fmt: skip
    codes = np.digitize((x - x.mean(0)) / x.std(0), [-1.0, 0.0, 1.0]) + 1
    expected = np.eye(5, dtype=np.float32)[codes]
    assert model.predict(x, verbose=0).shape == (40, 4, 5)
    np.testing.assert_array_equal(model.predict(x, verbose=0), expected)


def test_integers_go_on_as_numbers():
    model = fastnn.Sequential([layers.Discretization([0.0, 1.0]), layers.Dense(1)])
    model.build((None, 2))
    model.set_weights([[[1.0], [10.0]], [0.0]])
    x = np.array([[-1.0, 0.5], [2.0, -3.0]])
    assert model.predict(x, verbose=0).tolist() == [[10.0], [2.0]]


def test_gradients_pass_through_rescaling(rng):
    x, y = rng.normal(size=(16, 3)), rng.normal(size=(16, 1))
    middle = layers.Rescaling([2.0, 0.5, -1.0, 0.0], offset=1.0)
    model = fastnn.Sequential([layers.Dense(4, dtype="float64"), middle])
    model.compile("sgd", "mse")
    model.fit(x, y * np.ones(4), batch_size=16, epochs=1, verbose=0)
    kernel, bias = model.get_weights()
    assert np.isfinite(kernel).all() and np.abs(bias[:3]).min() > 0
    assert bias[3] == 0  # what is multiplied by zero has no gradient


def test_adapting_again_reaches_the_model(rng):
    x = rng.normal(5, 3, (64, 2)).astype(np.float32)
    layer = layers.Normalization()
    model = fastnn.Sequential([fastnn.Input((2,)), layer])
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)
    layer.adapt(x)
    np.testing.assert_allclose(model.predict(x, verbose=0).mean(0), 0, atol=1e-6)


def test_normalization_undone(rng):
    x = rng.normal(5, 3, (64, 2))
    there, back = (layers.Normalization(invert=i, dtype="float64") for i in (0, 1))
    there.adapt(x)
    back.adapt(x)
    np.testing.assert_allclose(back(there(x)), x)


@pytest.mark.parametrize("axis", [-1, 1, 2, (1, 2), None])
def test_normalization_along_axes(axis, rng):
    x = rng.normal(5, 3, (30, 3, 4))
    layer = layers.Normalization(axis=axis, dtype="float64")
    layer.adapt(x[:10])
    layer.adapt(iter([x[:7], (x[7:30], None)]))  # what was found before is forgotten
    kept = {-1: (2,), 1: (1,), 2: (2,), (1, 2): (1, 2), None: ()}[axis]
    reduced = tuple(a for a in range(3) if a not in kept)
    mean = x.mean(reduced, keepdims=True)
    deviation = x.std(reduced, keepdims=True)
    np.testing.assert_allclose(layer(x), (x - mean) / deviation)
    np.testing.assert_allclose(layer.mean, mean)
    np.testing.assert_allclose(layer.variance, deviation**2)


def test_normalization_of_a_constant_feature():
    layer = layers.Normalization()
    layer.adapt(np.ones((5, 2)))
    assert layer(np.ones((1, 2))).tolist() == [[0.0, 0.0]]


def test_wrong_values_at_the_door():
    model = fastnn.Sequential([
        layers.StringLookup(vocabulary=["a"], num_oov_indices=0, output_mode="one_hot")
    ])  # fmt: skip
    with pytest.raises(ValueError, match=r"num_oov_indices=0.*Received: \['b'\]"):
        model.predict(np.array([["a"], ["b"]]), verbose=0)
    with pytest.raises(TypeError, match="Expected strings"):
        model.predict(np.array([[1.0]]), verbose=0)
    with pytest.raises(ValueError, match="Received: 0 to 9"):
        layers.CategoryEncoding(9)([[0, 9]])


def test_a_copy_has_the_vocabulary():
    layer = layers.StringLookup(output_mode="tf_idf")
    layer.adapt(np.array([["a", "b"], ["a", "c"]]))
    again = layers.StringLookup.from_config(layer.get_config())
    assert again.get_vocabulary() == layer.get_vocabulary()
    x = [["a", "b"], ["c", "q"]]
    np.testing.assert_allclose(again(x), layer(x))


def test_vocabulary_from_a_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("b\na\n")
    assert layers.StringLookup(vocabulary=str(path))(["a", "b"]).tolist() == [2, 1]
    path.write_text("5\n7\n")
    assert layers.IntegerLookup(vocabulary=path)([7, 6]).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("vocabulary", "arguments", "message"),
    [
        (["a", "a"], {}, "Received twice: \\['a'\\]"),
        ([], {}, "Received: none"),
        (["a", "m"], {"mask_token": "m"}, "reserved token 'm'"),
        (["a", "b"], {"max_tokens": 2}, "takes 3"),
        (["a"], {"idf_weights": [1.0]}, "output_mode"),
        (["a"], {"output_mode": "tf_idf"}, "idf_weights"),
        (["a"], {"output_mode": "tf_idf", "idf_weights": [1.0, 2.0]}, "shape \\(2,\\)"),
    ],
)
def test_vocabularies_that_cannot_be(vocabulary, arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.StringLookup(vocabulary=vocabulary, **arguments)


def test_boundaries_by_quantiles(rng):
    values = rng.uniform(size=10_000)
    layer = layers.Discretization(num_bins=4, epsilon=0.001)
    layer.adapt(iter(values.reshape(10, -1)))
    np.testing.assert_allclose(layer.bin_boundaries, [0.25, 0.5, 0.75], atol=0.02)
    coarse = layers.Discretization(num_bins=4, epsilon=0.3)
    coarse.adapt(values)
    assert coarse.bin_boundaries != layer.bin_boundaries
    with pytest.raises(ValueError, match="have boundaries"):
        layers.Discretization(num_bins=4)([1.0])


def test_missing_packages_are_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "farmhash", None)
    monkeypatch.setitem(sys.modules, "siphash24", None)
    with pytest.raises(ImportError, match="cityhash"):
        layers.Hashing(3)(["a"])
    with pytest.raises(ImportError, match="siphash24"):
        layers.Hashing(3, salt=1)(["a"])
