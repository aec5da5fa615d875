"""Operations that give each row of a batch one value: losses and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastnn.plan.tensor import Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["row_losses", "row_values"]


def row_losses(
    builder: Builder,
    kernel: str,
    scalars: Sequence[float],
    seed: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    gradient: Tensor | None = None,
    out: Tensor | None = None,
    reduction: int = 0,
) -> Tensor:
    """Records a loss.

    Args:
        builder: What records.
        kernel: The loss.
        scalars: Its settings.
        seed: Predictions or logits.
        target: What they are held against.
        weight: Weights of the samples.
        gradient: Where the gradient goes, if it is needed.
        out: Where the probabilities of a fused softmax or sigmoid go.
        reduction: What the gradient is of, by its number.

    Returns:
        The value of each row, in float64.
    """
    values = builder.tensor("values", (seed.height,), "float64", padded=False)
    builder.emit(
        kernel,
        (values, gradient, out),
        (seed, target, weight),
        sizes=(seed.height, seed.width, seed.row, _row_of(target), reduction),
        scalars=tuple(scalars),
    )
    return values


def row_values(
    builder: Builder,
    kernel: str,
    scalars: Sequence[float],
    prediction: Tensor,
    target: Tensor,
) -> Tensor:
    """Records a metric's values, one for each row, in float64."""
    height = prediction.height
    values = builder.tensor("values", (height,), "float64", padded=False)
    builder.emit(
        kernel,
        (values,),
        (prediction, target),
        sizes=(height, prediction.width, prediction.row, _row_of(target)),
        scalars=tuple(scalars),
    )
    return values


def _row_of(target: Tensor) -> int:
    """Elements of a row of targets; none for labels."""
    return 0 if target.dtype == "int32" else target.row
