"""Axes of a sample: which are meant, and how to bring them to the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder, Tensor

__all__ = ["along", "inverse", "sample_axes", "with_last"]


def sample_axes(
    axis: int | Sequence[int], shape: tuple[int, ...], what: str = "axis"
) -> tuple[int, ...]:
    """Returns the axes of a sample, counted from 0, in ascending order.

    Args:
        axis: One or several, counted as those of a batch are: 0 is the axis of rows.
        shape: Of one sample.
        what: What the argument is called in an error.

    Raises:
        ValueError: If there is no such axis, or it is the axis of the rows, which come
            in batches of any size.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    ndim = len(shape) + 1
    if not axes or any(not -ndim <= a < ndim or a % ndim == 0 for a in axes):
        raise ValueError(
            f"Expected `{what}` to name axes other than that of the rows, of an input "
            f"of shape {(None, *shape)}. Received: {what}={axis}"
        )
    return tuple(sorted({a % ndim - 1 for a in axes}))


def with_last(axes: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """Returns an order of `ndim` axes in which `axes` come last."""
    return (*(a for a in range(ndim) if a not in axes), *axes)


def inverse(order: Sequence[int]) -> tuple[int, ...]:
    """Returns the order that undoes an order."""
    return tuple(sorted(range(len(order)), key=lambda i: order[i]))


def along(
    builder: Builder,
    x: Tensor,
    axes: tuple[int, ...],
    record: Callable[[Tensor], Tensor],
) -> Tensor:
    """Records what works on the last axes of `x` so that it works on `axes`."""
    order = with_last(axes, len(x.shape))
    if order == tuple(range(len(x.shape))):
        return record(x)
    return builder.permute(record(builder.permute(x, order)), inverse(order))
