"""Penalties on weights, added to the loss during training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "serialize",
]


class Regularizer(_config.Configurable):
    """Base of the penalties l1 * sum(|w|) + l2 * sum(w^2).

    Attributes:
        l1: Factor of the sum of absolute values.
        l2: Factor of the sum of squares.
    """

    l1: float = 0.0
    l2: float = 0.0

    def __call__(self, x: npt.ArrayLike) -> float:
        """Returns the penalty of the weight `x`."""
        from fastnn._core import kernels

        return kernels.l1_l2_value(as_real(x).reshape(-1), self.l1, self.l2)


class L1L2(Regularizer):
    """The penalty l1 * sum(|w|) + l2 * sum(w^2), called elastic net.

    Zou and Hastie, 2005, "Regularization and variable selection via the elastic net".

    Args:
        l1: Factor of the sum of absolute values, at least 0.
        l2: Factor of the sum of squares, at least 0.

    Raises:
        ValueError: If a factor is negative or not finite.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0):
        self.l1 = _factor(l1, "l1", default=0.0)
        self.l2 = _factor(l2, "l2", default=0.0)


class L1(Regularizer):
    """The penalty l1 * sum(|w|), which drives weights to zero.

    Tibshirani, 1996, "Regression shrinkage and selection via the lasso".

    Args:
        l1: Factor of the sum of absolute values, at least 0.

    Raises:
        ValueError: If the factor is negative or not finite.
    """

    def __init__(self, l1: float | None = 0.01):
        self.l1 = _factor(l1, "l1", default=0.01)


class L2(Regularizer):
    """The penalty l2 * sum(w^2), also called ridge or Tikhonov regularisation.

    Hoerl and Kennard, 1970, "Ridge regression".

    Args:
        l2: Factor of the sum of squares, at least 0.

    Raises:
        ValueError: If the factor is negative or not finite.
    """

    def __init__(self, l2: float | None = 0.01):
        self.l2 = _factor(l2, "l2", default=0.01)


def _factor(value: float | None, name: str, default: float) -> float:
    if value is None:
        return default
    if not isinstance(value, float | int) or not 0 <= value < math.inf:
        raise ValueError(
            f"Expected `{name}` to be a non-negative number. Received: {name}={value!r}"
        )
    return float(value)


l1 = L1
l2 = L2
l1_l2 = L1L2

_ROOM = Room("regularizer", [L1, L2, L1L2], aliases={"l1_l2": L1L2})


def get(identifier: Any) -> Regularizer | None:
    """Returns the regularizer that `identifier` stands for.

    Args:
        identifier: A name ("l2", "L2"), a configuration, a regularizer or its class, or
            None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not isinstance(found, Regularizer):
        raise ValueError(
            "Expected the name or the configuration of a regularizer, or an L1, L2 or "
            f"L1L2. Received: {identifier!r}"
        )
    return found


def serialize(regularizer: Regularizer) -> Any:
    """Returns the regularizer's configuration as plain data."""
    return _config.serialize(regularizer)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Regularizer:
    """Returns the regularizer that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
