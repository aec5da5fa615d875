"""Rows in another shape."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from fastnn.layers.layer import Layer

__all__ = ["Reshape"]


class Reshape(Layer):
    """Gives each row of the inputs another shape: (rows, a, b) -> (rows, c, d)

    The elements keep their order, that of the last axis first, and are not copied.

    Args:
        target_shape: Shape of a row of the outputs. One size may be -1: what is left.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If `target_shape` is no shape, or the inputs do not fit it.

    Example:
        >>> fastnn.layers.Reshape((-1, 2))(np.arange(6).reshape(1, 6)).shape
        (1, 3, 2)
    """

    takes_codes = True

    def __init__(self, target_shape: Sequence[int], **base: Any):
        super().__init__(**base)
        self.target_shape = _target(target_shape)

    def compute_output_shape(self, input_shape):
        rows, *sizes = input_shape
        known = math.prod(n for n in self.target_shape if n != -1)
        if None in sizes:
            return (rows, *(None if n == -1 else n for n in self.target_shape))
        rest, over = divmod(math.prod(sizes), known)
        if over or (-1 not in self.target_shape and rest != 1):
            raise ValueError(
                f"Expected rows of the inputs that fit target_shape={self.target_shape}"
                f", for the layer {self.name!r}. Received: input_shape={input_shape}"
            )
        return (rows, *(rest if n == -1 else n for n in self.target_shape))

    def lower(self, builder, x):
        _, *shape = self.compute_output_shape((None, *x.shape))
        return builder.reshape(x, tuple(shape))


def _target(shape: Sequence[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        sizes = (0,)
    if any(size < 1 and size != -1 for size in sizes) or sizes.count(-1) > 1:
        raise ValueError(
            "Expected `target_shape` to be a sequence of positive integers, of which "
            f"one may be -1. Received: target_shape={shape!r}"
        )
    return sizes
