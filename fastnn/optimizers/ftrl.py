"""Ftrl."""

from __future__ import annotations

import math
from typing import Any

from fastnn.optimizers.hyperparameter import Hyperparameter, checked_number
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Ftrl"]


class Ftrl(Optimizer):
    """Follows the regularized leader:

        p := -learning_rate_power
        z := z + g + 2 * l2_shrinkage * w - ((n + g^2)^p - n^p) / learning_rate * w
        n := n + g^2
        w := (clip(z, -l1, l1) - z) / ((n^p + beta) / learning_rate + 2 * l2)

    l1, l2 and l2_shrinkage stand for the three strengths. McMahan et al., 2013, "Ad
    click prediction: a view from the trenches".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        learning_rate_power: How fast the steps shrink, at most 0; 0 for not at all.
        initial_accumulator_value: What n begins with, at least 0.
        l1_regularization_strength: At least 0; makes weights 0.
        l2_regularization_strength: At least 0.
        l2_shrinkage_regularization_strength: At least 0; the penalty of l2 in the loss.
        beta: Added to the root in the paper's learning rate, at least 0.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    learning_rate_power = Hyperparameter(-math.inf, 0.0)
    l1_regularization_strength = Hyperparameter()
    l2_regularization_strength = Hyperparameter()
    l2_shrinkage_regularization_strength = Hyperparameter()
    beta = Hyperparameter()

    kernel = "ftrl_update"
    slot_groups = (("accumulator", "linear"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = checked_number(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def first_value(self, name, variable):
        return self.initial_accumulator_value if name == "accumulator" else 0.0
