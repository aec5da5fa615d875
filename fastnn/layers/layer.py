"""The base of all layers: weights, names, configuration."""

from __future__ import annotations

import functools
import inspect
import math
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn import constraints, dtype_policies, initializers, regularizers
from fastnn.dtypes import as_real
from fastnn.layers import python_layer
from fastnn.naming import auto_name
from fastnn.saving.config import Configurable
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder, Tensor

__all__ = ["Layer"]

Shape = tuple[int | None, ...]


class Layer(Configurable):
    """A layer of a network.

    To write your own, override `call`; `build` if it has weights; `backward` if it is
    to be trained through, and `compute_output_shape` if `call` cannot be tried out on
    a row of zeros to find it. All of them work on NumPy arrays.

    Args:
        name: Name of the layer; by default the class's name with a number.
        trainable: Whether training changes its weights.
        dtype: "float32" (the default), "float64" or "mixed_bfloat16": float32 with
            products of operands rounded to bfloat16. See `DTypePolicy`.
        input_shape: Shape of one row of the input, for the first layer of a model.
        input_dim: The same for rows of one axis: `input_shape=(input_dim,)`.

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
    """

    takes_training = False
    """Whether `call` takes the argument `training`."""

    _attributes_of_arguments: ClassVar = {"dtype": "dtype_policy"}
    """Where an argument is kept that has no attribute of its name."""

    takes_codes = False
    """Whether `lower` takes codes, int32 tensors, as well as real numbers."""

    reads = False
    """Whether, as the first layer of a model, it makes codes of the user's own values
    by `read`, before the plan runs."""

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: npt.DTypeLike | None = None,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
    ):
        self.name = auto_name(type(self).__name__) if name is None else _name(name)
        self.trainable = trainable
        self.dtype_policy = dtype_policies.get(dtype)
        self.input_shape = _first_shape(input_shape, input_dim)
        self.built = False
        self.built_for: Shape | None = None
        self._weights: list[Variable] = []

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = _marking_as_built(cls.build)  # type: ignore[method-assign]
        if "call" not in vars(cls):
            return
        cls.takes_training = "training" in inspect.signature(cls.call).parameters
        # A `call` written below a layer that knows its operations replaces them.
        if "lower" not in vars(cls):
            cls.lower = Layer.lower  # type: ignore[method-assign]

    # What a layer of your own overrides

    def build(self, input_shape: Shape) -> None:
        """Makes the weights, by `add_weight`.

        Args:
            input_shape: Shape of a batch; its first entry is None.
        """
        self.built = True
        self.built_for = input_shape

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
        return python_layer.output_shape(self, input_shape)

    def lower(self, builder: Builder, x: Tensor) -> Tensor:
        """Records this layer's operations on `x` in a plan."""
        python_layer.check(self)
        _, *sizes = self.compute_output_shape((None, *x.shape))
        return builder.python_layer(self, x, row_shape(sizes, "output_shape"))

    # Weights

    def read(self, values: np.ndarray) -> np.ndarray:
        """Returns int32 codes, in the shape of the values, for `lower_read`.

        Raises:
            TypeError, ValueError: If it cannot take such values.
        """
        raise NotImplementedError

    def lower_read(self, builder: Builder, codes: Tensor) -> Tensor:
        """Records this layer's operations on what `read` has made."""
        return self.lower(builder, codes)

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: npt.DTypeLike | None = None,
        trainable: bool = True,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Makes a weight that belongs to this layer.

        Args:
            shape: Its shape; by default (), a number.
            initializer: Its first values; by default "glorot_uniform", or "zeros" for a
                variable of integers.
            dtype: Its type; by default that of the layer.
            trainable: Whether training changes it.
            regularizer: A penalty on it, or None.
            constraint: What its value is put through after each update, or None.
            name: Its name, one of a kind in the layer.

        Returns:
            The weight; `.value` is its live array.

        Raises:
            ValueError: If the name is taken or the initializer's values do not fit.
        """
        name = name or self._free_name()
        if any(weight.name == name for weight in self._weights):
            raise ValueError(
                f"Expected names of weights to differ within the layer {self.name!r}. "
                f"Received: {name=} twice"
            )
        dtype = self.dtype if dtype is None else dtype
        if initializer is None:
            real = np.dtype(dtype).kind == "f"
            initializer = "glorot_uniform" if real else "zeros"
        try:
            weight = Variable(
                initializers.get(initializer),
                () if shape is None else shape,
                dtype,
                trainable,
                name,
                regularizer=regularizers.get(regularizer),
                constraint=constraints.get(constraint),
            )
        except ValueError as error:
            raise ValueError(f"Layer {self.name!r}: {error}") from None
        self._weights.append(weight)
        return weight

    def _free_name(self) -> str:
        """A name for a weight that was given none."""
        taken = {weight.name for weight in self._weights}
        number = len(taken)
        while f"variable_{number}" in taken:
            number += 1
        return f"variable_{number}"

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; may be set at any time."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(
                f"Expected `trainable` to be True or False. Received: {value!r}"
            )
        self._trainable = bool(value)

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
    def input_dim(self) -> int | None:
        """Length of a row of the declared input, if it has one axis."""
        shape = self.input_shape
        return shape[0] if shape is not None and len(shape) == 1 else None

    @property
    def weights(self) -> list[Variable]:
        """All weights, in the order in which they were made."""
        return list(self._weights)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes; none if the layer is frozen."""
        return [w for w in self._weights if self.trainable and w.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [w for w in self._weights if not (self.trainable and w.trainable)]

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of all weights."""
        return [weight.numpy() for weight in self._weights]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Sets all weights, or none if one of them does not fit.

        Raises:
            ValueError: If their number or a shape is wrong.
        """
        if len(weights) != len(self._weights):
            raise ValueError(
                f"Expected {len(self._weights)} weights for the layer {self.name!r}. "
                f"Received: {len(weights)}"
            )
        pairs = list(zip(self._weights, weights, strict=True))
        values = [weight.checked(value) for weight, value in pairs]
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Returns the number of values in all weights.

        Raises:
            ValueError: If the layer is not built.
        """
        if not self.built:
            raise ValueError(
                f"Expected the layer {self.name!r} to be built before its weights are "
                "counted; call `build` or give it an input shape"
            )
        return sum(math.prod(weight.shape) for weight in self._weights)

    def __call__(self, inputs: npt.ArrayLike, training: bool = False) -> np.ndarray:
        """Returns the outputs for `inputs`, building the layer if need be.

        Args:
            inputs: Batch of shape (rows, ...).
            training: Whether the layer behaves as in training (dropout is active).
        """
        from fastnn.models import evaluate_layer

        inputs = as_real(inputs, self.dtype, name=f"the inputs of {self.name!r}")
        if not self.built:
            self.build((None, *inputs.shape[1:]))
        return evaluate_layer(self, inputs, training=training)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _marking_as_built(build: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(build)
    def marking(self: Layer, input_shape: Sequence[int | None]) -> None:
        build(self, tuple(input_shape))
        self.built = True
        self.built_for = tuple(input_shape)

    return marking


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
