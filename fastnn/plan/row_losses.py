"""Operations that give each row of a batch one value: losses and metrics."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fastnn.plan.tensor import Held, Tensor

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["Reduced", "row_losses", "row_values"]


@dataclasses.dataclass(frozen=True)
class Reduced:
    """How the values of a batch's rows become one number.

    Attributes:
        reduction: Number of the reduction.
        scale: Weight of the loss.
        weight: Weights of the samples, or of the values.
        mask: 1 for values that count, else 0.
        of_batch: Whether each sample repeats the values of the whole batch.
    """

    reduction: int = 0
    scale: float = 1.0
    weight: Tensor | None = None
    mask: Tensor | None = None
    of_batch: bool = False

    @property
    def values_per_weight(self) -> int:
        """0 for all of a sample."""
        return int(self.weight is not None and self.weight.width > 1)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """What kernels are told of it."""
        return self.reduction, self.values_per_weight, int(self.of_batch)


def row_losses(
    builder: Builder,
    kernel: str,
    scalars: Sequence[float],
    seed: Tensor,
    target: Tensor,
    gradient: Tensor | None = None,
    out: Tensor | None = None,
    reduced: Reduced = Reduced(),
    columns: np.ndarray | None = None,
) -> Tensor:
    """Records a loss.

    Args:
        builder: What records.
        kernel: The loss.
        scalars: Its settings.
        seed: Predictions or logits.
        target: What they are held against.
        gradient: Where the gradient goes, if it is needed.
        out: Where the probabilities of a fused softmax or sigmoid go.
        reduced: What the gradient is of.
        columns: Settings of the columns.

    Returns:
        The value of each row, in float64.
    """
    values = builder.tensor("values", (seed.height,), "float64", padded=False)
    settings = None if columns is None else Held("columns", columns)
    builder.emit(
        kernel,
        (values, gradient, out),
        (seed, target, reduced.weight, reduced.mask, settings),
        sizes=(seed.height, seed.width, seed.row, _row_of(target), *reduced.sizes),
        scalars=(reduced.scale, *scalars),
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
