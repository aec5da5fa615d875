"""New models from old ones and from descriptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastnn import layers as layers_
from fastnn.layers import Layer
from fastnn.models.model import Model
from fastnn.models.sequential import Sequential
from fastnn.saving import deserialize_keras_object

__all__ = ["clone_model", "model_from_json"]


def clone_model(
    model: Layer,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: None = None,
    recursive: bool = False,
) -> Any:
    """Returns a model of the same architecture, with new weights.

    Args:
        model: The model; or a layer, of which the clone is a new one.
        input_tensors: An `Input` for the clone, whose input may have another shape; by
            default that of the model.
        clone_function: Called with each layer of a `Sequential`, returns the layer to
            use in its place; by default a new one of the same configuration. The layer
            itself may be returned; it is then shared.
        call_function: Only None is supported: there are no functional models.
        recursive: Whether `clone_function` is called for the layers of models inside,
            rather than for these models.

    Raises:
        ValueError: If `model` is no model, or an argument does not go with it.

    Example:
        >>> again = fastnn.models.clone_model(model)
        >>> again.set_weights(model.get_weights())
    """
    if not isinstance(model, Layer):
        raise ValueError(f"Expected a model to clone. Received: {model!r}")
    if call_function is not None:
        raise ValueError(f"Expected call_function=None. Received: {call_function=}")
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, clone_function, recursive)
    if input_tensors is not None or clone_function is not None:
        raise ValueError(
            "Expected `input_tensors` and `clone_function` for a Sequential alone. "
            f"Received: {input_tensors=}, {clone_function=} with {model!r}"
        )
    clone = type(model).from_config(model.get_config())
    clone.build_from_config(model.get_build_config())
    return clone


def _clone_sequential(
    model: Sequential, input_tensors: Any, clone_function: Any, recursive: bool
) -> Sequential:
    def clone(layer: Layer) -> Layer:
        if recursive and isinstance(layer, Sequential):
            return _clone_sequential(layer, None, clone_function, True)
        copy = (clone_function or _copied)(layer)
        if not isinstance(copy, Layer):
            raise ValueError(
                "Expected `clone_function` to return a layer. "
                f"Received: {copy!r} for {layer!r}"
            )
        return copy

    stack = [clone(layer) for layer in model.layers]
    first = input_tensors or model._input_layer
    if first is not None:
        if not isinstance(first, layers_.InputLayer):
            raise ValueError(
                f"Expected `input_tensors` to be an Input. Received: {first!r}"
            )
        stack.insert(0, _copied(first))
    again = type(model)(stack, name=model.name)
    again._trainable = model.trainable
    if model.built and not again.built:
        again.build(model.input_shape)
    return again


def _copied(layer: Layer) -> Layer:
    return type(layer).from_config(layer.get_config())


def model_from_json(
    json_string: str, custom_objects: Mapping[str, Any] | None = None
) -> Model:
    """Returns the model that `to_json` described: built and compiled if it was, with
    new weights.

    Args:
        json_string: The description.
        custom_objects: Your own classes and functions by name.

    Raises:
        ValueError: If it is not the description of a model, or names something unknown.
    """
    model = deserialize_keras_object(json.loads(json_string), custom_objects)
    if not isinstance(model, Model):
        raise ValueError(f"Expected the description of a model. Received: {model!r}")
    return model
