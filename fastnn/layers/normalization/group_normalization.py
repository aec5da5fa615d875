"""Group normalization."""

from __future__ import annotations

from typing import Any

from fastnn.layers.normalization.scaled import ScaledNormalization
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules import normalization

__all__ = ["GroupNormalization"]


class GroupNormalization(ScaledNormalization):
    """outputs = gamma * (inputs - mean) / sqrt(variance + epsilon) + beta

    Mean and variance are those of a group of features in one row, along all other axes;
    gamma and beta differ from feature to feature.

    Wu and He, 2018, "Group normalization".

    Args:
        groups: Number of groups, a divisor of the number of features; -1 for a group of
            each feature.
        axis: The axis of the features; not that of the rows.
        epsilon: Added to the variance.
        **scaling: Arguments of `ScaledNormalization` (`center`, `scale`,
            `beta_initializer`, `gamma_initializer`, `beta_regularizer`,
            `gamma_regularizer`, `beta_constraint`, `gamma_constraint`) and `Layer`.

    Raises:
        ValueError: If `groups` is not such a number, or the inputs have no such axis.
    """

    _fixed = frozenset({"axis", "groups"})

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **scaling: Any,
    ):
        super().__init__(center, scale, **scaling)
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                "Expected `groups` to be a positive integer, or -1. "
                f"Received: {groups=}"
            )
        self.groups = groups
        self.axis = axis
        self.epsilon = float(epsilon)

    def build(self, input_shape):
        (axis,) = sample_axes(self.axis, input_shape[1:])
        features = input_shape[axis + 1]
        if features is None or features % self._groups_of(features):
            raise ValueError(
                f"Expected a number of features that `groups` divides in the inputs of "
                f"the layer {self.name!r}. Received: groups={self.groups}, "
                f"{input_shape=}"
            )
        self._make_scaling((features,))

    def _groups_of(self, features: int) -> int:
        return features if self.groups == -1 else self.groups

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        groups = self._groups_of(x.shape[axes[0]])
        return along(builder, x, axes, lambda x: normalization.side_by_side(
            builder, x, groups, self.epsilon, self.gamma, self.beta
        ))  # fmt: skip
