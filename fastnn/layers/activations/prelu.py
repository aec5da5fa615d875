"""The parametric rectifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastnn import constraints, initializers, regularizers
from fastnn.layers.layer import Layer
from fastnn.plan.axes import sample_axes
from fastnn.plan.rules import prelu

__all__ = ["PReLU"]


class PReLU(Layer):
    """outputs = inputs where inputs > 0, else alpha * inputs, with a trained alpha

    He, Zhang, Ren and Sun, 2015, "Delving deep into rectifiers: surpassing human-level
    performance on ImageNet classification".

    Args:
        alpha_initializer: First values of alpha, which has the shape of a row.
        alpha_regularizer: Penalty on alpha, or None.
        alpha_constraint: What alpha is put through after each update, or None.
        shared_axes: The axes, counted as those of a batch, along which there is one
            alpha for all places; None for none.
        **base: Arguments of `Layer`.

    Raises:
        ValueError: If the inputs have no such axes.
    """

    _fixed = frozenset({"shared_axes"})

    supports_masking = True

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **base: Any,
    ):
        super().__init__(**base)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = shared_axes

    def build(self, input_shape):
        sizes = list(input_shape[1:])
        if self.shared_axes not in (None, [], ()):
            for axis in sample_axes(self.shared_axes, tuple(sizes), "shared_axes"):
                sizes[axis] = 1
        self.alpha = self.add_weight(
            sizes,
            self.alpha_initializer,
            name="alpha",
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def compute_output_shape(self, input_shape):
        return input_shape

    def lower(self, builder, x):
        return prelu.record(builder, x, self.alpha)
