"""ScheduleFreeAdamW."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["ScheduleFreeAdamW"]


class ScheduleFreeAdamW(Optimizer):
    """Adam on one sequence of weights, averaged into another; the gradients are taken
    between the two:

        v := v + (1 - beta_2) * (g^2 - v)
        x := (w - (1 - beta_1) * z) / beta_1
        z := z - rate * g / (sqrt(v / (1 - beta_2^step)) + epsilon)
        x := x + (z - x) / step
        w := (1 - beta_1) * z + beta_1 * x

    rate being learning_rate * min(step / warmup_steps, 1), and z the slot "momentum",
    which begins as w. Defazio et al., 2024, "The road less scheduled".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        beta_1: Where between the two the gradients are taken, above 0 and below 1.
        beta_2: How much of the mean square each step keeps, from 0 to below 1.
        epsilon: Added to the root, at least 1e-30.
        warmup_steps: Updates in which the learning rate rises from 0.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_1 = Hyperparameter(0.0, 1.0, above=True, below=True)
    beta_2 = Hyperparameter(0.0, 1.0, below=True)
    epsilon = Hyperparameter(SMALLEST_EPSILON)
    warmup_steps = Hyperparameter()

    kernel = "schedule_free_update"
    slot_groups = (("momentum", "velocity"),)
    uses_step = True

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: float = 0,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps

    def first_value(self, name, variable):
        return variable.value if name == "momentum" else 0.0
