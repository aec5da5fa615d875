"""Codes, the indices of categories: int32 tensors, and what makes and takes them.

None of these operations has a gradient: a step function has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from fastnn.plan.tensor import Held, Tensor
from fastnn.variable import padded_zeros

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["as_codes", "as_values", "codes_by", "digitized", "encoded"]


def as_codes(builder: Builder, x: Tensor) -> Tensor:
    """Numbers as codes, without their fractions."""
    if x.dtype == "int32":
        return x
    codes = _codes(builder, x)
    builder.emit("values_to_codes", (codes,), (x,), sizes=(x.height, x.width, x.row))
    return codes


def as_values(builder: Builder, x: Tensor) -> Tensor:
    """Codes as numbers that every layer takes."""
    if x.dtype != "int32":
        return x
    out = builder.tensor("values", x.shape)
    sizes = (out.height, out.width, out.row)
    builder.emit("codes_to_values", (out,), (x,), sizes=sizes)
    return out


def digitized(builder: Builder, x: Tensor, boundaries: np.ndarray) -> Tensor:
    """The bin of each number, between ascending boundaries."""
    held = padded_zeros((len(boundaries),), x.dtype)
    held[...] = boundaries
    codes = _codes(builder, x)
    builder.emit(
        "digitize",
        (codes,),
        (x, Held("boundaries", held)),
        sizes=(x.height, x.width, x.row, len(boundaries)),
    )
    return codes


def codes_by(
    builder: Builder, function: Callable[[np.ndarray], np.ndarray], x: Tensor
) -> Tensor:
    """The codes that a function finds for arrays of values, in Python."""
    codes = _codes(builder, x)

    def call(codes_view, x_view):
        codes_view[...] = function(x_view)

    builder.emit("python", (codes,), (x,), call=call)
    return codes


def encoded(
    builder: Builder,
    codes: Tensor,
    shape: tuple[int, ...],
    *,
    count: bool = False,
    weight: np.ndarray | None = None,
) -> Tensor:
    """One column for each category: whether, or how many times, a row has its code.

    Args:
        codes: One row of codes for each row of the result, or one code.
        shape: Of the result.
        count: Whether to count.
        weight: What each column is multiplied by.
    """
    out = builder.tensor("encoded", shape)
    held = None
    if weight is not None:
        held = Held("weight", padded_zeros((out.width,), out.dtype))
        held.array[...] = weight
    per_row = codes.height * codes.width // out.height
    builder.emit(
        "encode_forward",
        (out,),
        (codes, held),
        sizes=(out.height, per_row, out.width, out.row, int(count)),
    )
    return out


def _codes(builder: Builder, x: Tensor) -> Tensor:
    return builder.tensor("codes", x.shape, "int32", padded=False)
