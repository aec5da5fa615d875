"""Doors of `optimizers.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, unpad


class OptimizersDoors(Base):
    def _update(self, name, weight, slots, grad, hyper, step=1, shared=()):
        """Run an update rule on vectors; weight and slots are changed."""
        dtype = dtype_of(weight)
        if weight.ndim != 1:
            raise ValueError(f"weight: expected 1 axis. Received shape: {weight.shape}")
        for array in (*slots, grad):
            if array is not None:
                require("slot or grad", array, weight.shape, dtype)
        changed = [self._padded(array) for array in (weight, *slots)]
        settings = np.array(hyper, np.float64), np.array([step], np.float64), *shared
        self._run(
            name,
            dtype,
            1,
            (*changed, self._padded(grad), *settings),
            (changed[0].size,),
        )
        for array, copy in zip((weight, *slots), changed, strict=False):
            unpad(array, copy)

    def sgd_update(self, weight, grad, learning_rate):
        """weight -= learning_rate * grad"""
        self._update("sgd_update", weight, (), grad, [learning_rate])

    def sgd_momentum_update(self, weight, velocity, grad, learning_rate, momentum):
        """velocity := momentum * velocity - learning_rate * grad; weight += velocity"""
        self._update(
            "sgd_momentum_update", weight, (velocity,), grad, [learning_rate, momentum]
        )

    def sgd_nesterov_update(self, weight, velocity, grad, learning_rate, momentum):
        """as sgd_momentum_update, the weight moved by momentum * velocity - rate *
        grad"""
        self._update(
            "sgd_nesterov_update", weight, (velocity,), grad, [learning_rate, momentum]
        )

    def rmsprop_update(
        self,
        weight,
        velocity,
        momentum_slot,
        average_gradient,
        grad,
        learning_rate,
        rho,
        momentum,
        epsilon,
    ):
        """RMSprop, with momentum and centered where their slots are given"""
        self._update(
            "rmsprop_update",
            weight,
            (velocity, momentum_slot, average_gradient),
            grad,
            [learning_rate, rho, momentum, epsilon],
        )

    def adam_update(
        self,
        weight,
        momentum,
        velocity,
        grad,
        learning_rate,
        beta_1,
        beta_2,
        epsilon,
        step,
    ):
        """Adam; step counts from 1"""
        self._update(
            "adam_update",
            weight,
            (momentum, velocity),
            grad,
            [learning_rate, beta_1, beta_2, epsilon],
            step,
        )

    def adam_amsgrad_update(
        self,
        weight,
        momentum,
        velocity,
        velocity_hat,
        grad,
        learning_rate,
        beta_1,
        beta_2,
        epsilon,
        step,
    ):
        """Adam with the largest velocity so far; step counts from 1"""
        self._update(
            "adam_amsgrad_update",
            weight,
            (momentum, velocity, velocity_hat),
            grad,
            [learning_rate, beta_1, beta_2, epsilon],
            step,
        )
