"""Layers and models whose `call` chains other layers: recorded, not run in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastnn.plan.symbol import Symbol

if TYPE_CHECKING:
    from fastnn.layers.layer import Layer
    from fastnn.plan.builder import Builder, Tensor

__all__ = ["is_composite", "lower", "output_shape"]


def is_composite(layer: Layer) -> bool:
    """Whether a layer's `call` is made of other layers: it contains some, and writes no
    `backward` of its own."""
    from fastnn.layers.layer import Layer

    kind = type(layer)
    own_call = kind.call is not Layer.call and kind.backward is Layer.backward
    return own_call and bool(layer._sublayers())


def lower(layer: Layer, builder: Builder, x: Tensor) -> Tensor:
    """Records what `call` does with a symbol.

    Raises:
        TypeError: If it does anything that cannot be recorded, or returns anything but
            the outputs of what it called.
    """
    arguments: dict[str, Any] = {}
    if layer.takes_training:
        arguments["training"] = builder.training
    outputs = layer.call(Symbol(builder, x), **arguments)  # type: ignore[arg-type]
    tensor = outputs.tensor_of(builder) if isinstance(outputs, Symbol) else None
    if tensor is None:
        raise TypeError(
            f"Expected `call` of {layer.name!r} to return the outputs of a layer that "
            f"it called on its inputs. Received: {outputs!r}"
        )
    return tensor


def output_shape(layer: Layer, input_shape: tuple[int | None, ...]) -> Any:
    """Returns the shape of the outputs; builds the layers inside if need be.

    Raises:
        ValueError: If a size of the inputs beside the rows is not known.
    """
    from fastnn.plan.builder import Builder

    sizes = [size for size in input_shape[1:] if size is not None]
    if len(sizes) != len(input_shape) - 1:
        raise ValueError(
            f"Expected the layer {layer.name!r} to be given known sizes beside the "
            f"rows. Received: {input_shape=}"
        )
    builder = Builder(layer.dtype, training=False)
    out = lower(layer, builder, builder.source(0, tuple(sizes), "x"))
    return (input_shape[0], *out.shape)
