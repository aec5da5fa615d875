"""The base of layers that work along axes and keep the shape of their inputs."""

from __future__ import annotations

from collections.abc import Sequence

from fastnn.layers.layer import Layer
from fastnn.plan.axes import sample_axes

__all__ = ["AlongAxes"]


class AlongAxes(Layer):
    """outputs have the shape of the inputs, whose rows have the axes that `axis` names.

    Attributes:
        axis: An axis or several, counted as those of a batch.
    """

    axis: int | Sequence[int]

    def compute_output_shape(self, input_shape):
        sample_axes(self.axis, tuple(input_shape[1:]))
        return input_shape
