"""Lamb."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Lamb"]


class Lamb(Optimizer):
    """Adam with steps in proportion to the weights:

        m := m + (1 - beta_1) * (g - m)
        v := v + (1 - beta_2) * (g^2 - v)
        s := m / (1 - beta_1^step) / (sqrt(v / (1 - beta_2^step)) + epsilon)
        w := w - learning_rate * |w| / |s| * s

    with the norms of each weight as a whole; the ratio counts as 1 where one of them is
    0. You et al., 2019, "Large batch optimization for deep learning: training BERT in
    76 minutes".

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

    kernel = "lamb_update"
    slot_groups = (("momentum", "velocity"),)
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
