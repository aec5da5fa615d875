"""Dropout and its kin, which remember what they kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fastnn.plan.rules.rule import Rule, if_needed
from fastnn.plan.tensor import Held, Tensor

__all__ = ["RULE", "shared_noise"]


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
    batch = (None, *x.shape)
    sizes = [batch[i] if n is None and i < len(batch) else n
             for i, n in enumerate(noise_shape)]  # fmt: skip
    sizes = [1] * (len(batch) - len(sizes)) + sizes
    if len(sizes) != len(batch) or any(
        n not in (1, size) for n, size in zip(sizes[1:], x.shape, strict=True)
    ):
        raise ValueError(
            "Expected a `noise_shape` that broadcasts to the shape of the inputs, "
            f"{batch}. Received: {noise_shape=}"
        )
    *leading, last = sizes[1:] or [1]
    height = int(np.prod(leading, dtype=int))
    rows = np.arange(height).reshape(leading)
    source = np.broadcast_to(rows, x.shape[:-1]).astype(np.int32).reshape(-1)
    return Held("source", source), (
        height if sizes[0] != 1 else 0,
        int(last == 1 != x.width),
    )


def _prepare(builder, x, out, weights):
    mask = builder.tensor("mask", (x.height, x.row), "uint8", padded=False)
    return (mask,), (x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "dropout_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes[:3],
        scalars=op.scalars[1:2],
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
