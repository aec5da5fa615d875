"""The linear stack of layers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from fastnn import layers as layers_
from fastnn.layers import InputLayer, Layer
from fastnn.models.model import Model, Shape

__all__ = ["Sequential"]


class Sequential(Model):
    """A network whose layers follow one another.

    The shape of the input comes from an `Input` in front, from `input_shape` or
    `input_dim` of the first layer, from `build`, or from the first data.

    Args:
        layers: The layers, or None to `add` them one by one.
        trainable: Whether training changes the weights of any layer.
        name: Name of the model.

    Example:
        >>> model = Sequential([
        ...     Dense(32, activation="relu", input_dim=784),
        ...     Dense(10, activation="softmax"),
        ... ])
        >>> model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    """

    def __init__(
        self,
        layers: Iterable[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ):
        super().__init__(name)
        self._layers: list[Layer] = []
        self._building = threading.Lock()
        self._input_layer: InputLayer | None = None
        self._input_shape: Shape | None = None
        self._output_shape: Shape | None = None
        for layer in layers or ():
            self.add(layer)
        if not trainable:
            self.trainable = False

    # ---- the stack

    @property
    def layers(self) -> list[Layer]:  # type: ignore[override]
        """The layers, without the `Input`."""
        return list(self._layers)

    def add(self, layer: Layer) -> None:
        """Puts a layer on top of the stack.

        Raises:
            TypeError: If it is not a layer.
            ValueError: If its name is taken, or it does not fit the layer below; the
                model is then as it was.
        """
        if not isinstance(layer, Layer):
            raise TypeError(
                f"Expected an instance of fastnn.layers.Layer. Received: {layer!r} of "
                f"type {type(layer)}"
            )
        if isinstance(layer, InputLayer):
            self._add_input(layer)
            return
        if any(other.name == layer.name for other in self._layers):
            raise ValueError(
                f"Expected the names of the layers to differ. Received: {layer.name!r} "
                "twice; give one of them another `name`"
            )
        shape = self._output_shape
        if not self._layers and shape is None and layer.input_shape is not None:
            shape = (None, *layer.input_shape)
        if shape is not None:
            output_shape = _build(layer, shape)
            _common_dtype([*self._layers, layer])
            self._input_shape = self._input_shape or shape
            self._output_shape = output_shape
            self.built = True
        self._layers.append(layer)
        self._changed()

    def _add_input(self, layer: InputLayer) -> None:
        if self._layers or self._input_layer is not None:
            raise ValueError(
                f"Expected an Input in front of all layers. Received: {layer!r} after "
                f"{len(self._layers)} layers"
            )
        self._input_layer = layer
        self._input_shape = self._output_shape = (None, *layer.shape)

    def pop(self) -> Layer:
        """Takes the last layer off and returns it.

        Raises:
            ValueError: If there is none.
        """
        if not self._layers:
            raise ValueError("Expected at least one layer to pop. Received: none")
        layer = self._layers.pop()
        if self._input_shape is not None:
            self._output_shape = self._input_shape
            for other in self._layers:
                self._output_shape = tuple(
                    other.compute_output_shape(self._output_shape)
                )
        if not self._layers:
            self.built = False
            if self._input_layer is None:
                self._input_shape = self._output_shape = None
        self._changed()
        return layer

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Makes the weights.

        Args:
            input_shape: Of a batch; its first entry, the number of rows, may be None.

        Raises:
            ValueError: If there are no layers, or they do not fit one another.
        """
        if not self._layers:
            raise ValueError(
                f"Expected the model {self.name!r} to have at least one layer; add one "
                "with `model.add`"
            )
        if input_shape is None:
            input_shape = self._input_shape
        if input_shape is None or len(input_shape) < 2:
            raise ValueError(
                "Expected the shape of a batch, such as (None, 784). "
                f"Received: {input_shape=}"
            )
        with self._building:
            if not self.built:
                self._build_layers((None, *input_shape[1:]))
        if tuple(input_shape[1:]) != self.input_shape[1:]:
            raise ValueError(
                f"Expected input_shape={self.input_shape}, for which the model is "
                f"built. Received: {input_shape=}"
            )

    def _build_layers(self, shape: Shape) -> None:
        with self._unbuilt_on_failure():
            self._input_shape = shape
            for layer in self._layers:
                shape = _build(layer, shape)
            _common_dtype(self._layers)
            self._output_shape = shape
            self.built = True
        self._changed()

    @contextlib.contextmanager
    def _unbuilt_on_failure(self) -> Iterator[None]:
        """Takes a build back if what is inside fails: what could not be used says
        nothing about the right shape."""
        if self.built:
            yield
            return
        shapes = self._input_shape, self._output_shape
        states = [(layer, _state(layer)) for layer in self._layers]
        try:
            yield
        except BaseException:
            self.built = False
            self._input_shape, self._output_shape = shapes
            for layer, state in states:
                vars(layer).clear()
                vars(layer).update(state)
            self._changed()
            raise

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Returns a layer by its name or its place.

        Raises:
            ValueError: If there is no such layer, or not exactly one of both is given.
        """
        if (name is None) == (index is None):
            raise ValueError(
                f"Expected either `name` or `index`. Received: {name=}, {index=}"
            )
        if index is not None:
            if not -len(self._layers) <= index < len(self._layers):
                raise ValueError(
                    f"Expected an index below {len(self._layers)}. Received: {index=}"
                )
            return self._layers[index]
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"Expected one of the layers {[layer.name for layer in self._layers]}. "
            f"Received: {name=}"
        )

    def _changed(self) -> None:
        self.plans.clear()
        if self._compilation is not None:
            self._compilation.forget_output()

    # ---- shapes

    @property
    def input_shape(self) -> Shape:  # type: ignore[override]
        """Shape of a batch of inputs; None for any number of rows.

        Raises:
            ValueError: If it is not known yet.
        """
        if self._input_shape is None:
            raise self._unbuilt("its input shape is known")
        return self._input_shape

    @property
    def output_shape(self) -> Shape:  # type: ignore[override]
        """Shape of a batch of outputs.

        Raises:
            ValueError: If it is not known yet.
        """
        if self._output_shape is None:
            raise self._unbuilt("its output shape is known")
        return self._output_shape

    @property
    def dtype(self) -> str:  # type: ignore[override]
        """Element type of the weights: "float32" or "float64".

        Raises:
            ValueError: If layers with weights differ in it.
        """
        return _common_dtype(self._layers)

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        """Returns the architecture as plain data; without weights."""
        stack = [*([self._input_layer] if self._input_layer else []), *self._layers]
        config: dict[str, Any] = {
            "name": self.name,
            "layers": [layers_.serialize(layer) for layer in stack],
        }
        if self._input_shape is not None:
            config["build_input_shape"] = list(self._input_shape)
        return config

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Sequential:
        """Returns a new model, built if the old one was, that `get_config` described.

        Args:
            custom_objects: The classes of your own layers by name.
        """
        model = cls(
            [layers_.deserialize(layer, custom_objects) for layer in config["layers"]],
            name=config.get("name"),
        )
        shape = config.get("build_input_shape")
        if shape is not None and model._layers and not model.built:
            model.build(shape)
        return model


def _build(layer: Layer, shape: Shape) -> Shape:
    """Builds a layer for inputs of this shape, if need be; the shape of its outputs."""
    if layer.input_shape is not None and layer.input_shape != shape[1:]:
        raise ValueError(
            f"Expected inputs of shape {(None, *layer.input_shape)} for the layer "
            f"{layer.name!r}, as it declares. Received: {shape}"
        )
    if not layer.built:
        layer.build(shape)
        layer.built = True
        layer.built_for = shape
    elif layer.weights and getattr(layer, "built_for", shape)[1:] != shape[1:]:
        raise ValueError(
            f"Expected inputs of shape {layer.built_for} for the layer {layer.name!r}, "
            f"for which it is built. Received: {shape}"
        )
    return tuple(layer.compute_output_shape(shape))


def _state(layer: Layer) -> dict[str, Any]:
    """The attributes of a layer; lists, such as that of its weights, as copies."""
    return {k: list(v) if isinstance(v, list) else v for k, v in vars(layer).items()}


def _common_dtype(layers: list[Layer]) -> str:
    """The dtype of those that have weights."""
    dtypes = {layer.dtype: layer.name for layer in layers if layer.weights}
    if len(dtypes) > 1:
        raise ValueError(
            "Expected all layers with weights to have one dtype. Received: "
            + ", ".join(f"{dtype} in {name!r}" for dtype, name in dtypes.items())
        )
    return next(iter(dtypes), np.dtype(np.float32).name)
