"""Penalties on weights, added to the loss during training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]


class Regularizer(_config.Configurable):
    """Base of the penalties.

    To write your own, override `__call__`, and `gradient` if it is to be fast: without
    one, the derivative is taken numerically, by two calls for each element of the
    weight at each step. Both run in Python.

    Example:
        >>> class Cubes(fastnn.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return 0.01 * (np.abs(x) ** 3).sum()
        ...     def gradient(self, x):
        ...         return 0.03 * x * np.abs(x)
    """

    def __call__(self, x: npt.ArrayLike) -> float:
        """Returns the penalty of the weight `x`; here, 0."""
        return 0.0


class ElasticNet(Regularizer):
    """Base of the penalties l1 * sum(|w|) + l2 * sum(w^2).

    Attributes:
        l1: Factor of the sum of absolute values.
        l2: Factor of the sum of squares.
    """

    l1: float = 0.0
    l2: float = 0.0

    def __call__(self, x):
        from fastnn._core.doors import doors

        return doors.l1_l2_value(as_real(x).reshape(-1), self.l1, self.l2)


class L1L2(ElasticNet):
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


class L1(ElasticNet):
    """The penalty l1 * sum(|w|), which drives weights to zero.

    Tibshirani, 1996, "Regression shrinkage and selection via the lasso".

    Args:
        l1: Factor of the sum of absolute values, at least 0.

    Raises:
        ValueError: If the factor is negative or not finite.
    """

    def __init__(self, l1: float | None = 0.01):
        self.l1 = _factor(l1, "l1", default=0.01)


class L2(ElasticNet):
    """The penalty l2 * sum(w^2), also called ridge or Tikhonov regularisation.

    Hoerl and Kennard, 1970, "Ridge regression".

    Args:
        l2: Factor of the sum of squares, at least 0.

    Raises:
        ValueError: If the factor is negative or not finite.
    """

    def __init__(self, l2: float | None = 0.01):
        self.l2 = _factor(l2, "l2", default=0.01)


class OrthogonalRegularizer(Regularizer):
    """A penalty on the cosines between the rows, or the columns, of a matrix:

        factor * mean over all pairs i < j of |u_i . u_j|

    where u_i is a row (or column) divided by its norm, or by 1e-7 if that is larger.

    Bansal et al., 2018, "Can we gain more from orthogonality regularizations in
    training deep networks?", compares it with others.

    Args:
        factor: Factor of the mean, at least 0.
        mode: "rows" or "columns".

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        self.factor = _factor(factor, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(
                f"Expected `mode` to be 'rows' or 'columns'. Received: {mode=}"
            )
        self.mode = mode

    def __call__(self, x):
        _, _, cosines = self._vectors(x)
        return float(self._scale(len(cosines)) * np.abs(cosines).sum() / 2)

    def gradient(self, x: npt.ArrayLike) -> np.ndarray:
        """Returns the derivative of the penalty with respect to each element."""
        unit, inverse, cosines = self._vectors(x)
        slopes = self._scale(len(cosines)) * (np.sign(cosines) @ unit)
        radial = (slopes * unit).sum(axis=1, keepdims=True) * unit
        # where the norm is too small to divide by, it does not change
        slopes = inverse * np.where(inverse < 1 / _SMALL_NORM, slopes - radial, slopes)
        return slopes if self.mode == "rows" else slopes.T

    def _vectors(self, x: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Unit vectors, one over their former norms, and the cosines, without those of
        vectors with themselves."""
        x = as_real(x, name="x")
        if x.ndim != 2:
            raise ValueError(
                f"Expected a matrix to penalize. Received: shape={x.shape}"
            )
        x = x if self.mode == "rows" else x.T
        norm = np.sqrt((x * x).sum(axis=1, keepdims=True))
        inverse = 1 / np.maximum(norm, np.asarray(_SMALL_NORM, x.dtype))
        unit = x * inverse
        cosines = unit @ unit.T
        np.fill_diagonal(cosines, 0)
        return unit, inverse, cosines

    def _scale(self, count: int) -> float:
        """What each pair weighs."""
        return self.factor / max(count * (count - 1) / 2, 1)


_SMALL_NORM = 1e-7


def _factor(value: float | None, name: str, default: float | None = None) -> float:
    if value is None and default is not None:
        return default
    if not isinstance(value, float | int) or not 0 <= value < math.inf:
        raise ValueError(
            f"Expected `{name}` to be a non-negative number. Received: {name}={value!r}"
        )
    return float(value)


l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_ROOM = Room(
    "regularizer",
    [L1, L2, L1L2, OrthogonalRegularizer],
    aliases={"l1_l2": L1L2},
)


def get(identifier: Any) -> Any:
    """Returns the regularizer that `identifier` stands for.

    Args:
        identifier: A name ("l2", "L2"), a configuration, a regularizer or its class,
            any function of a weight's value that returns a number, or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not callable(found):
        raise ValueError(
            "Expected the name or the configuration of a regularizer, or a function of "
            f"a weight's value. Received: {identifier!r}"
        )
    return found


def serialize(regularizer: Any) -> Any:
    """Returns the regularizer's configuration as plain data."""
    return _config.serialize(regularizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the regularizer that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
