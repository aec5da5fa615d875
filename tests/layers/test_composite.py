"""Layers and models made of layers."""

import copy
import pickle

import numpy as np
import pytest

import fastnn
from fastnn import layers
from fastnn.models import Model, Sequential
from fastnn.regularizers import L2


class Block(layers.Layer):
    """Two products with a way around them."""

    def __init__(self, units, **base):
        super().__init__(**base)
        self.units = units
        self.first = layers.Dense(units, activation="tanh")
        self.rest = [layers.Dropout(0.5, seed=1), layers.Dense(units)]

    def call(self, inputs, training=False):
        x = self.first(inputs)
        for layer in self.rest:
            x = layer(x)
        return x + inputs


class Own(Model):
    def __init__(self, units=4, name=None):
        super().__init__(name=name)
        self.units = units
        self.hidden = {"a": layers.Dense(units, activation="relu")}
        self.block = Block(units)
        self.out = layers.Dense(2)

    def call(self, inputs):
        return self.out(self.block(self.hidden["a"](inputs)))


class Tied(Model):
    """One layer used three times, and one whose outputs nobody needs."""

    def __init__(self, **base):
        super().__init__(**base)
        self.dense = layers.Dense(3, activation="tanh")
        self.ignored = layers.Dense(5)

    def call(self, inputs):
        self.ignored(inputs)
        return self.dense(self.dense(self.dense(inputs)))


@pytest.fixture
def problem(rng):
    return rng.normal(size=(20, 3)), rng.normal(size=(20, 2))


def numbers(model, x):
    """The outputs by hand."""
    w = {weight.path.split("/", 1)[1]: weight.numpy() for weight in model.weights}
    hidden = np.maximum(x @ w[f"{model.hidden['a'].name}/kernel"], 0)
    first, last = model.block.first, model.block.rest[1]
    name = model.block.name
    inner = np.tanh(hidden @ w[f"{name}/{first.name}/kernel"])
    inner = inner @ w[f"{name}/{last.name}/kernel"] + hidden
    return inner @ w[f"{model.out.name}/kernel"]


def test_a_model_of_ones_own_predicts(problem):
    model = Own()
    x = problem[0].astype("float32")
    np.testing.assert_allclose(model.predict(x), numbers(model, x), rtol=1e-4)
    assert np.array_equal(model(x), model.predict(x))
    assert (model.input_shape, model.output_shape) == ((None, 3), (None, 2))


def test_parts_are_found_in_order(problem):
    model = Own(name="own")
    assert model.layers == [model.hidden["a"], model.block, model.out]
    assert model.weights == []
    model.build((None, 3))
    assert len(model.weights) == 8
    assert model.weights[2] is model.block.first.kernel
    first = model.block.first
    assert first.kernel.path == f"own/{model.block.name}/{first.name}/kernel"
    assert first.path == f"own/{model.block.name}/{first.name}"
    assert model.get_layer(index=-1) is model.out
    assert model.get_layer(model.block.name) is model.block
    assert model.count_params() == 16 + 20 + 20 + 10


def loss_at(model, weights, x, y):
    """The loss in float64 for other weights."""
    model.set_weights(weights)
    return float(((model.predict(x) - y) ** 2).mean())


@pytest.mark.parametrize("kind", [Own, Tied])
def test_training_follows_the_gradient(kind, rng):
    fastnn.config.set_floatx("float64")
    try:
        model = kind()
        model.compile(fastnn.optimizers.SGD(1.0), "mse")
        x = rng.normal(size=(6, 3))
        y = rng.normal(size=model(x).shape)
        for layer in model._flatten_layers():
            if isinstance(layer, layers.Dropout):
                layer.rate = 0.0
        before = model.get_weights()
        model.train_on_batch(x, y)
        moved = [a - b for a, b in zip(before, model.get_weights(), strict=True)]
        for index, weight in enumerate(before):
            for place in np.ndindex(weight.shape):
                values = []
                for step in (1e-6, -1e-6):
                    changed = [w.copy() for w in before]
                    changed[index][place] += step
                    values.append(loss_at(model, changed, x, y))
                slope = (values[0] - values[1]) / 2e-6
                assert moved[index][place] == pytest.approx(slope, abs=1e-7, rel=1e-5)
    finally:
        fastnn.config.set_floatx("float32")


def test_a_block_is_a_layer_of_a_sequential(problem):
    fastnn.utils.set_random_seed(1)
    model = Sequential([layers.Input((3,)), Block(3), layers.Dense(2)])
    assert model.output_shape == (None, 2)
    assert len(model.weights) == 6
    model.compile("adam", "mse")
    history = model.fit(*problem, epochs=60, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_dropout_inside_is_active_in_training_only():
    block = Block(3)
    x = np.ones((5, 3), np.float32)
    assert np.array_equal(block(x), block(x))
    assert not np.array_equal(block(x, training=True), block(x))


def test_training_can_be_said_inside():
    class Never(Model):
        def __init__(self):
            super().__init__()
            self.dropout = layers.Dropout(0.5)

        def call(self, inputs, training=False):
            seen.append(training)
            return self.dropout(inputs, training=False)

    seen = []
    x = np.ones((5, 3), np.float32)
    assert np.array_equal(Never()(x, training=True), x)
    assert seen[-1] is True


def test_a_sequential_within_a_sequential(problem):
    inner = Sequential([layers.Dense(5, activation="relu"), layers.Dense(4)], name="in")
    outer = Sequential([inner, layers.Dense(2)], name="out")
    outer.compile("sgd", "mse")
    outer.fit(*problem, verbose=0)
    assert outer.layers[0] is inner
    assert inner.input_shape == (None, 3)
    assert [w.path.split("/")[:2] for w in outer.weights[:4]] == [["out", "in"]] * 4
    x = problem[0].astype("float32")
    flat = Sequential([*inner.layers, outer.layers[1]])
    flat.build((None, 3))
    assert np.array_equal(flat.predict(x), outer.predict(x))
    assert inner.predict(x).shape == (20, 4)


def test_a_change_inside_reaches_the_model_around(problem):
    inner = Sequential([layers.Input((3,)), layers.Dense(2)])
    outer = Sequential([layers.Input((3,)), inner])
    x = problem[0].astype("float32")
    assert outer.predict(x).shape == (20, 2)
    inner.add(layers.Activation("relu"))
    assert np.array_equal(outer.predict(x), np.maximum(outer.predict(x), 0))


def test_freezing(problem):
    model = Own()
    model.build((None, 3))
    model.compile("sgd", "mse")
    model.block.trainable = False
    assert [layer.trainable for layer in model.block._flatten_layers()] == [False] * 4
    before = model.get_weights()
    model.fit(*problem, verbose=0)
    after = model.get_weights()
    same = [np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert same == [False, False, True, True, True, True, False, False]
    assert len(model.trainable_weights) == 4
    assert len(model.non_trainable_weights) == 4
    model.trainable = True
    model.fit(*problem, verbose=0)
    assert not np.array_equal(model.block.first.kernel, after[2])
    model.trainable = False
    before = model.get_weights()
    assert model.trainable_weights == []
    model.fit(*problem, verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_penalties_inside_count(problem):
    class Penalized(Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, kernel_regularizer=L2(0.1))

        def call(self, inputs):
            return self.dense(inputs)

    model = Penalized()
    model.compile("sgd", "mse")
    loss = model.evaluate(*problem, verbose=0)
    plain = ((model.predict(problem[0]) - problem[1]) ** 2).mean()
    assert len(model.losses) == 1
    assert loss == pytest.approx(plain + model.losses[0], rel=1e-5)


def test_activations_can_be_called():
    class Activated(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, use_bias=False, kernel_initializer="ones")

        def call(self, inputs):
            return fastnn.activations.relu(self.dense(inputs))

    x = np.array([[1.0, -3.0], [2.0, 0.5]], np.float32)
    assert Activated()(x).tolist() == [[0, 0], [2.5, 2.5]]


REFUSED = {
    "a product": (lambda self, x: self.dense(x) * 2, "__mul__"),
    "NumPy": (lambda self, x: np.exp(self.dense(x)), "numpy.exp"),
    "a function of arrays": (lambda self, x: np.mean(self.dense(x)), "numpy.mean"),
    "an array": (lambda self, x: np.asarray(self.dense(x)), "conversion"),
    "a part": (lambda self, x: self.dense(x)[:, 0], "__getitem__"),
    "a method": (lambda self, x: self.dense(x).sum(), "'sum'"),
    "a condition": (lambda self, x: self.dense(x) if self.dense(x) else x, "condition"),
    "a sum with a number": (lambda self, x: self.dense(x) + 1, "a sum with 1"),
    "a sum of shapes": (lambda self, x: self.dense(x) + x, "a sum with <Symbol"),
    "nothing": (lambda self, x: None, "Received: None"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded_is_refused(name):
    call, said = REFUSED[name]

    class Refused(Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(4)

    Refused.call = call
    model = Refused()
    with pytest.raises(TypeError, match="Received: ") as info:
        model.predict(np.ones((2, 3)))
    assert said in str(info.value)
    assert not model.built
    assert model.dense.weights == []


def test_a_model_without_call_is_refused():
    class Empty(Model):
        pass

    with pytest.raises(NotImplementedError, match="override `call"):
        Empty().predict(np.ones((2, 3)))


def test_a_layer_that_is_no_attribute_any_more_is_forgotten():
    block = Block(3)
    block.build((None, 3))
    assert len(block.weights) == 4
    block.first = None
    assert len(block.weights) == 2
    del block.rest
    assert block.weights == []


def test_variables_as_attributes_belong_to_the_layer():
    class Counting(layers.Layer):
        def __init__(self):
            super().__init__()
            self.mean = self.add_weight((2,), name="mean", trainable=False)
            self.scale = self.add_weight((2,), name="scale")
            self.count = fastnn.Variable(0, trainable=False, name="count")
            self.seeds = fastnn.random.SeedGenerator(1)

        def call(self, inputs):
            return inputs

    layer = Counting()
    assert [w.name for w in layer.weights] == ["scale", "mean", "count"]
    assert [w.name for w in layer.trainable_variables] == ["scale"]
    assert layer.variables[-1] is layer.seeds.state
    assert layer.scale.path == f"{layer.name}/scale"
    model = Sequential([layers.Input((2,)), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(NotImplementedError, match="override `backward"):
        model.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0)
    assert model.predict(np.ones((2, 2))).shape == (2, 1)


def test_weights_that_are_trained_have_the_type_of_the_layer():
    with pytest.raises(ValueError, match="Received: dtype='float64'"):
        layers.Dense(2).add_weight((2,), dtype="float64")
    layers.Dense(2).add_weight((2,), dtype="int64", trainable=False)


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_keep_their_parts(duplicate):
    block = Block(3)
    block.build((None, 3))
    again = duplicate(block)
    x = np.ones((2, 3), np.float32)
    assert np.array_equal(again(x), block(x))
    assert again.first is not block.first
    assert again.weights[0] is again.first.kernel
    again.first.kernel.assign(np.zeros((3, 3)))
    assert not np.array_equal(again(x), block(x))
