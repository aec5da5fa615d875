"""Layers, the parts that models are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.layers.activation import Activation
from fastnn.layers.activations.elu import ELU
from fastnn.layers.activations.leaky_relu import LeakyReLU
from fastnn.layers.activations.prelu import PReLU
from fastnn.layers.activations.relu import ReLU
from fastnn.layers.activations.softmax import Softmax
from fastnn.layers.activity_regularization import ActivityRegularization
from fastnn.layers.dense import Dense
from fastnn.layers.dropout import AlphaDropout, Dropout
from fastnn.layers.embedding import Embedding
from fastnn.layers.flatten import Flatten
from fastnn.layers.gaussian import GaussianDropout, GaussianNoise
from fastnn.layers.identity import Identity
from fastnn.layers.input_layer import Input, InputLayer
from fastnn.layers.lambda_layer import Lambda
from fastnn.layers.layer import Layer
from fastnn.layers.masking import Masking
from fastnn.layers.normalization.batch_normalization import BatchNormalization
from fastnn.layers.normalization.group_normalization import GroupNormalization
from fastnn.layers.normalization.layer_normalization import LayerNormalization
from fastnn.layers.normalization.rms_normalization import RMSNormalization
from fastnn.layers.normalization.spectral_normalization import SpectralNormalization
from fastnn.layers.normalization.unit_normalization import UnitNormalization
from fastnn.layers.permute import Permute
from fastnn.layers.preprocessing.category_encoding import CategoryEncoding
from fastnn.layers.preprocessing.discretization import Discretization
from fastnn.layers.preprocessing.hashed_crossing import HashedCrossing
from fastnn.layers.preprocessing.hashing import Hashing
from fastnn.layers.preprocessing.integer_lookup import IntegerLookup
from fastnn.layers.preprocessing.normalization import Normalization
from fastnn.layers.preprocessing.rescaling import Rescaling
from fastnn.layers.preprocessing.string_lookup import StringLookup
from fastnn.layers.repeat_vector import RepeatVector
from fastnn.layers.reshape import Reshape
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "ELU",
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "BatchNormalization",
    "CategoryEncoding",
    "Dense",
    "Discretization",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNormalization",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "IntegerLookup",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "SpectralNormalization",
    "StringLookup",
    "UnitNormalization",
    "deserialize",
    "serialize",
]

LAYERS = Room(
    "layer",
    [
        Activation,
        ActivityRegularization,
        AlphaDropout,
        BatchNormalization,
        CategoryEncoding,
        Dense,
        Discretization,
        Dropout,
        ELU,
        Embedding,
        Flatten,
        GaussianDropout,
        GaussianNoise,
        GroupNormalization,
        HashedCrossing,
        Hashing,
        Identity,
        InputLayer,
        IntegerLookup,
        Lambda,
        LayerNormalization,
        LeakyReLU,
        Masking,
        Normalization,
        PReLU,
        Permute,
        RMSNormalization,
        ReLU,
        RepeatVector,
        Rescaling,
        Reshape,
        Softmax,
        SpectralNormalization,
        StringLookup,
        UnitNormalization,
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
