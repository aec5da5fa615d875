"""Batch normalization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fastnn import initializers
from fastnn.layers.normalization.scaled import ScaledNormalization
from fastnn.plan.axes import along, sample_axes
from fastnn.plan.rules.batch_normalization import Scaling, moments, scaled
from fastnn.plan.rules.renorm import Renorm

__all__ = ["BatchNormalization"]


class BatchNormalization(ScaledNormalization):
    """outputs = gamma * (inputs - mean) / sqrt(variance + epsilon) + beta

    In training, mean and variance are those of each feature over the batch, and moving
    averages of them are kept:

    moving := moving * momentum + that of the batch * (1 - momentum)

    Outside training, and wherever `trainable` is False, the moving averages take their
    place, so that a row's outputs do not depend on other rows.

    Rows that are masked (by `Masking`, or in `layer(x, training=True, mask=...)`) are
    normalized, but mean and variance are not made of them.

    Ioffe and Szegedy, 2015, "Batch normalization: accelerating deep network training by
    reducing internal covariate shift"; with `renorm`, Ioffe, 2017, "Batch
    renormalization: towards reducing minibatch dependence in batch-normalized models".

    Args:
        axis: The axis of the features; not that of the rows.
        momentum: How much of the moving averages is kept at each step.
        epsilon: Added to the variance.
        moving_mean_initializer: First values of the moving mean.
        moving_variance_initializer: First values of the moving variance.
        renorm: Whether training, too, normalizes by averages: gamma * r takes the place
            of gamma, beta + gamma * d that of beta, where r = deviation of the batch /
            average of it and d = (mean of the batch - average of it) / average
            deviation. No gradient passes through r and d.
        renorm_clipping: Limits of r and d: a dict with any of "rmin", "rmax", "dmax";
            None for none.
        renorm_momentum: How much of the averages behind r and d is kept at each step.
        synchronized: Only False is supported: there is one process.
        **scaling: Arguments of `ScaledNormalization` (`center`, `scale`,
            `beta_initializer`, `gamma_initializer`, `beta_regularizer`,
            `gamma_regularizer`, `beta_constraint`, `gamma_constraint`) and `Layer`.

    Raises:
        ValueError: If the inputs have no such axis, or `synchronized` is True.
    """

    _fixed = frozenset({"axis", "renorm"})

    takes_mask = True

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
        renorm: bool = False,
        renorm_clipping: Mapping[str, float] | None = None,
        renorm_momentum: float = 0.99,
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
        self.renorm = bool(renorm)
        self.renorm_clipping = _limits(renorm_clipping) if renorm else renorm_clipping
        self.renorm_momentum = float(renorm_momentum)
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

        if self.renorm:
            self._make_averages(shape)

    def _make_averages(self, shape):
        def deviation(shape, dtype=None):
            return np.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

        self.moving_stddev, self.renorm_mean, self.renorm_stddev = (
            self.add_weight(shape, initializer, name=name, trainable=False)
            for name, initializer in (
                ("moving_stddev", deviation),
                ("renorm_mean", self.moving_mean_initializer),
                ("renorm_stddev", deviation),
            )
        )

    def lower(self, builder, x):
        axes = sample_axes(self.axis, x.shape)
        mask = builder.mask_of(x)
        if mask is not None and axes != (len(x.shape) - 1,):
            raise ValueError(
                f"Expected axis=-1 for masked inputs of the layer {self.name!r}. "
                f"Received: axis={self.axis}"
            )
        return along(builder, x, axes, lambda x: self._normalized(builder, x, mask))

    def _normalized(self, builder, x, mask):
        if not (builder.training and self.trainable):
            mean, variance = self.moving_mean, self.moving_variance
            return scaled(builder, x, mean, variance, self._scaling())
        mean, variance = moments(builder, x, mask)
        builder.keep_average(self.moving_mean, mean, self.momentum)
        correction = None
        if self.renorm:
            correction = Renorm(self).record(builder, mean, variance)
        else:
            builder.keep_average(self.moving_variance, variance, self.momentum)
        return scaled(builder, x, mean, variance, self._scaling(correction, mask))

    def _scaling(self, correction=None, mask=None):
        return Scaling(self.gamma, self.beta, self.epsilon, correction, mask)


def _limits(clipping: Mapping[str, float] | None) -> dict[str, float]:
    """The limits of a renormalization, checked."""
    limits = dict(clipping or {})
    r = limits.get("rmin"), limits.get("rmax")
    wrong_r = None not in r and r[1] < r[0]  # type: ignore[operator]
    if set(limits) - {"rmax", "rmin", "dmax"} or wrong_r or limits.get("dmax", 0) < 0:
        raise ValueError(
            "Expected `renorm_clipping` to hold 'rmin', 'rmax' >= rmin and 'dmax' >= 0 "
            f"at most. Received: renorm_clipping={clipping}"
        )
    return limits
