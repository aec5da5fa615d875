"""The declaration of a model's input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from fastnn.layers.layer import Layer, row_shape

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Says what a model's input looks like; outputs = inputs

    Args:
        shape: Shape of one row.
        batch_size: Only None is supported: batches may have any number of rows.
        dtype: "float32" (the default) or "float64".
        name: Name of the layer.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(
        self,
        shape: Sequence[int],
        batch_size: int | None = None,
        dtype: npt.DTypeLike | None = None,
        *,
        name: str | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.shape = row_shape(shape, "shape")
        self._shape_of_rows = self.shape
        if batch_size is not None:
            raise ValueError(f"Expected batch_size=None. Received: {batch_size=}")
        self.batch_size = batch_size
        self.built = True

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """Shape of a batch; None for any number of rows."""
        return (self.batch_size, *self.shape)

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        return x


def Input(
    shape: Sequence[int],
    batch_size: int | None = None,
    dtype: npt.DTypeLike | None = None,
    *,
    name: str | None = None,
) -> InputLayer:
    """Declares a model's input; takes what `InputLayer` takes.

    Example:
        >>> model = fastnn.Sequential([fastnn.Input(shape=(784,)), Dense(10)])
    """
    return InputLayer(shape, batch_size, dtype, name=name)
