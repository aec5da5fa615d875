"""The base of normalizations that end in a trained scale and offset."""

from __future__ import annotations

from typing import Any

from fastnn import constraints, initializers, regularizers
from fastnn.layers.along_axes import AlongAxes
from fastnn.variable import Variable

__all__ = ["ScaledNormalization"]


class ScaledNormalization(AlongAxes):
    """outputs = normalized inputs * gamma + beta

    Args:
        center: Whether there is an offset, beta.
        scale: Whether there is a scale, gamma.
        beta_initializer: First values of beta.
        gamma_initializer: First values of gamma.
        beta_regularizer: Penalty on beta, or None.
        gamma_regularizer: Penalty on gamma, or None.
        beta_constraint: What beta is put through after each update, or None.
        gamma_constraint: What gamma is put through after each update, or None.
        **base: Arguments of `Layer`.
    """

    gamma: Variable | None
    beta: Variable | None

    supports_masking = True

    def __init__(
        self,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **base: Any,
    ):
        super().__init__(**base)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma = self.beta = None

    def _make_scaling(
        self,
        shape: tuple[int, ...],
        scale: bool | None = None,
        center: bool | None = None,
    ) -> None:
        """Makes the scale and the offset that there are to be."""
        if self.scale if scale is None else scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                name="gamma",
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center if center is None else center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                name="beta",
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
