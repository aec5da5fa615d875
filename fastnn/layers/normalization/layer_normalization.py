"""Layer normalization."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from fastnn.layers.normalization.axes import checked_axes
from fastnn.layers.normalization.scaled import ScaledNormalization
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules import normalization

__all__ = ["LayerNormalization"]


class LayerNormalization(ScaledNormalization):
    """outputs = gamma * (inputs - mean) / sqrt(variance + epsilon) + beta

    Mean and variance are those of each row by itself, along some axes.

    Ba, Kiros and Hinton, 2016, "Layer normalization".

    Args:
        axis: The axis, or axes, along which mean and variance are taken and gamma and
            beta differ; not that of the rows.
        epsilon: Added to the variance.
        rms_scaling: Whether nothing is taken off and nothing added: gamma * inputs /
            sqrt(variance + epsilon). Deprecated, as it divides by the variance, not the
            mean square; see `RMSNormalization`.
        **scaling: Arguments of `ScaledNormalization` (`center`, `scale`,
            `beta_initializer`, `gamma_initializer`, `beta_regularizer`,
            `gamma_regularizer`, `beta_constraint`, `gamma_constraint`) and `Layer`.

    Raises:
        TypeError: If `axis` is neither an integer nor a sequence of them.
        ValueError: If the inputs have no such axes.
    """

    _fixed = frozenset({"axis"})

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        rms_scaling: bool = False,
        **scaling: Any,
    ):
        super().__init__(center, scale, **scaling)
        if rms_scaling:
            warnings.warn(
                "rms_scaling=True divides by the standard deviation; for the root of "
                "the mean square use `RMSNormalization`",
                DeprecationWarning,
                2,
            )
        self.axis = checked_axes(axis)
        self.epsilon = float(epsilon)
        self.rms_scaling = bool(rms_scaling)

    def build(self, input_shape):
        axes = sample_axes(self.axis, input_shape[1:])
        shape = tuple(input_shape[axis + 1] for axis in axes)
        self._make_scaling(
            shape,
            scale=self.scale or self.rms_scaling,
            center=self.center and not self.rms_scaling,
        )

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        mode = "deviation" if self.rms_scaling else "standard"
        return along(builder, x, axes, lambda x: normalization.blocks(
            builder, x, len(axes), mode, self.epsilon, self.gamma, self.beta
        ))  # fmt: skip
