"""Columns normalized by the batch, or by what is kept: (x - mean) * scale + after.

What the rows of a batch have in common is found by operations before this one; where
it is, the gradient of each row has a part that comes from the others.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from fastnn.plan.rules.rule import Rule, if_needed, like
from fastnn.plan.tensor import Operand, Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.variable import Variable

__all__ = ["CHUNKS", "RULE", "Scaling", "moments", "scaled"]

CHUNKS = 32
"""Parts that a sum over the rows of a batch is made of, at most: the kernels' own."""

_UNCOUNTED = 1e-7  # with a mask, is added to the number of rows, as Keras does


@dataclasses.dataclass(frozen=True)
class Scaling:
    """What columns are normalized by, besides their means and variances.

    Attributes:
        gamma, beta: What is multiplied by, and added; None to do without.
        epsilon: Added to variances.
        correction: Two rows, r and d: gamma * r in place of gamma, beta + gamma * d in
            place of beta, and no gradient through them; or None.
        mask: For each row whether the statistics are made of it; None for all.
    """

    gamma: Variable | None
    beta: Variable | None
    epsilon: float
    correction: Tensor | None = None
    mask: Tensor | None = None


def moments(
    builder: Builder, x: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Records the mean and the variance of each column of a batch."""
    parts = _vectors(builder, x, "parts", 2 * CHUNKS)
    mean, variance = _vectors(builder, x, "mean"), _vectors(builder, x, "variance")
    sizes = (x.height, x.width, x.row)
    builder.emit("batch_moments", (parts,), (x, mask), sizes=sizes)
    builder.emit(
        "batch_statistics",
        (mean, variance),
        (parts, mask),
        sizes=sizes,
        scalars=(_UNCOUNTED,),
    )
    return mean, variance


def scaled(
    builder: Builder, x: Tensor, mean: Operand, variance: Operand, scaling: Scaling
) -> Tensor:
    """Records (x - mean) * inverse * gamma + beta, inverse = 1 / sqrt(variance +
    epsilon).

    Args:
        mean, variance: Tensors if they are those of `x`, variables if they are given.
    """
    inverse, scale, after = (
        _vectors(builder, x, name) for name in ("inverse", "scale", "after")
    )
    builder.emit(
        "normalization_scale",
        (inverse, scale, after),
        (variance, scaling.gamma, scaling.beta, scaling.correction),
        sizes=(x.width, x.row),
        scalars=(scaling.epsilon,),
    )
    return builder.forward(
        "batch_normalization",
        x,
        mean,
        scale,
        after,
        inverse,
        scaling.gamma,
        scaling.beta,
        scaling.correction,
        scaling.mask,
        shape=x.shape,
    )


def _vectors(builder: Builder, x: Tensor, name: str, rows: int = 1) -> Tensor:
    return builder.tensor(name, (rows, x.width), per_sample=False)


def _prepare(builder, x, out, operands):
    return (), (x.height, x.width, x.row, 1)


def _backward(builder, op, dout, context):
    x, mean, scale, _, inverse, gamma, beta, correction, mask = op.inputs
    sizes = op.sizes[:3]
    dgamma, dbeta = (None if w is None else context.gradient_of(w)
                     for w in (gamma, beta))  # fmt: skip
    of_batch = isinstance(mean, Tensor) and builder.needs_gradient(x)
    slope, shift = (
        _vectors(builder, x, name) if of_batch else None for name in ("slope", "shift")
    )
    if of_batch or dgamma is not None or dbeta is not None:
        parts = _vectors(builder, x, "parts", 2 * CHUNKS)
        builder.emit("batch_normalization_sums", (parts,), (dout, x, mean), sizes=sizes)
        builder.emit(
            "batch_normalization_gradients",
            (dgamma, dbeta, slope, shift),
            (parts, inverse, scale, correction, mask),
            sizes=sizes,
            scalars=(_UNCOUNTED,),
        )
    if not of_batch:
        return if_needed(builder, op, lambda dx: builder.emit(
            "affine_backward", (dx,), (dout, scale), sizes=op.sizes
        ))  # fmt: skip
    dx = like(x)
    builder.emit(
        "batch_normalization_backward",
        (dx,),
        (dout, x, mean, scale, slope, shift, mask),
        sizes=sizes,
    )
    return dx


RULE = Rule(_prepare, _backward)
