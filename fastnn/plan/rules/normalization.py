"""Normalization of blocks of a sample, each by its own statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastnn.plan.rules.batch_normalization import CHUNKS
from fastnn.plan.rules.rule import Rule, by_hand, like
from fastnn.plan.tensor import Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.variable import Variable

__all__ = ["RULE", "blocks", "side_by_side"]

_MODES = {"standard": 0, "root_mean_square": 1, "deviation": 2, "unit": 3}


def blocks(
    builder: Builder,
    x: Tensor,
    axes: int,
    mode: str,
    epsilon: float,
    gamma: Variable | None = None,
    beta: Variable | None = None,
) -> Tensor:
    """Records the normalization of blocks made of the last axes of a tensor.

    Args:
        axes: How many of its axes make a block.
        mode: What is taken off and divided by: "standard" (mean; standard deviation),
            "root_mean_square" (nothing; that), "deviation" (nothing; standard
            deviation), "unit" (nothing; norm).
        epsilon: Added to the square of the divisor; with "unit", the least divisor.
        gamma, beta: Scale and offset, in the shape of a block; None to do without.
    """
    height = 1
    for size in x.shape[len(x.shape) - axes : -1]:
        height *= size
    layout = (x.height // height, 1, height, x.width, x.row, x.row)
    return _record(builder, x, layout, mode, epsilon, gamma, beta)


def side_by_side(
    builder: Builder,
    x: Tensor,
    groups: int,
    epsilon: float,
    gamma: Variable | None = None,
    beta: Variable | None = None,
) -> Tensor:
    """Records the normalization of groups of columns of each sample, over all its rows.

    Args:
        groups: How many there are.
        epsilon: Added to the variance.
        gamma, beta: Scale and offset of each column; None to do without.
    """
    layout = (1, groups, x.height, x.width // groups, x.row, 0)
    return _record(builder, x, layout, "standard", epsilon, gamma, beta)


def _record(builder, x, layout, mode, epsilon, gamma, beta):
    mean, inverse = (
        builder.tensor(name, (layout[0] * layout[1],), padded=False)
        for name in ("mean", "inverse")
    )
    out = builder.tensor("normalization", x.shape)
    builder.emit(
        "normalization_forward",
        (out, mean, inverse),
        (x, gamma, beta),
        sizes=(*layout, _MODES[mode]),
        scalars=(epsilon,),
    )
    builder.mark(x, out, (gamma, beta))
    return out


def _backward(builder, op, dout, context):
    x, gamma, beta = op.inputs
    _, mean, inverse = op.outputs
    blocks_, _, height, _, row, row_gamma, _ = op.sizes
    dgamma, dbeta = (None if w is None else context.gradient_of(w)
                     for w in (gamma, beta))  # fmt: skip
    rows = height if row_gamma else 1
    parts = None
    if dgamma is not None or dbeta is not None:
        parts = builder.tensor("parts", (CHUNKS * 2 * rows, x.width), per_sample=False)
    dx = like(x) if builder.needs_gradient(x) else None
    builder.emit(
        "normalization_backward",
        (dx, parts),
        (dout, x, mean, inverse, gamma),
        sizes=op.sizes,
        scalars=op.scalars,
    )
    if parts is not None:
        builder.emit(
            "sum_parts",
            (dgamma, dbeta),
            (parts,),
            sizes=(blocks_, rows, x.width, row, 2),
        )
    return dx


RULE = Rule(by_hand, _backward)
