"""Objects as plain data and back."""

import json

import numpy as np
import pytest

from parity.harness import both

X = np.random.default_rng(3).normal(size=(6, 3)).astype("float32")

OBJECTS = {
    "layer": lambda k: k.layers.Dense(3, "relu", name="one", kernel_regularizer="l2"),
    "dropout": lambda k: k.layers.Dropout(0.3, seed=1, name="two"),
    "initializer": lambda k: k.initializers.Constant(0.5),
    "regularizer": lambda k: k.regularizers.L1L2(0.5, 0.25),
    "constraint": lambda k: k.constraints.MaxNorm(2.0, axis=1),
    "loss": lambda k: k.losses.BinaryCrossentropy(from_logits=True, name="mine"),
    "metric": lambda k: k.metrics.BinaryAccuracy(threshold=0.3, name="mine"),
    "optimizer": lambda k: k.optimizers.SGD(0.25, momentum=0.5, name="mine"),
    "schedule": lambda k: k.optimizers.schedules.CosineDecay(0.25, 9, 0.5),
    "list": lambda k: [k.regularizers.L2(0.5), {"x": k.constraints.NonNeg()}],
    "plain": lambda k: {"a": [1, 2.5, "x", None, True], "b": {}},
}


def kinds(value):
    """What classes there are, within lists and dicts."""
    if isinstance(value, dict):
        return {name: kinds(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [kinds(part) for part in value]
    return type(value).__name__


def module_of(data):
    """The public module in a description, within its library."""
    return data["module"].partition(".")[2] if "module" in data else None


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS)
def test_round_trip(make):
    def seen(k):
        data = k.saving.serialize_keras_object(make(k))
        again = k.saving.deserialize_keras_object(json.loads(json.dumps(data)))
        return [kinds(make(k)), kinds(again), module_of(data)]

    first, second, _ = both(seen)
    assert first == second


ARGUMENTS = {
    "Dense": ["name", "units", "activation", "use_bias", "trainable"],
    "Dropout": ["name", "rate", "seed", "noise_shape"],
    "L1L2": ["l1", "l2"],
    "MaxNorm": ["max_value", "axis"],
    "BinaryCrossentropy": ["name", "from_logits", "label_smoothing"],
    "BinaryAccuracy": ["name", "threshold"],
    "CosineDecay": ["initial_learning_rate", "decay_steps", "alpha", "name"],
    "SGD": ["name", "learning_rate", "momentum", "nesterov"],
}


@pytest.mark.parametrize("make", list(OBJECTS.values())[:9], ids=list(OBJECTS)[:9])
def test_arguments_in_the_configuration(make):
    def arguments(k):
        made = make(k)
        config = made.get_config()
        return {n: config[n] for n in ARGUMENTS.get(type(made).__name__, [])}

    both(arguments)


def own(k):
    class Mine(k.layers.Layer):
        def __init__(self, factor=2.0, **base):
            super().__init__(**base)
            self.factor = factor

        def call(self, x):
            return x * self.factor

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    return Mine


def test_a_scope_of_names():
    def seen(k):
        mine = own(k)
        model = k.Sequential([k.Input((3,)), mine(3.0)])
        config = model.get_config()
        with k.saving.custom_object_scope({"Mine": mine}):
            first = k.Sequential.from_config(config)
        second = k.Sequential.from_config(config, custom_objects={"Mine": mine})
        return [m.layers[0].factor for m in (first, second)]

    both(seen)
