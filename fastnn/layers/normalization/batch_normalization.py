"""Batch normalization."""

from __future__ import annotations

from typing import Any

from fastnn import initializers
from fastnn.layers.normalization.scaled import ScaledNormalization
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules.batch_normalization import Scaling, moments, scaled

__all__ = ["BatchNormalization"]


class BatchNormalization(ScaledNormalization):
    """outputs = gamma * (inputs - mean) / sqrt(variance + epsilon) + beta

    In training, mean and variance are those of each feature over the batch, and moving
    averages of them are kept:

    moving := moving * momentum + that of the batch * (1 - momentum)

    Outside training, and wherever `trainable` is False, the moving averages take their
    place, so that a row's outputs do not depend on other rows.

    Ioffe and Szegedy, 2015, "Batch normalization: accelerating deep network training by
    reducing internal covariate shift".

    Args:
        axis: The axis of the features; not that of the rows.
        momentum: How much of the moving averages is kept at each step.
        epsilon: Added to the variance.
        moving_mean_initializer: First values of the moving mean.
        moving_variance_initializer: First values of the moving variance.
        synchronized: Only False is supported: there is one process.
        **scaling: Arguments of `ScaledNormalization` (`center`, `scale`,
            `beta_initializer`, `gamma_initializer`, `beta_regularizer`,
            `gamma_regularizer`, `beta_constraint`, `gamma_constraint`) and `Layer`.

    Raises:
        ValueError: If the inputs have no such axis, or `synchronized` is True.
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        synchronized: bool = False,
        **scaling: Any,
    ):
        super().__init__(center, scale, **scaling)
        if synchronized:
            raise ValueError(
                "Expected synchronized=False: there is one process. "
                f"Received: {synchronized=}"
            )
        self.axis = int(axis)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = synchronized

    def build(self, input_shape):
        (axis,) = sample_axes(self.axis, input_shape[1:])
        shape = (input_shape[axis + 1],)
        self._make_scaling(shape)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, name="moving_mean", trainable=False
        )
        self.moving_variance = self.add_weight(
            shape,
            self.moving_variance_initializer,
            name="moving_variance",
            trainable=False,
        )

    def compute_output_shape(self, input_shape):
        sample_axes(self.axis, tuple(input_shape[1:]))
        return input_shape

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        mask = builder.mask_of(x)
        if mask is not None and axes != (len(x.shape) - 1,):
            raise ValueError(
                f"Expected the last axis where a mask arrives at the layer "
                f"{self.name!r}. Received: axis={self.axis}"
            )
        return along(builder, x, axes, lambda x: self._normalized(builder, x, mask))

    def _normalized(self, builder, x, mask):
        mean, variance = self.moving_mean, self.moving_variance
        if builder.training and self.trainable:
            mean, variance = moments(builder, x, mask)
            builder.keep_average(self.moving_mean, mean, self.momentum)
            builder.keep_average(self.moving_variance, variance, self.momentum)
        else:
            mask = None
        scaling = Scaling(self.gamma, self.beta, self.epsilon, mask=mask)
        return scaled(builder, x, mean, variance, scaling)
