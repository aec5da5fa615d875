"""Masks: which rows of a batch count, 1 or 0 for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastnn.plan.rules.rule import Rule, if_needed
from fastnn.plan.tensor import Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["RULE", "mask_of_codes", "mask_tensor", "masked_weights"]


def mask_tensor(builder: Builder, shape: tuple[int, ...]) -> Tensor:
    """Memory for a mask, one number for each row or code of a sample."""
    return builder.tensor("mask", shape, padded=False)


def mask_of_codes(builder: Builder, codes: Tensor) -> Tensor:
    """Records which codes are not 0."""
    mask = mask_tensor(builder, codes.shape)
    sizes = (codes.height * codes.width,)
    builder.emit("codes_mask", (mask,), (codes,), sizes=sizes)
    return mask


def masked_weights(
    builder: Builder, mask: Tensor, weight: Tensor | None, *, mean: bool
) -> Tensor:
    """Records the weights of rows, one each, of which a mask leaves some.

    Args:
        mask: Of each row of a sample.
        weight: One weight for each sample, or for each row; None for 1.
        mean: Whether what is weighted is divided by the number of all rows.
    """
    rows = mask.height * mask.width
    out = builder.tensor("masked weight", (rows,), padded=False)
    per_weight = 1 if weight is None else rows // (weight.height * weight.width)
    sizes = (rows, per_weight, int(mean))
    builder.emit("masked_weights", (out,), (mask, weight), sizes=sizes)
    return out


def _prepare(builder, x, out, weights):
    return (mask_tensor(builder, x.shape[:-1]),), (x.height, x.width, x.row)


def _backward(builder, op, dout, context):
    return if_needed(builder, op, lambda dx: builder.emit(
        "masking_backward", (dx,), (dout, op.outputs[1]), sizes=op.sizes
    ))  # fmt: skip


RULE = Rule(_prepare, _backward)
