"""Bounds on the norm of weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fastnn import config
from fastnn.constraints.constraint import Constraint
from fastnn.dtypes import as_real

__all__ = ["MaxNorm", "MinMaxNorm", "NormConstraint", "UnitNorm"]


class NormConstraint(Constraint):
    """Base of the constraints that scale weights by their norm:

        norm := sqrt(sum of w^2 over the axes)
        w := w * (rate * clip(norm, low, high) + (1 - rate) * norm) / (epsilon + norm)

    with epsilon = `fastnn.config.epsilon()`.

    Args:
        axis: The axis, or the axes, that the norm is taken over.

    Raises:
        ValueError: If `axis` is neither an integer nor a sequence of them.
    """

    def __init__(self, axis: int | Sequence[int] = 0):
        self.axis = axis
        _axes(axis)

    @property
    def bounds(self) -> tuple[float, float, float]:
        """low, high and rate of the formula."""
        raise NotImplementedError

    def __call__(self, w):
        w = as_real(w, name="w")
        low, high, rate = self.bounds
        axes = _checked_axes(self.axis, w.ndim)
        norm = np.sqrt(np.square(w).sum(axis=axes, keepdims=True, dtype=w.dtype))
        wanted = np.clip(norm, low, high)
        if rate != 1:
            wanted = rate * wanted + (1 - rate) * norm
        return w * (wanted / (config.epsilon() + norm)).astype(w.dtype)

    def kernel(self, shape, row):
        *leading, _ = shape or (1,)
        axes = _checked_axes(self.axis, len(shape))
        summed = [axis in axes for axis in range(len(leading))]
        across = len(shape) - 1 in axes
        groups = _groups(leading, summed)
        if groups is None:
            return None
        scalars = (*self.bounds, config.epsilon())
        return "norm_constraint", (*groups, row, int(across)), scalars


class MaxNorm(NormConstraint):
    """Scales weights down whose norm over `axis` is above `max_value`.

    Srebro and Shraibman, 2005, "Rank, trace-norm and max-norm"; for units of a network,
    Hinton et al., 2012, "Improving neural networks by preventing co-adaptation of
    feature detectors".

    Args:
        max_value: The largest norm allowed.
        axis: The axis, or the axes, that the norm is taken over; 0 for the incoming
            weights of each unit of a `Dense`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0):
        super().__init__(axis)
        self.max_value = _checked("max_value", max_value)

    @property
    def bounds(self):
        return 0.0, self.max_value, 1.0


class MinMaxNorm(NormConstraint):
    """Moves the norm of weights over `axis` to within [min_value, max_value]:

        norm := rate * clip(norm, min_value, max_value) + (1 - rate) * norm

    Args:
        min_value: The smallest norm wanted.
        max_value: The largest norm wanted.
        rate: Share of the way that is gone at each step.
        axis: The axis, or the axes, that the norm is taken over; 0 for the incoming
            weights of each unit of a `Dense`.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | Sequence[int] = 0,
    ):
        super().__init__(axis)
        self.min_value = _checked("min_value", min_value)
        self.max_value = _checked("max_value", max_value)
        self.rate = _checked("rate", rate)

    @property
    def bounds(self):
        return self.min_value, self.max_value, self.rate


class UnitNorm(NormConstraint):
    """Scales weights to the norm 1 over `axis`.

    Args:
        axis: The axis, or the axes, that the norm is taken over; 0 for the incoming
            weights of each unit of a `Dense`.

    Raises:
        ValueError: If `axis` is neither an integer nor a sequence of them.
    """

    @property
    def bounds(self):
        return 1.0, 1.0, 1.0


def _checked(name: str, value: Any) -> Any:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf:
        raise ValueError(
            f"Expected `{name}` to be a number of at least 0. Received: {name}={value}"
        )
    return value


def _axes(axis: Any) -> tuple[int, ...]:
    axes = tuple(axis) if isinstance(axis, list | tuple) else (axis,)
    if not all(isinstance(n, int | np.integer) for n in axes):
        raise ValueError(
            f"Expected `axis` to be an integer or a sequence of them. Received: {axis=}"
        )
    return axes


def _checked_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes counted from the front."""
    axes = _axes(axis)
    if not all(-rank <= n < rank for n in axes):
        raise ValueError(
            f"Expected `axis` to be among the {rank} axes of the weight. "
            f"Received: {axis=}"
        )
    return tuple(n % rank for n in axes)


def _groups(leading: list[int], summed: list[bool]) -> list[int] | None:
    """The axes before the last one as (kept, summed, kept, summed), neighbours put
    together; None if they take turns more often."""
    groups, at = [1, 1, 1, 1], 0
    for size, is_summed in zip(leading, summed, strict=True):
        while at < 4 and (at % 2 == 1) != is_summed:
            at += 1
        if at == 4:
            return None
        groups[at] *= size
    return groups
