"""The linear stack of layers."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastnn import layers as layers_
from fastnn.layers import InputLayer, Layer
from fastnn.models.model import Model, Shape, common_dtype

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

    _builds_itself = True

    def __init__(
        self,
        layers: Iterable[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
    ):
        super().__init__(name=name)
        self._layers: list[Layer] = []
        self._input_layer: InputLayer | None = None
        self._input_shape: Shape | None = None
        self._output_shape: Shape | None = None
        for layer in layers or ():
            self.add(layer)
        if not trainable:
            self.trainable = False

    def _open(self) -> None:
        super()._open()
        self._building = threading.Lock()

    # ---- the stack

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the `Input`."""
        return list(self._layers)

    def _sublayers(self) -> list[Layer]:
        return vars(self).get("_layers", [])

    def add(self, layer: Layer, rebuild: bool = True) -> None:
        """Puts a layer on top of the stack.

        Args:
            layer: The layer.
            rebuild: Whether to make its weights at once, if the shape of its inputs is
                known; else they are made by `build` or the first data.

        Raises:
            ValueError: If it is not a layer, its name is taken, or it does not fit the
                layer below; the model is then as it was.
        """
        if not isinstance(layer, Layer):
            raise ValueError(
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
        if not self._layers and shape is None and layer._shape_of_rows is not None:
            shape = (None, *layer._shape_of_rows)
        waiting = not rebuild or (bool(self._layers) and not self.built)
        if shape is not None and not waiting:
            with self._scope():
                output_shape = _build(layer, shape)
            parts = [
                x for each in (*self._layers, layer) for x in each._flatten_layers()
            ]
            common_dtype(parts, self.dtype_policy)
            self._set_shapes(self._input_shape or shape, output_shape)
        elif shape is not None:
            self._input_shape = self._input_shape or shape
            self._output_shape, self.built = None, False
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

    def _set_shapes(self, input_shape: Shape, output_shape: Shape) -> None:
        self._input_shape, self._output_shape = input_shape, output_shape
        self.built, self.built_for = True, input_shape
        self._shape_of_rows = input_shape[1:]  # type: ignore[assignment]

    def pop(self, rebuild: bool = True) -> Layer:
        """Takes the last layer off and returns it.

        Args:
            rebuild: Whether the model stays built, if it is; else it has to be built
                again before it is used.

        Raises:
            ValueError: If there is none.
        """
        if not self._layers:
            raise ValueError("Expected at least one layer to pop. Received: none")
        layer = self._layers.pop()
        if self.built and rebuild:
            assert self._input_shape is not None
            self._output_shape = self.compute_output_shape(self._input_shape)
        else:
            self.built, self._output_shape = False, None
        if not self._layers:
            self.built, self._output_shape = False, self._input_shape
            if self._input_layer is None:
                self._input_shape = self._output_shape = None
                self._shape_of_rows = self.built_for = None
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

    def _build_layers(self, input_shape: Shape) -> None:
        with self._unbuilt_on_failure():
            shape = input_shape
            with self._scope():
                for layer in self._layers:
                    shape = _build(layer, shape)
            common_dtype(self._flatten_layers()[1:], self.dtype_policy)
            self._set_shapes(input_shape, shape)
        self._changed()

    # ---- as a layer

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the outputs for a shape of inputs, None for the rows."""
        for layer in self._layers:
            input_shape = tuple(layer.compute_output_shape(input_shape))
        return input_shape

    @property
    def takes_codes(self) -> bool:  # type: ignore[override]
        return bool(self._layers) and self._layers[0].takes_codes

    @property
    def reads(self) -> bool:  # type: ignore[override]
        return bool(self._layers) and self._layers[0].reads

    def read(self, values):
        return self._layers[0].read(values)

    def lower_read(self, builder, codes):
        first, *others = self._layers
        return self._chained(builder, builder.decode(first, codes), others)

    def lower(self, builder, x):
        declared = self._input_layer
        x = x if declared is None else declared.lower(builder, x)
        return self._chained(builder, x, self._layers)

    def _chained(self, builder, x, layers):
        for layer in layers:
            x = builder.apply(layer, x)
        return x

    # ---- shapes

    @property
    def input_shape(self) -> Shape:
        """Shape of a batch of inputs; None for any number of rows.

        Raises:
            ValueError: If it is not known yet.
        """
        if self._input_shape is None:
            raise self._unbuilt("its input shape is known")
        return self._input_shape

    @property
    def output_shape(self) -> Shape:
        """Shape of a batch of outputs.

        Raises:
            ValueError: If it is not known yet.
        """
        if self._output_shape is None:
            raise self._unbuilt("its output shape is known")
        return self._output_shape

    # ---- configuration

    def get_config(self) -> dict[str, Any]:
        """Returns the architecture as plain data; without weights."""
        stack = [*([self._input_layer] if self._input_layer else []), *self._layers]
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [layers_.serialize(layer) for layer in stack],
        }
        if self._input_shape is not None:
            config["build_input_shape"] = list(self._input_shape)
        return config

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Sequential:
        """Returns a new model, built if the old one was, that `get_config` described.

        Args:
            custom_objects: The classes of your own layers by name.
        """
        layers = list(config["layers"])
        model = cls(
            [layers_.deserialize(layer, custom_objects) for layer in layers],
            name=config.get("name"),
        )
        model._trainable = config.get("trainable", True)
        shape = config.get("build_input_shape")
        if shape is not None and model._layers and not model.built:
            model.build(shape)
        return model


def _build(layer: Layer, shape: Shape) -> Shape:
    """Builds a layer for inputs of this shape, if need be; the shape of its outputs."""
    declared = layer._shape_of_rows
    if declared is not None and declared != shape[1:]:
        raise ValueError(
            f"Expected inputs of shape {(None, *declared)} for the layer "
            f"{layer.name!r}, as it declares. Received: {shape}"
        )
    if not layer.built:
        layer.build(shape)
        layer.built = True
        layer.built_for = shape
    elif not layer.fits(shape):
        raise ValueError(
            f"Expected inputs of shape {layer.built_for} for the layer {layer.name!r}, "
            f"for which it is built. Received: {shape}"
        )
    return tuple(layer.compute_output_shape(shape))
