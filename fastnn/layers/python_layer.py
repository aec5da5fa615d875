"""What stands between the engine and a layer that a user wrote in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.dtypes import as_real

if TYPE_CHECKING:
    from fastnn.layers.layer import Layer

__all__ = ["backward", "check", "check_differentiable", "forward", "output_shape"]


def check(layer: Layer) -> None:
    """Raises if a plan cannot run a user's layer.

    Raises:
        NotImplementedError: If the layer lacks `call`.
        ValueError: If it contains layers, whose weights nobody would train.
    """
    from fastnn.layers.layer import Layer

    inner = [part.name for part in layer._sublayers()]
    if inner:
        raise ValueError(
            f"Expected the layer {layer.name!r}, which has a `backward`, to contain no "
            "other layers; without `backward` its `call` is recorded. "
            f"Received: {inner}"
        )
    if type(layer).call is Layer.call:
        layer.call(np.empty(0))


def check_differentiable(layer: Layer) -> None:
    """Raises if gradients cannot pass through a user's layer.

    Raises:
        NotImplementedError: If the layer lacks `backward`.
    """
    if not layer.differentiable:
        none = np.empty(0)
        layer.backward(none, none, none)


def output_shape(
    layer: Layer, input_shape: tuple[int | None, ...]
) -> tuple[int | None, ...]:
    """Returns the shape of the outputs, found by calling the layer on a row of zeros.

    Raises:
        ValueError: If the result is not a batch of one row.
    """
    sizes = [size for size in input_shape[1:] if size is not None]
    if len(sizes) != len(input_shape) - 1:
        raise ValueError(
            f"Expected the layer {layer.name!r} to be given known sizes beside the "
            f"rows. Received: {input_shape=}"
        )
    zeros = np.zeros((1, *sizes), layer.dtype)
    outputs = np.asarray(_call(layer, zeros, training=False))
    if outputs.ndim == 0 or outputs.shape[0] != 1:
        raise ValueError(
            f"Expected the layer {layer.name!r} to return one row for one row. "
            f"Received: outputs of shape {outputs.shape}"
        )
    return (None, *outputs.shape[1:])


def forward(
    layer: Layer,
    inputs: np.ndarray,
    shape: tuple[int, ...],
    *,
    training: bool,
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the checked outputs of a user's layer.

    Args:
        layer: The layer.
        inputs: Batch of shape (rows, ...).
        shape: Expected shape of a row of the outputs.
        training, mask: Passed on if `call` takes them.

    Raises:
        ValueError: If the outputs have another shape.
    """
    outputs = as_real(
        _call(layer, inputs, training, mask), inputs.dtype, name="outputs"
    )
    return _of_shape(outputs, (len(inputs), *shape), f"`call` of {layer.name!r}")


def backward(
    layer: Layer, inputs: np.ndarray, outputs: np.ndarray, gradients: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Returns the checked gradients of a user's layer.

    Returns:
        The gradient with respect to the inputs, and one by name for each trainable
        weight.

    Raises:
        ValueError: If a gradient is missing, unknown or of the wrong shape.
    """
    result = layer.backward(inputs, outputs, gradients)
    dinputs, by_name = result if isinstance(result, tuple) else (result, {})
    weights = {weight.name: weight for weight in layer.trainable_weights}
    frozen = {weight.name for weight in layer.non_trainable_weights}
    if not set(weights) <= set(by_name) <= set(weights) | frozen:
        raise ValueError(
            f"Expected `backward` of {layer.name!r} to return (gradient, dict) with a "
            f"gradient for each of {sorted(weights)}. Received: {sorted(by_name)}"
        )
    where = f"`backward` of {layer.name!r}"
    dinputs = as_real(dinputs, inputs.dtype, name="gradients")
    return _of_shape(dinputs, inputs.shape, where), {
        name: _of_shape(
            as_real(by_name[name], weight.dtype, name=name),
            weight.shape,
            f"{where}, weight {name!r}",
        )
        for name, weight in weights.items()
    }


def _call(
    layer: Layer, inputs: np.ndarray, training: bool, mask: np.ndarray | None = None
) -> np.ndarray:
    arguments: dict[str, Any] = {}
    if layer.takes_training:
        arguments["training"] = training
    if layer.takes_mask:
        arguments["mask"] = None if mask is None else mask != 0
    return layer.call(inputs, **arguments)


def _of_shape(array: np.ndarray, shape: tuple[int, ...], where: str) -> np.ndarray:
    if array.shape != shape:
        raise ValueError(
            f"Expected {where} to return shape {shape}. Received: shape={array.shape}"
        )
    return array
