"""The base of all layers: weights, names, configuration."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn import dtype_policies, regularizers
from fastnn.dtypes import as_real
from fastnn.layers import composite, python_layer
from fastnn.layers.weight_holder import WeightHolder, unchanged_on_failure
from fastnn.naming import auto_name
from fastnn.plan.symbol import Symbol
from fastnn.saving.config import Configurable

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder, Tensor

__all__ = ["Layer"]

Shape = tuple[int | None, ...]


class Layer(WeightHolder, Configurable):
    """A layer of a network.

    To write your own on NumPy arrays, override `call`; `build` if it has weights;
    `backward` if it is to be trained through, and `compute_output_shape` if `call`
    cannot be tried out on a row of zeros to find it.

    To make one of other layers, keep them as attributes (or in lists or dicts) and call
    them in `call`; then it is compiled and trained like any other, without `backward`.
    Such a `call` may use layers, activations, and sums of what they return.

    Args:
        name: Name of the layer; by default the class's name with a number.
        trainable: Whether training changes its weights.
        dtype: "float32" (the default), "float64" or "mixed_bfloat16": float32 with
            products of operands rounded to bfloat16. See `DTypePolicy`.
        input_shape: Shape of one row of the input, for the first layer of a model.
        input_dim: The same for rows of one axis: `input_shape=(input_dim,)`.
        activity_regularizer: A penalty on the outputs, or None; see
            `fastnn.regularizers.get`. The loss grows by penalty(outputs) / rows.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> class Scale(fastnn.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(
        ...             shape=(input_shape[-1],), initializer="ones", name="factor")
        ...     def call(self, inputs):
        ...         return inputs * self.factor.value
        ...     def backward(self, inputs, outputs, gradients):
        ...         dfactor = (inputs * gradients).sum(axis=0)
        ...         return gradients * self.factor.value, {"factor": dfactor}

        >>> class Block(fastnn.layers.Layer):
        ...     def __init__(self, units, **base):
        ...         super().__init__(**base)
        ...         self.units = units
        ...         self.dense = fastnn.layers.Dense(units, activation="relu")
        ...         self.dropout = fastnn.layers.Dropout(0.1)
        ...     def call(self, inputs):
        ...         return inputs + self.dropout(self.dense(inputs))
    """

    takes_training = False
    """Whether `call` takes the argument `training`."""

    takes_mask = False
    """Whether `call` takes the argument `mask`."""

    _attributes_of_arguments: ClassVar = {"dtype": "dtype_policy"}
    """Where an argument is kept that has no attribute of its name."""

    takes_codes = False
    """Whether `lower` takes codes, int32 tensors, as well as real numbers."""

    supports_masking = False
    """Whether what is known of the inputs' mask holds for the outputs."""

    reads = False
    """Whether, as the first layer of a model, it makes codes of the user's own values
    by `read`, before the plan runs."""

    _builds_itself = False
    """Whether `build` is not a layer's, which makes weights for a shape of inputs."""

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: npt.DTypeLike | None = None,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
        activity_regularizer: Any = None,
    ):
        self.name = auto_name(type(self).__name__) if name is None else _name(name)
        self.dtype_policy = dtype_policies.get(dtype)
        self._shape_of_rows = _first_shape(input_shape, input_dim)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.built = False
        self.built_for: Shape | None = None
        super().__init__(trainable)

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls) and not cls._builds_itself:
            cls.build = _marking_as_built(cls.build)  # type: ignore[method-assign]
        if "call" not in vars(cls):
            return
        parameters = inspect.signature(cls.call).parameters
        cls.takes_training, cls.takes_mask = (
            "training" in parameters,
            "mask" in parameters,
        )
        # A `call` written below a layer that knows its operations replaces them.
        if "lower" not in vars(cls):
            cls.lower = Layer.lower  # type: ignore[method-assign]

    # What a layer of your own overrides

    def build(self, input_shape: Shape) -> None:
        """Makes the weights, by `add_weight`.

        Those of layers inside are made as `call` uses them.

        Args:
            input_shape: Shape of a batch; its first entry is None.
        """

    def call(self, inputs: np.ndarray) -> np.ndarray:
        """Returns the outputs of a batch; may take a second argument `training`.

        Args:
            inputs: Batch of shape (rows, ...). Not to be changed.
        """
        raise NotImplementedError(
            f"Expected the layer {self.name!r} to override `call(inputs)`"
        )

    def backward(
        self, inputs: np.ndarray, outputs: np.ndarray, gradients: np.ndarray
    ) -> np.ndarray | tuple[np.ndarray, dict[str, np.ndarray]]:
        """Returns the gradient of the loss with respect to the inputs.

        A layer with weights returns a pair: that gradient, and a dict from the name of
        each trainable weight to the gradient with respect to it.

        Args:
            inputs: What `call` was given.
            outputs: What it returned.
            gradients: Gradient of the loss with respect to the outputs.
        """
        raise NotImplementedError(
            f"Expected the layer {self.name!r} to override `backward(inputs, outputs, "
            "gradients)`: a model that contains it cannot be trained without it"
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the outputs for a shape of inputs, None for the rows."""
        if composite.is_composite(self):
            return composite.output_shape(self, input_shape)
        return python_layer.output_shape(self, input_shape)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Returns which rows of the outputs count, for a batch and its mask: an array
        of booleans in its shape without the last axis, or None for all."""
        return previous_mask

    @property
    def computes_mask(self) -> bool:
        """Whether it has a `compute_mask` of its own."""
        return type(self).compute_mask is not Layer.compute_mask

    @property
    def differentiable(self) -> bool:
        """Whether a layer that runs in Python has a `backward`."""
        return type(self).backward is not Layer.backward

    def fits(self, input_shape: Shape) -> bool:
        """Whether the layer's weights, if it has any, are made for such inputs."""
        built_for = self.built_for
        return built_for is None or not self.weights or built_for[1:] == input_shape[1:]

    def lower(self, builder: Builder, x: Tensor) -> Tensor:
        """Records this layer's operations on `x` in a plan."""
        if composite.is_composite(self):
            return composite.lower(self, builder, x)
        python_layer.check(self)
        _, *sizes = self.compute_output_shape((None, *x.shape))
        out = builder.python_layer(self, x, row_shape(sizes, "output_shape"))
        if self.computes_mask:
            builder.python_mask(self, x, out)
        return out

    def read(self, values: np.ndarray) -> np.ndarray:
        """Returns int32 codes, in the shape of the values, for `lower_read`.

        Raises:
            TypeError, ValueError: If it cannot take such values.
        """
        raise NotImplementedError

    def lower_read(self, builder: Builder, codes: Tensor) -> Tensor:
        """Records this layer's operations on what `read` has made."""
        return self.lower(builder, codes)

    @property
    def dtype(self) -> str:
        """Element type of the weights, the inputs and the outputs."""
        return self.dtype_policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """Element type of the weights."""
        return self.dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """Type that the operands of matrix products are rounded to."""
        return self.dtype_policy.compute_dtype

    @property
    def input_shape(self) -> Any:
        """Declared shape of one row of the input; None if there is none."""
        return self._shape_of_rows

    @property
    def input_dim(self) -> int | None:
        """Length of a row of the declared input, if it has one axis."""
        shape = self._shape_of_rows
        return shape[0] if shape is not None and len(shape) == 1 else None

    def get_build_config(self) -> dict[str, Any]:
        """Returns what `build_from_config` needs; nothing before the layer is built."""
        if not self.built or self.built_for is None:
            return {}
        return {"input_shape": list(self.built_for)}

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Builds the layer for the shape that `get_build_config` gave."""
        if config and not self.built:
            self.build(tuple(config["input_shape"]))

    def __call__(
        self, inputs: Any, training: bool | None = None, *, mask: Any = None
    ) -> Any:
        """Returns the outputs for `inputs`, building the layer if need be.

        Args:
            inputs: Batch of shape (rows, ...); or the symbol that the `call` of a layer
                around is given.
            training: Whether the layer behaves as in training (dropout is active); by
                default as the layer around, if there is one.
            mask: What counts of a batch, for a layer that takes a mask: an array of
                booleans, in the batch's shape without the last axis. From layer to
                layer masks pass by themselves.

        Raises:
            TypeError: If there is a mask, and the layer takes none.
            ValueError: If an argument does not fit.
        """
        if mask is not None:
            self._check_takes_mask(inputs)
        if isinstance(inputs, Symbol):
            return inputs.through(self, training)

        if self.reads:
            inputs = np.asarray(inputs)
        else:
            inputs = as_real(inputs, self.dtype, name=f"the inputs of {self.name!r}")
        if not self.built:
            self.build((None, *inputs.shape[1:]))
        if self.reads:
            inputs = np.ascontiguousarray(self.read(inputs), np.int32)
        outputs = self._evaluated(inputs, bool(training), mask)
        if self.activity_regularizer is not None:
            self._penalties = [self.activity_regularizer(outputs) / len(outputs)]
        return outputs

    def _check_takes_mask(self, inputs: Any) -> None:
        if isinstance(inputs, Symbol):
            raise TypeError(
                f"Expected no mask in a call of {self.name!r} within another layer: "
                "masks pass from layer to layer by themselves. Received: a mask"
            )
        if not self.takes_mask or composite.is_composite(self):
            raise TypeError(
                f"Expected no mask: {self.name!r} takes none. Received: a mask"
            )

    def _evaluated(self, inputs: np.ndarray, training: bool, mask: Any) -> np.ndarray:
        """The outputs for what `__call__` has checked, but for the mask."""
        from fastnn.models import evaluate_layer

        return evaluate_layer(self, inputs, training=training, mask=mask)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _marking_as_built(build: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(build)
    def marking(self: Layer, input_shape: Sequence[int | None] = ()) -> None:
        shape = tuple(input_shape)
        if self._scope_is_open:  # called by the `build` of a subclass
            build(self, shape)
            return
        inside = self._flatten_layers() if composite.is_composite(self) else []
        with unchanged_on_failure(inside), self._scope():
            build(self, shape)
            if composite.is_composite(self):
                composite.output_shape(self, (None, *shape[1:]))
        self.built = True
        self.built_for = shape

    return marking


Layer.build = _marking_as_built(Layer.build)  # type: ignore[method-assign]


def _name(name: str) -> str:
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(
            f"Expected `name` to be a string without '/'. Received: {name=}"
        )
    return name


def _first_shape(
    input_shape: Sequence[int] | None, input_dim: int | None
) -> tuple[int, ...] | None:
    """Returns the declared shape of a row, from either way of declaring it."""
    if input_dim is not None:
        if input_shape is not None and tuple(input_shape) != (input_dim,):
            raise ValueError(
                "Expected `input_shape` or `input_dim`, or both in agreement. "
                f"Received: {input_shape=}, {input_dim=}"
            )
        input_shape = (input_dim,)
    return None if input_shape is None else row_shape(input_shape, "input_shape")


def row_shape(shape: Sequence[int | None], argument: str) -> tuple[int, ...]:
    """Returns the shape of one row as a tuple of positive integers, or raises."""
    try:
        sizes = tuple(operator.index(size or 0) for size in shape)
    except TypeError:
        sizes = (0,)
    if any(size <= 0 for size in sizes):
        raise ValueError(
            f"Expected `{argument}` to be a sequence of positive integers, without "
            f"the axis of the rows. Received: {argument}={shape!r}"
        )
    return sizes
