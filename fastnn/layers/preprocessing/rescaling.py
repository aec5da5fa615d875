"""Rescaling."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.layers.layer import Layer
from fastnn.plan.rules.affine import fixed_settings

__all__ = ["Rescaling"]


class Rescaling(Layer):
    """outputs = inputs * scale + offset

    Args:
        scale: A number, or an array that broadcasts to a row of the inputs.
        offset: The same.
        **base: Arguments of `Layer`.

    Raises:
        TypeError: If `scale` or `offset` does not hold numbers.
        ValueError: If they do not broadcast to a row of the inputs.

    Example:
        >>> fastnn.layers.Rescaling(1 / 255)([[0, 51, 255]])
        array([[0. , 0.2, 1. ]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, scale: npt.ArrayLike, offset: npt.ArrayLike = 0.0, **base: Any):
        super().__init__(**base)
        self.scale = _number_or_array(scale, "scale")
        self.offset = _number_or_array(offset, "offset")

    def build(self, input_shape):
        row = tuple(1 if n is None else n for n in input_shape[1:])
        shapes = [np.shape(a) for a in (self.scale, self.offset)]
        try:
            fits = np.broadcast_shapes(row, *shapes) == row
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"Expected `scale` and `offset` of the layer {self.name!r} to "
                f"broadcast to a row of shape {row}. Received: shapes {shapes}"
            )

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        scale, offset = np.asarray(self.scale), np.asarray(self.offset)
        settings = fixed_settings(x, np.zeros(()), scale, offset)
        return builder.forward("affine", x, *settings, shape=x.shape)


def _number_or_array(value: npt.ArrayLike, name: str) -> Any:
    array = as_real(value, np.float64, name=f"`{name}`")
    return array if array.ndim else float(array)
