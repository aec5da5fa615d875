"""Shifting and scaling: (x - before) * scale + after, by settings that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fastnn.plan.rules.rule import Rule, if_needed
from fastnn.plan.tensor import Held, Tensor
from fastnn.variable import Variable, padded_width, padded_zeros

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["RULE", "fixed_settings", "normalization_settings"]


def fixed_settings(
    x: Tensor, before: np.ndarray, scale: np.ndarray, after: np.ndarray
) -> tuple[Held, Held, Held]:
    """Settings that broadcast to the shape of a sample, as operands."""
    arrays = before, scale, after
    period, width = _repeated(x.shape, np.broadcast_shapes(*(a.shape for a in arrays)))
    held = []
    for name, array in zip(("before", "scale", "after"), arrays, strict=True):
        block = padded_zeros((period, width), x.dtype)
        block[...] = np.broadcast_to(array, x.shape).reshape(-1, width)[:period]
        held.append(Held(name, block))
    return held[0], held[1], held[2]


def normalization_settings(
    builder: Builder,
    x: Tensor,
    mean: Variable | Held,
    variance: Variable | Held,
    place: np.ndarray,
    *,
    epsilon: float,
    invert: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """Records what turns mean and variance into settings, which happens at every run:
    they may change.

    Args:
        x: What is to be normalized.
        place: For each element of a sample, or of a shape that broadcasts to it, the
            number of its mean and variance.
        epsilon: The least standard deviation.
        invert: Whether to put back what a normalization took away.
    """
    period, width = _repeated(x.shape, place.shape)
    row = padded_width(width, np.dtype(x.dtype).itemsize)
    index = np.zeros((period, row), np.int32)
    stored = _stored_index(mean, place)
    index[:, :width] = np.broadcast_to(stored, x.shape).reshape(-1, width)[:period]
    before, scale, after = (
        builder.tensor(name, (period, width), per_sample=False)
        for name in ("before", "scale", "after")
    )
    builder.emit(
        "normalization_settings",
        (before, scale, after),
        (mean, variance, Held("index", index)),
        sizes=(index.size, int(invert)),
        scalars=(epsilon,),
    )
    return before, scale, after


def _repeated(sample: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and width of settings of a shape, of which the rows repeat over a sample."""
    width = sample[-1] if sample else 1
    varies = any(n > 1 for n in shape[:-1])
    rows = int(np.prod(sample[:-1], dtype=int))
    return (rows if varies else 1), width


def _stored_index(operand: Variable | Held, place: np.ndarray) -> np.ndarray:
    """Where the elements with these numbers lie in padded memory."""
    array = operand.value if isinstance(operand, Variable) else operand.array
    if not array.ndim:
        return np.zeros(place.shape, np.int32)
    offsets = sum(
        axis * (stride // array.itemsize)
        for axis, stride in zip(np.indices(array.shape), array.strides, strict=True)
    )
    return np.asarray(offsets).reshape(-1)[place].astype(np.int32)


def _period(operand) -> int:
    return operand.height if isinstance(operand, Tensor) else len(operand.array)


def _prepare(builder, x, out, settings):
    return (), (x.height, x.width, x.row, _period(settings[0]))


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "affine_backward", (dx,), (dout, op.inputs[2]), sizes=op.sizes
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
