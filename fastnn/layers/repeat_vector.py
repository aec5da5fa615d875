"""Rows repeated."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn.layers.layer import Layer

__all__ = ["RepeatVector"]


class RepeatVector(Layer):
    """Repeats each row of the inputs: (rows, features) -> (rows, n, features)

    Args:
        n: How many times, at least 1.
        **base: Arguments of `Layer`.

    Raises:
        TypeError: If `n` is not an integer.
        ValueError: If it is not positive, or the inputs have not two axes.
    """

    def __init__(self, n: int, **base: Any):
        super().__init__(**base)
        if isinstance(n, bool) or not isinstance(n, int | np.integer):
            raise TypeError(f"Expected `n` to be an integer. Received: {n=}")
        if n <= 0:
            raise ValueError(f"Expected `n` to be a positive integer. Received: {n=}")
        self.n = int(n)

    def compute_output_shape(self, input_shape):
        if len(input_shape) != 2:
            raise ValueError(
                f"Expected inputs of shape (rows, features) for the layer "
                f"{self.name!r}. Received: {input_shape=}"
            )
        return (input_shape[0], self.n, input_shape[1])

    def lower(self, builder, x):
        _, *shape = self.compute_output_shape((None, *x.shape))
        return builder.forward("repeat", x, shape=tuple(shape))
