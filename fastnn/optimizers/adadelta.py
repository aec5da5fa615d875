"""Adadelta."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Scales each gradient by the root mean squares of steps and of gradients:

        a := rho * a + (1 - rho) * g^2
        s := g * sqrt(d + epsilon) / sqrt(a + epsilon)
        d := rho * d + (1 - rho) * s^2
        w := w - learning_rate * s

    Zeiler, 2012, "ADADELTA: an adaptive learning rate method", where the learning rate
    is 1.

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        rho: How much of the means each step keeps, from 0 to 1.
        epsilon: Added under the roots, at least 1e-30.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    rho = Hyperparameter(0.0, 1.0)
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "adadelta_update"
    slot_groups = (("accumulated_grad", "accumulated_delta_var"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.rho = rho
        self.epsilon = epsilon
