"""Adagrad."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import (
    SMALLEST_EPSILON,
    Hyperparameter,
    checked_number,
)
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Divides each gradient by the root of the sum of all its squares:

        a := a + g^2
        w := w - learning_rate * g / sqrt(a + epsilon)

    Duchi, Hazan and Singer, 2011, "Adaptive subgradient methods for online learning and
    stochastic optimization".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        initial_accumulator_value: What the sums begin with, at least 0.
        epsilon: Added under the root, at least 1e-30.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "adagrad_update"
    slot_groups = (("accumulator",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.initial_accumulator_value = checked_number(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon = epsilon

    def first_value(self, name, variable):
        return self.initial_accumulator_value
