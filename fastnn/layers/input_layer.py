"""The declaration of a model's input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy.typing as npt

from fastnn.dtypes import SUPPORTED, storable_dtype
from fastnn.layers.checks import positive_integer
from fastnn.layers.layer import Layer, row_shape
from fastnn.plan.rules.categories import as_codes, codes_by

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Says what a model's input looks like; outputs = inputs

    Args:
        shape: Shape of one row.
        batch_size: Number of rows that `batch_shape` then shows; batches may have any.
        dtype: What the rows are taken for: "float32" (the default) and "float64" leave
            them as they are, an integer type or "bool" cuts fractions off, "string" is
            for layers that read strings.
        sparse, ragged: Only False (or None) is supported.
        batch_shape: (batch_size, *shape) in place of both.
        input_tensor: Only None is supported.
        optional: Only False is supported.
        name: Name of the layer.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    supports_masking = True
    takes_codes = True
    _attributes_of_arguments: ClassVar = {"batch_shape": "input_tensor"}  # both None

    def __init__(
        self,
        shape: Sequence[int] | None = None,
        batch_size: int | None = None,
        dtype: npt.DTypeLike | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: None = None,
        optional: bool = False,
        name: str | None = None,
    ):
        super().__init__(name=name)
        if batch_shape is not None:
            if shape is not None or batch_size is not None:
                raise ValueError(
                    "Expected `batch_shape`, or `shape` and `batch_size`, not both. "
                    f"Received: {shape=}, {batch_size=}, {batch_shape=}"
                )
            batch_size, *shape = batch_shape  # type: ignore[assignment]
        if shape is None:
            raise ValueError(f"Expected a `shape`. Received: {shape=}")
        refused = {
            "sparse": sparse, "ragged": ragged, "input_tensor": input_tensor,
            "optional": optional,
        }  # fmt: skip
        for argument, value in refused.items():
            if value is not None and value is not False:
                raise ValueError(
                    f"Expected no `{argument}`, which is not supported. "
                    f"Received: {argument}={value!r}"
                )
        self.shape = row_shape(shape, "shape")
        self._shape_of_rows = self.shape
        if batch_size is not None:
            batch_size = positive_integer("batch_size", batch_size)
        self.batch_size = batch_size
        self._dtype = "string" if dtype == "string" else storable_dtype(dtype)
        self.sparse = self.ragged = self.optional = False
        self.input_tensor = None
        self.built = True

    @property
    def dtype(self) -> str:
        """What the rows are taken for."""
        return self._dtype

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """Shape of a batch; None for any number of rows."""
        return (self.batch_size, *self.shape)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        if self._dtype == "bool":
            return codes_by(builder, lambda values: values != 0, x)
        whole = self._dtype not in SUPPORTED and self._dtype != "string"
        return as_codes(builder, x) if whole else x


def Input(
    shape: Sequence[int] | None = None,
    batch_size: int | None = None,
    dtype: npt.DTypeLike | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> InputLayer:
    """Declares a model's input; takes what `InputLayer` takes, with its `input_tensor`
    as `tensor`.

    Example:
        >>> model = fastnn.Sequential([fastnn.Input(shape=(784,)), Dense(10)])
    """
    return InputLayer(
        shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name
    )
