"""The stack of layers: adding, taking off, building, describing."""

import numpy as np
import pytest

from fastnn.layers import Activation, Dense, Dropout, Flatten, Input, Layer
from fastnn.models import Sequential
from fastnn.utils import set_random_seed


def article():
    model = Sequential()
    model.add(Dense(32, activation="relu", input_dim=784, name="hidden"))
    model.add(Dense(10, activation="softmax", name="output"))
    return model


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Input(shape=(784,)), Dense(32), Dense(10)],
        lambda: [Dense(32, input_shape=(784,)), Dense(10)],
        lambda: [Dense(32, input_dim=784), Dense(10)],
    ],
)
def test_ways_to_declare_the_input(layers):
    model = Sequential(layers())
    assert model.built
    assert model.input_shape == (None, 784)
    assert model.output_shape == (None, 10)
    assert len(model.layers) == 2
    assert [w.shape for w in model.weights] == [(784, 32), (32,), (32, 10), (10,)]


def test_built_by_the_first_data(rng):
    model = Sequential([Flatten(), Dense(5)])
    assert not model.built
    assert model.predict(rng.normal(size=(3, 2, 4))).shape == (3, 5)
    assert model.input_shape == (None, 2, 4)


def test_built_by_build():
    model = Sequential([Dense(5)])
    model.build((None, 7))
    assert model.count_params() == 40
    model.build((None, 7))  # again is fine
    model.build((16, 7))
    assert model.count_params() == 40
    with pytest.raises(ValueError, match=r"\(None, 7\).*Received.*\(None, 8\)"):
        model.build((None, 8))


def test_pop_and_add(rng):
    model = article()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    x = rng.normal(size=(20, 784)).astype(np.float32)
    model.fit(x, np.eye(10)[rng.integers(0, 10, 20)], verbose=0)
    hidden = model.layers[0].get_weights()
    assert model.pop().name == "output"
    assert model.output_shape == (None, 32)
    assert model.predict(x).shape == (20, 32)
    model.add(Dense(1, "sigmoid"))
    for ours, theirs in zip(model.layers[0].get_weights(), hidden, strict=True):
        assert np.array_equal(ours, theirs)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, rng.integers(0, 2, 20), verbose=0).history
    assert set(history) == {"accuracy", "loss"}


def test_a_compiled_model_may_still_grow(rng):
    model = Sequential([Input((4,)), Dense(3)])
    model.compile("adam", "mse", metrics=["mae"])
    x = rng.normal(size=(20, 4)).astype(np.float32)
    model.fit(x, x[:, :3], verbose=0)
    model.add(Dense(2))
    model.fit(x, x[:, :2], verbose=0)
    assert model.predict(x).shape == (20, 2)


def test_popped_to_the_ground():
    model = Sequential([Dense(3, input_dim=4)])
    model.pop()
    assert not model.built
    assert model.layers == []
    model.add(Dense(3, input_dim=9))
    assert model.input_shape == (None, 9)
    with pytest.raises(ValueError, match="at least one layer to pop"):
        Sequential().pop()


def test_popped_without_a_rebuild():
    """The next layer follows the one below, not the one that was taken off."""
    for below in ([], [Dense(5)]):
        model = Sequential([Input((4,)), *below, Dense(3)])
        model.pop(rebuild=False)
        assert not model.built
        model.add(Dense(2))
        assert model.predict(np.ones((6, 4))).shape == (6, 2)
        assert model.layers[-1].kernel.shape == (5 if below else 4, 2)


def test_get_layer():
    model = article()
    assert model.get_layer("output") is model.get_layer(index=1) is model.layers[1]
    assert model.get_layer(index=-1) is model.layers[1]
    with pytest.raises(ValueError, match=r"\['hidden', 'output'\].*name='x'"):
        model.get_layer("x")
    with pytest.raises(ValueError, match="index=2"):
        model.get_layer(index=2)
    for arguments in ({}, {"name": "hidden", "index": 0}):
        with pytest.raises(ValueError, match="either"):
            model.get_layer(**arguments)


def test_the_list_of_layers_is_a_copy():
    model = article()
    model.layers.clear()
    assert len(model.layers) == 2


def test_summary(capsys):
    model = article()
    model.layers[0].trainable = False
    model.summary()
    text = capsys.readouterr().out
    for part in ["hidden (Dense)", "(None, 32)", "25,120", "output (Dense)", "330"]:
        assert part in text
    assert "Total params: 25,450 (99.41 KB)" in text
    assert "Trainable params: 330" in text
    assert "Non-trainable params: 25,120" in text
    lines = []
    model.summary(print_fn=lines.append)
    assert "".join(lines) == text


def test_summary_before_build():
    lines = []
    Sequential([Dense(3, name="d")]).summary(print_fn=lines.append)
    assert "0 (unbuilt)" in "".join(lines)
    Sequential().summary(print_fn=lines.append)


def test_configuration_round_trip(rng):
    model = Sequential(
        [
            Input((2, 3)),
            Flatten(),
            Dense(4, "elu", kernel_regularizer="l2", dtype="float64"),
            Dropout(0.25, seed=3),
            Activation("softmax"),
        ],
        name="mine",
    )
    other = Sequential.from_config(model.get_config())
    assert other.get_config() == model.get_config()
    assert other.name == "mine"
    assert [type(layer) for layer in other.layers] == [type(la) for la in model.layers]
    other.set_weights(model.get_weights())
    x = rng.normal(size=(5, 2, 3))
    assert np.array_equal(other.predict(x), model.predict(x))


def test_configuration_of_a_model_that_was_built_by_data(rng):
    model = Sequential([Dense(3)])
    assert not Sequential.from_config(model.get_config()).built
    model.predict(rng.normal(size=(2, 7)))
    assert Sequential.from_config(model.get_config()).input_shape == (None, 7)


def test_weights_round_trip(tmp_path, rng):
    model, other = article(), article()
    x = rng.normal(size=(5, 784)).astype(np.float32)
    expected = model.predict(x)
    path = tmp_path / "some.weights.npz"
    model.save_weights(path)
    other.load_weights(path)
    assert np.array_equal(other.predict(x), expected)
    other.set_weights([0 * w for w in other.get_weights()])
    other.set_weights(model.get_weights())
    assert np.array_equal(other.predict(x), expected)


def test_get_weights_are_copies():
    model = article()
    model.get_weights()[0][...] = 7
    assert not (model.get_weights()[0] == 7).any()
    model.weights[0].value[...] = 7  # this one is the weight itself
    assert (model.get_weights()[0] == 7).all()


def test_a_live_weight_is_seen_by_the_next_prediction(rng):
    model = Sequential([Input((4,)), Dense(3)])
    x = rng.normal(size=(5, 4)).astype(np.float32)
    model.predict(x)
    model.layers[0].kernel.assign(np.zeros((4, 3)))
    assert not model.predict(x).any()
    model.layers[0].set_weights([np.zeros((4, 3)), np.ones(3)])
    assert (model.predict(x) == 1).all()


def test_trainable_of_the_whole_model():
    model = article()
    assert len(model.trainable_weights) == 4
    model.trainable = False
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == 4
    assert not any(layer.trainable for layer in model.layers)


def test_the_same_seed_gives_the_same_weights():
    weights = []
    for _ in range(2):
        set_random_seed(4)
        weights.append(b"".join(w.tobytes() for w in article().get_weights()))
    assert weights[0] == weights[1]


def test_names_count_up():
    one, two = Sequential(), Sequential()
    assert one.name != two.name
    assert "sequential" in one.name
    assert "built=False" in repr(one)


def test_layers_without_weights(rng):
    model = Sequential([Input((2, 3)), Flatten(), Activation("relu")])
    model.compile("adam", "mse")
    x = rng.normal(size=(5, 2, 3)).astype(np.float32)
    y = rng.normal(size=(5, 6))
    expected = np.maximum(x.reshape(5, 6), 0)
    assert np.array_equal(model.predict(x), expected)
    loss = model.fit(x, y, verbose=0).history["loss"]
    assert loss == pytest.approx([((expected - y) ** 2).mean()], rel=1e-5)
    assert model.count_params() == 0
    assert model.get_weights() == []


def test_a_subclass_may_add_to_the_model(rng):
    class Mine(Sequential):
        def predict_classes(self, x):
            return self.predict(x).argmax(axis=-1)

    model = Mine([Input((4,)), Dense(3)])
    assert model.predict_classes(rng.normal(size=(6, 4))).shape == (6,)


def test_calling_a_layer_first_and_putting_it_into_a_model_later(rng):
    layer = Dense(3)
    x = rng.normal(size=(6, 4)).astype(np.float32)
    expected = layer(x)
    model = Sequential([Input((4,)), layer])
    model.compile("adam", "mse")
    assert np.array_equal(model.predict(x), expected)
    model.fit(x, x[:, :3], verbose=0)
    assert np.array_equal(layer(x), model.predict(x))
    assert not np.array_equal(layer(x), expected)


def test_a_layer_of_two_models_is_one_layer(rng):
    shared = Dense(5, "tanh", name="shared")
    one = Sequential([Input((4,)), shared, Dense(2)])
    two = Sequential([Input((4,)), shared])
    x = rng.normal(size=(30, 4)).astype(np.float32)
    two.predict(x)
    one.compile("adam", "mse")
    one.fit(x, x[:, :2], epochs=2, verbose=0)
    np.testing.assert_allclose(
        two.predict(x),
        np.tanh(x @ shared.kernel.value + shared.bias.value),
        rtol=1e-5,
        atol=1e-6,
    )
    with pytest.raises(ValueError, match=r"'shared'.*Received: \(None, 7\)"):
        Sequential([Input((7,)), shared])


def test_a_layer_that_fails_to_build_is_not_added():
    class Broken(Layer):
        def build(self, input_shape):
            raise ValueError("not today")

        def call(self, inputs):
            return inputs

    model = Sequential([Input((4,)), Dense(3)])
    with pytest.raises(ValueError, match="not today"):
        model.add(Broken())
    assert len(model.layers) == 1
    assert model.output_shape == (None, 3)
    model = Sequential([Dense(3), Broken()])
    with pytest.raises(ValueError, match="not today"):
        model.build((None, 4))
    assert not model.built
    assert not model.layers[0].built
    model.pop()
    model.build((None, 9))
    assert model.output_shape == (None, 3)
