"""Lion."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Lion"]


class Lion(Optimizer):
    """Steps of one size, by the sign of momentum and gradient:

        w := w - learning_rate * sign(beta_1 * m + (1 - beta_1) * g)
        m := beta_2 * m + (1 - beta_2) * g

    Chen et al., 2023, "Symbolic discovery of optimization algorithms".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        beta_1: Share of the momentum in a step, above 0 and at most 1.
        beta_2: How much of the momentum each step keeps, from 0 to 1.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_1 = Hyperparameter(0.0, 1.0, above=True)
    beta_2 = Hyperparameter(0.0, 1.0)

    kernel = "lion_update"
    slot_groups = (("momentum",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
