"""Doors of `optimizers_adaptive.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base


class OptimizersAdaptiveDoors(Base):
    def adagrad_update(self, weight, accumulator, grad, learning_rate, epsilon):
        """Adagrad"""
        self._update(
            "adagrad_update", weight, (accumulator,), grad, [learning_rate, epsilon]
        )

    def adadelta_update(
        self,
        weight,
        accumulated_grad,
        accumulated_delta_var,
        grad,
        learning_rate,
        rho,
        epsilon,
    ):
        """Adadelta"""
        self._update(
            "adadelta_update",
            weight,
            (accumulated_grad, accumulated_delta_var),
            grad,
            [learning_rate, rho, epsilon],
        )

    def adamax_update(
        self, weight, momentum, norm, grad, learning_rate, beta_1, beta_2, epsilon, step
    ):
        """Adamax; step counts from 1"""
        self._update(
            "adamax_update",
            weight,
            (momentum, norm),
            grad,
            [learning_rate, beta_1, beta_2, epsilon],
            step,
        )

    def nadam_update(
        self,
        weight,
        momentum,
        velocity,
        grad,
        learning_rate,
        beta_1,
        beta_2,
        epsilon,
        product,
        step,
    ):
        """Nadam; product: of the shares of steps 1 to step"""
        self._update(
            "nadam_update",
            weight,
            (momentum, velocity),
            grad,
            [learning_rate, beta_1, beta_2, epsilon],
            step,
            (np.array([product]),),
        )

    def ftrl_update(
        self,
        weight,
        accumulator,
        linear,
        grad,
        learning_rate,
        learning_rate_power,
        l1,
        l2,
        l2_shrinkage,
        beta,
    ):
        """Follow the regularized leader"""
        self._update(
            "ftrl_update",
            weight,
            (accumulator, linear),
            grad,
            [learning_rate, learning_rate_power, l1, l2, l2_shrinkage, beta],
        )

    def lion_update(self, weight, momentum, grad, learning_rate, beta_1, beta_2):
        """Lion"""
        self._update(
            "lion_update", weight, (momentum,), grad, [learning_rate, beta_1, beta_2]
        )

    def schedule_free_update(
        self,
        weight,
        momentum,
        velocity,
        grad,
        learning_rate,
        beta_1,
        beta_2,
        epsilon,
        warmup_steps,
        step,
    ):
        """Schedule-free AdamW without the decay; step counts from 1"""
        self._update(
            "schedule_free_update",
            weight,
            (momentum, velocity),
            grad,
            [learning_rate, beta_1, beta_2, epsilon, warmup_steps],
            step,
        )
