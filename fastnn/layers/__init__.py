"""Layers, the parts that models are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.layers.activation import Activation
from fastnn.layers.activations.elu import ELU
from fastnn.layers.activations.leaky_relu import LeakyReLU
from fastnn.layers.activations.relu import ReLU
from fastnn.layers.activations.softmax import Softmax
from fastnn.layers.dense import Dense
from fastnn.layers.dropout import Dropout
from fastnn.layers.flatten import Flatten
from fastnn.layers.input_layer import Input, InputLayer
from fastnn.layers.layer import Layer
from fastnn.layers.normalization.batch_normalization import BatchNormalization
from fastnn.layers.preprocessing.category_encoding import CategoryEncoding
from fastnn.layers.preprocessing.discretization import Discretization
from fastnn.layers.preprocessing.hashed_crossing import HashedCrossing
from fastnn.layers.preprocessing.hashing import Hashing
from fastnn.layers.preprocessing.integer_lookup import IntegerLookup
from fastnn.layers.preprocessing.normalization import Normalization
from fastnn.layers.preprocessing.rescaling import Rescaling
from fastnn.layers.preprocessing.string_lookup import StringLookup
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "ELU",
    "Activation",
    "BatchNormalization",
    "CategoryEncoding",
    "Dense",
    "Discretization",
    "Dropout",
    "Flatten",
    "HashedCrossing",
    "Hashing",
    "Input",
    "InputLayer",
    "IntegerLookup",
    "Layer",
    "LeakyReLU",
    "Normalization",
    "ReLU",
    "Rescaling",
    "Softmax",
    "StringLookup",
    "deserialize",
    "serialize",
]

LAYERS = Room(
    "layer",
    [
        Activation,
        BatchNormalization,
        CategoryEncoding,
        Dense,
        Discretization,
        Dropout,
        ELU,
        Flatten,
        HashedCrossing,
        Hashing,
        InputLayer,
        IntegerLookup,
        LeakyReLU,
        Normalization,
        ReLU,
        Rescaling,
        Softmax,
        StringLookup,
    ],
)


def serialize(layer: Layer) -> Any:
    """Returns the layer's class name and configuration as plain data."""
    return _config.serialize(layer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """Returns the layer that `serialize` described, without its weights.

    Raises:
        ValueError: If the class is not known; give your own in `custom_objects`.
    """
    found = LAYERS.deserialize(config, custom_objects)
    if not isinstance(found, Layer):
        raise ValueError(f"Expected the configuration of a layer. Received: {config!r}")
    return found
