"""Adamax."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square:

        m := m + (1 - beta_1) * (g - m)
        u := max(beta_2 * u, |g|)
        w := w - learning_rate / (1 - beta_1^step) * m / (u + epsilon)

    Kingma and Ba, 2014, "Adam: a method for stochastic optimization", section 7.1.

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        beta_1: How much of the mean each step keeps, from 0 to below 1.
        beta_2: By what the largest gradient fades in a step, from 0 to below 1.
        epsilon: Added to the largest gradient, at least 1e-30.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_1 = Hyperparameter(0.0, 1.0, below=True)
    beta_2 = Hyperparameter(0.0, 1.0, below=True)
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "adamax_update"
    slot_groups = (("momentum", "norm"),)
    uses_step = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
