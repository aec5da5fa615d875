"""Objects of any kind as plain data, and names of a user's own."""

import copy
import json
import pickle

import numpy as np
import pytest
from public_objects import ROOMS, behaviour, make, public_classes

import fastnn
from fastnn import layers, saving
from fastnn.models import Model, Sequential, clone_model, model_from_json
from fastnn.saving import deserialize_keras_object, serialize_keras_object


class Own(Model):
    def __init__(self, units=3, **base):
        super().__init__(**base)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.out = layers.Dense(2)

    def call(self, inputs):
        return self.out(self.hidden(inputs))


@saving.register_serializable("tests")
class Doubled(layers.Layer):
    def __init__(self, factor=2.0, **base):
        super().__init__(**base)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def backward(self, inputs, outputs, gradients):
        return gradients * self.factor


@saving.register_keras_serializable("tests", name="cubes")
def cubic(y_true, y_pred):
    return (np.abs(y_true - y_pred) ** 3).mean(axis=-1)


def squares(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean(axis=-1)


def through_json(obj):
    return json.loads(json.dumps(serialize_keras_object(obj)))


@pytest.mark.parametrize(
    ("room", "cls"), list(public_classes()), ids=lambda v: getattr(v, "__name__", v)
)
def test_every_public_object(room, cls):
    obj = make(cls)
    description = through_json(obj)
    assert description["module"] == ROOMS[room].__name__
    again = deserialize_keras_object(description)
    assert type(again) is cls
    assert behaviour(room, again) == behaviour(room, obj)


def test_plain_data_stay_as_they_are():
    data = {"a": [1, 2.5, None, "x", True], "b": {"c": []}}
    assert serialize_keras_object(data) == data
    assert deserialize_keras_object(data) == data
    losses = {"x": [fastnn.losses.MeanSquaredError(reduction="sum")]}
    nested = deserialize_keras_object(through_json(losses))
    assert nested["x"][0].reduction == "sum"


def test_what_has_no_rule_is_refused():
    with pytest.raises(TypeError, match="Received: <object"):
        serialize_keras_object(object())
    with pytest.raises(ValueError, match="Received: 'Nowhere'"):
        deserialize_keras_object({"class_name": "Nowhere", "config": {}})


def test_descriptions_of_keras_are_understood():
    layer = deserialize_keras_object({
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {
            "name": "d", "units": 4, "activation": "tanh",
            "kernel_initializer": {
                "module": "keras.initializers", "class_name": "HeNormal",
                "config": {"seed": 3}, "registered_name": None,
            },
        },
        "registered_name": None,
        "build_config": {"input_shape": [None, 5]},
    })  # fmt: skip
    assert layer.kernel.shape == (5, 4)
    assert isinstance(layer.kernel_initializer, fastnn.initializers.HeNormal)


def test_registered_names():
    assert saving.get_registered_name(Doubled) == "tests>Doubled"
    assert saving.get_registered_name(cubic) == "tests>cubes"
    assert saving.get_registered_name(squares) == "squares"
    assert saving.get_registered_object("tests>cubes") is cubic
    assert saving.get_registered_object("nothing") is None
    assert saving.get_registered_object("x", {"x": 1}) == 1
    assert saving.get_custom_objects()["tests>Doubled"] is Doubled
    with pytest.raises(ValueError, match="get_config"):
        saving.register_serializable()(type("Bare", (), {}))


def test_a_registered_layer_needs_no_scope():
    model = Sequential([layers.Input((3,)), Doubled(5.0), layers.Dense(2)])
    again = Sequential.from_config(json.loads(json.dumps(model.get_config())))
    assert again.layers[0].factor == 5
    assert type(deserialize_keras_object(through_json(Doubled()))) is Doubled


def test_scopes_nest_and_end():
    with saving.custom_object_scope({"a": 1}), saving.CustomObjectScope({"b": 2}):
        assert saving.get_registered_object("a") == 1
        assert saving.get_registered_object("b") == 2
    assert saving.get_registered_object("a") is None


def test_names_of_the_process_can_be_added_and_removed():
    saving.get_custom_objects()["mine"] = squares
    try:
        assert fastnn.losses.get("mine") is squares
    finally:
        del saving.get_custom_objects()["mine"]
    with pytest.raises(ValueError, match="'mine'"):
        fastnn.losses.get("mine")


# Models


def compiled_model():
    model = Sequential([
        layers.Input((3,)),
        layers.Dense(4, activation="relu", kernel_regularizer="l2"),
        Doubled(0.5),
        Sequential([layers.Dense(4), layers.Dropout(0.1, seed=1)], name="inside"),
        layers.Dense(2),
    ])  # fmt: skip
    model.compile(
        fastnn.optimizers.SGD(0.25, momentum=0.5), "mse", metrics=["mae"],
        weighted_metrics=[fastnn.metrics.MeanSquaredError(name="second")],
    )  # fmt: skip
    return model


def test_model_to_json_and_back():
    model = compiled_model()
    again = model_from_json(model.to_json(indent=1))
    assert again.built
    assert again.optimizer.get_config() == model.optimizer.get_config()
    again.set_weights(model.get_weights())
    x = np.random.default_rng(1).normal(size=(8, 3)).astype("float32")
    assert np.array_equal(again.predict(x), model.predict(x))
    first = model.evaluate(x, x[:, :2], verbose=0, return_dict=True)
    assert again.evaluate(x, x[:, :2], verbose=0, return_dict=True) == first
    assert list(first) == ["loss", "mae", "second"]


def test_a_model_of_ones_own_to_json_and_back():
    model = Own(units=5, name="own")
    model.build((None, 3))
    model.compile("adam", cubic)
    with pytest.raises(ValueError, match="'Own'"):
        model_from_json(model.to_json())
    again = model_from_json(model.to_json(), {"Own": Own})
    assert (again.units, again.built, again.name) == (5, True, "own")
    assert again.compile_arguments["loss"] is cubic
    with pytest.raises(ValueError, match="description of a model"):
        model_from_json(json.dumps(serialize_keras_object(layers.Dense(2))))


def test_compile_config():
    model = compiled_model()
    again = Sequential.from_config(model.get_config())
    assert again.get_compile_config() == {}
    again.compile_from_config(json.loads(json.dumps(model.get_compile_config())))
    assert again.optimizer.momentum == 0.5
    assert again.get_compile_config() == model.get_compile_config()
    model.optimizer.learning_rate = 0.125
    rate = model.get_compile_config()["optimizer"]["config"]["learning_rate"]
    assert rate == 0.125


def test_clones_are_alike_with_weights_of_their_own():
    for model in (compiled_model(), Own(5)):
        if not model.built:
            model.build((None, 3))
        clone = clone_model(model)
        assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
        assert not any(a is b for a in clone.weights for b in model.weights)
        assert not clone.compiled
        clone.set_weights(model.get_weights())
        x = np.ones((2, 3), np.float32)
        assert np.array_equal(clone.predict(x), model.predict(x))


def test_clone_functions():
    model = compiled_model()

    def softer(layer):
        if isinstance(layer, layers.Dense):
            return layers.Dense(layer.units, activation="tanh", name=layer.name)
        return type(layer).from_config(layer.get_config())

    def activations(model):
        dense = model.layers[0], model.layers[2].layers[0]
        return [layer.activation.__name__ for layer in dense]

    clone = clone_model(model, clone_function=softer)
    assert activations(clone) == ["tanh", "linear"]
    clone = clone_model(model, clone_function=softer, recursive=True)
    assert activations(clone) == ["tanh", "tanh"]
    shared = clone_model(model, clone_function=lambda layer: layer)
    assert shared.layers[0] is model.layers[0]
    other = clone_model(Sequential([layers.Dense(2)]), input_tensors=layers.Input((7,)))
    assert other.input_shape == (None, 7)


@pytest.mark.parametrize(
    "arguments",
    [
        {"clone_function": lambda layer: None},
        {"input_tensors": 3},
        {"call_function": print},
    ],
)
def test_wrong_clone_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="Received: "):
        clone_model(compiled_model(), **arguments)
    with pytest.raises(ValueError, match="Received: "):
        clone_model(Own(), **arguments)
    with pytest.raises(ValueError, match="Received: "):
        clone_model(3)


DUPLICATES = [copy.deepcopy, copy.copy, lambda x: pickle.loads(pickle.dumps(x))]


@pytest.mark.parametrize("duplicate", [DUPLICATES[0], DUPLICATES[2]])
@pytest.mark.parametrize("make_model", [compiled_model, Own])
def test_copies_of_models(make_model, duplicate):
    model = make_model()
    x = np.random.default_rng(1).normal(size=(8, 3)).astype("float32")
    before = model.predict(x)
    again = duplicate(model)
    assert np.array_equal(again.predict(x), before)
    assert [w.path for w in again.weights] == [w.path for w in model.weights]
    assert again.compiled == model.compiled
    again.weights[0].assign(again.weights[0] * 2)
    assert np.array_equal(model.predict(x), before)
    assert again.summary() is None
