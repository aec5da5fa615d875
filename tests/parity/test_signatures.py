"""Names, arguments and configurations of all that is public, beside Keras's."""

import importlib
import inspect
import json

import pytest
from public_objects import REQUIRED, ROOMS, public_classes

import fastnn
from fastnn import layers
from fastnn.saving.config import constructor_parameters
from parity.harness import assert_close, keras

# Names of Keras's that are not here: what they are for is not, either.
OTHER_NAMES = {
    "activations": "",
    "callbacks": "OrbaxCheckpoint",
    "constraints": "",
    "initializers": "STFTInitializer stft",
    "losses": "",
    "metrics": "",
    "optimizers": "legacy",
    "optimizers.schedules": "",
    "random": "",
    "regularizers": "",
}
MODULES = [*OTHER_NAMES, "config", "layers", "models", "saving", "utils"]

# Arguments of every layer, which Keras takes as further keywords.
OF_LAYERS = set(constructor_parameters(layers.Layer))
# What Keras writes otherwise, or only one of the two has.
DIFFERENT = {
    "LayerNormalization": {"rms_scaling"},  # a further keyword of Keras's, too
    "PReLU": {"alpha_initializer"},  # "Zeros", which is the same
    "STFT": {"side", "window", "scaling", "periodic"},  # is refused
    "Sequential": {"layers"},  # hidden behind *args there
    "deserialize_keras_object": {"safe_mode"},  # code is never loaded
    "standardize_dtype": {"dtype"},  # has a default
}


def modules(name):
    """Keras's module, and ours."""
    theirs = keras
    for part in name.split("."):
        theirs = getattr(theirs, part)
    return theirs, importlib.import_module(f"fastnn.{name}")


def shared(module):
    """(name, Keras's, ours) for each class and function that both have."""
    theirs, ours = modules(module)
    for name in sorted(set(ours.__all__) & set(dir(theirs))):
        if callable(getattr(ours, name)):
            yield name, getattr(theirs, name), getattr(ours, name)


def named(function):
    """The arguments that have names, with their defaults."""
    several = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind not in several}


def positional(function):
    """The arguments that can be given without a name."""
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]


def default(ours, argument):
    """What stands for an argument; the name that an object gets, for that."""
    if not inspect.isclass(ours):
        return named(ours)[argument]
    found = constructor_parameters(ours)[argument].default
    if argument == "name" and found is None:
        return ours(**REQUIRED.get(ours.__name__, {})).name
    return found


@pytest.mark.parametrize("module", MODULES)
def test_arguments(module):
    for name, theirs, ours in shared(module):
        different = DIFFERENT.get(name, set())
        is_class = inspect.isclass(ours)
        expected = named(theirs)
        found = set(constructor_parameters(ours) if is_class else named(ours))
        further = OF_LAYERS if is_class and issubclass(ours, layers.Layer) else set()
        assert set(expected) <= found | different, name
        assert found <= set(expected) | further | different, name
        for argument in set(expected) - different:
            value = expected[argument]
            if argument != "name" or value is not None:
                assert default(ours, argument) == value, (name, argument)
        order = [argument for argument in positional(ours) if argument in expected]
        assert order == positional(theirs)[: len(order)], name


OBJECTS = {
    "callback": lambda k: k.callbacks.Callback(),
    "layer": lambda k: k.layers.Dense(2),
    "loss": lambda k: k.losses.MeanSquaredError(),
    "metric": lambda k: k.metrics.AUC(),
    "model": lambda k: k.Sequential([k.Input((2,)), k.layers.Dense(2)]),
    "normalization": lambda k: k.layers.Normalization(),
    "optimizer": lambda k: k.optimizers.Adam(),
    "progbar": lambda k: k.utils.Progbar(3),
    "schedule": lambda k: k.optimizers.schedules.CosineDecay(0.1, 3),
    "seed": lambda k: k.random.SeedGenerator(1),
    "variable": lambda k: k.Variable([1.0]),
}
# Arguments of methods that are not here: of other precisions, devices, backends, files
# in parts; what a mask is for within a model is done by the model.
OTHERS = {
    "add_variable": {"aggregation", "layout"},
    "add_weight": {"aggregation", "autocast", "overwrite_with_gradient"},
    "build": {"var_list"},  # `variables`, as in the base class of both
    "call": {"mask", "training"},
    "from_config": {"custom_objects"},
    "predict_step": {"state"},
    "save_weights": {"max_shard_size"},
    "test_step": {"state"},
    "train_step": {"state"},
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_methods(kind):
    theirs, ours = OBJECTS[kind](keras), OBJECTS[kind](fastnn)
    for name in dir(theirs):
        method = getattr(ours, name, None)
        if name.startswith("_") or not inspect.isroutine(method):
            continue
        expected, found = named(getattr(theirs, name)), named(method)
        assert set(expected) - set(found) <= OTHERS.get(name, set()), name
        both = [argument for argument in expected if argument in found]
        assert [argument for argument in found if argument in expected] == both, name
        for argument in both:
            value = expected[argument]
            assert found[argument] == value or value is inspect.Parameter.empty, name


@pytest.mark.parametrize("module", OTHER_NAMES)
def test_names(module):
    theirs, ours = modules(module)
    there = {name for name in dir(theirs) if not name.startswith("_")}
    assert there - set(ours.__all__) == set(OTHER_NAMES[module].split())


def plain(value):
    """A configuration without the names of modules; a policy by its name."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    both = {"class_name", "config"} <= set(value)
    kept = ("class_name", "config") if both else value
    return {name: plain(value[name]) for name in kept}


# What Keras makes only with TensorFlow, or only of its own objects.
NOT_MADE = {
    "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "Lambda",
    "LossScaleOptimizer", "MeanMetricWrapper", "MultiOptimizer",
    "SpectralNormalization",
}  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_configurations(room):
    """All that Keras's has is in ours, and equal; and it is read."""
    module, _ = modules(ROOMS[room].__name__.partition(".")[2])
    for _, cls in public_classes(room):
        if cls.__name__ in NOT_MADE:
            continue
        arguments = dict(REQUIRED.get(cls.__name__, {}))
        if "name" in constructor_parameters(cls):
            arguments["name"] = "mine"
        theirs, ours = getattr(module, cls.__name__)(**arguments), cls(**arguments)
        expected, found = plain(theirs.get_config()), plain(ours.get_config())
        if cls is layers.InputLayer:
            expected.pop("batch_shape")  # instead of `shape`
        assert set(expected) <= set(found), cls
        assert_close({n: found[n] for n in expected}, expected, where=str(cls))
        text = json.dumps(keras.saving.serialize_keras_object(theirs))
        again = fastnn.saving.deserialize_keras_object(json.loads(text))
        read = plain(again.get_config())
        assert_close({n: read[n] for n in expected}, expected, where=str(cls))


def test_a_model_of_keras_is_read():
    """From its JSON: layers, shapes, optimizer, loss and metrics."""
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(3, "relu", kernel_regularizer="l2", name="first"),
        keras.layers.BatchNormalization(name="second"),
        keras.layers.Dropout(0.25, name="third"),
        keras.layers.Dense(2, "softmax", name="last"),
    ])  # fmt: skip
    rate = keras.optimizers.schedules.CosineDecay(0.25, 10)
    metrics = ["accuracy", keras.metrics.AUC(name="area")]
    model.compile(
        keras.optimizers.Adam(rate), "categorical_crossentropy", metrics=metrics
    )
    ours = fastnn.models.model_from_json(model.to_json())
    assert ours.compiled
    assert [x.name for x in ours.layers] == ["first", "second", "third", "last"]
    shapes = [tuple(w.shape) for w in model.weights]
    assert [tuple(w.shape) for w in ours.weights] == shapes
    read, given = plain(ours.get_config()), plain(model.get_config())
    for one, other in zip(read["layers"], given["layers"], strict=True):
        assert one["class_name"] == other["class_name"]
        other["config"].pop("batch_shape", None)
        config = {name: one["config"][name] for name in other["config"]}
        assert_close(config, other["config"])
    kept, expected = (m.get_compile_config() for m in (ours, model))
    assert_close(plain(kept["optimizer"]), plain(expected["optimizer"]))
    assert kept["loss"] == expected["loss"]
    assert plain(kept["metrics"])[0] == "accuracy"
    assert plain(kept["metrics"])[1]["config"]["name"] == "area"
