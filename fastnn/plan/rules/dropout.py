"""Dropout and its kin, which remember what they kept."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fastnn.plan.rules.rule import Rule, if_needed
from fastnn.plan.tensor import Held, Op, Tensor

__all__ = ["RULE", "shared_noise", "shares_rows"]


def shared_noise(
    x: Tensor, noise_shape: Sequence[int | None] | None
) -> tuple[Held | None, tuple[int, int]]:
    """Where the elements of a tensor have their random numbers from.

    Args:
        x: The tensor.
        noise_shape: Shape of a batch of random numbers, which broadcasts to that of
            `x`: 1 along the axes that share them. None along an axis, and any other
            number along that of the rows, stand for as many as there are.

    Returns:
        The row of noise of each row of a sample, or None for its own; and the number of
        rows of noise in a sample, 0 if all samples share them, and whether a row has
        one number.

    Raises:
        ValueError: If the shape does not broadcast to that of `x`.
    """
    if noise_shape is None:
        return None, (x.height, 0)
    rows, *sizes = _aligned(noise_shape, x.shape)
    last = sizes.pop() if sizes else 1
    height = math.prod(sizes)
    numbers = np.arange(height, dtype=np.int32).reshape(sizes)
    source = np.broadcast_to(numbers, x.shape[:-1]).reshape(-1).copy()
    per_sample = 0 if rows == 1 else height
    return Held("source", source), (per_sample, int(last == 1 != x.width))


def _aligned(noise_shape: Sequence[int | None], shape: tuple[int, ...]) -> list[int]:
    """The noise's shape with as many axes as a batch has; 0 for any number of rows."""
    batch = (0, *shape)
    sizes: list[int | None] = [
        batch[i] if n is None and i < len(batch) else n
        for i, n in enumerate(noise_shape)
    ]
    missing: list[int | None] = [1] * (len(batch) - len(sizes))
    rows, *others = missing + sizes
    if len(others) != len(shape) or any(
        n not in (1, size) for n, size in zip(others, shape, strict=True)
    ):
        raise ValueError(
            "Expected a `noise_shape` that broadcasts to the shape of the inputs, "
            f"{(None, *shape)}. Received: {noise_shape=}"
        )
    return [rows or 0, *(n or 1 for n in others)]


def shares_rows(op: Op) -> bool:
    """Whether an operation is a dropout that draws the same for all samples."""
    return op.kind == "dropout_forward" and op.sizes[3] == 0


def _prepare(builder, x, out, weights):
    mask = builder.tensor("mask", (x.height, x.row), "uint8", padded=False)
    return (mask,), (x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "dropout_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes[:3],
        scalars=op.scalars[1:2],
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
