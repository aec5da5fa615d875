"""Nadam."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Nadam"]


class Nadam(Optimizer):
    """Adam with Nesterov's momentum:

        u_t := beta_1 * (1 - 0.96^t / 2), p_t := u_1 * ... * u_t
        m := m + (1 - beta_1) * (g - m)
        v := v + (1 - beta_2) * (g^2 - v)
        s := u_(t+1) / (1 - p_(t+1)) * m + (1 - u_t) / (1 - p_t) * g
        w := w - learning_rate * s / (sqrt(v / (1 - beta_2^t)) + epsilon)

    Dozat, 2016, "Incorporating Nesterov momentum into Adam".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        beta_1: How much of the mean each step keeps, from 0 to below 1.
        beta_2: How much of the mean square each step keeps, from 0 to below 1.
        epsilon: Added to the root, at least 1e-30.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_1 = Hyperparameter(0.0, 1.0, below=True)
    beta_2 = Hyperparameter(0.0, 1.0, below=True)
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "nadam_update"
    slot_groups = (("momentum", "velocity"),)
    shared = "product"
    before_update = "nadam_product"
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
