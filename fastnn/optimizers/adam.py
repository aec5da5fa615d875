"""Adam."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Adam"]


class Adam(Optimizer):
    """Steps by moving averages of the gradient and of its square:

        m := m + (1 - beta_1) * (g - m)
        v := v + (1 - beta_2) * (g^2 - v)
        a := learning_rate * sqrt(1 - beta_2^step) / (1 - beta_1^step)
        w := w - a * m / (sqrt(v) + epsilon)

    With amsgrad, the largest v so far takes the place of v.

    Kingma and Ba, 2014, "Adam: a method for stochastic optimization"; amsgrad: Reddi et
    al., 2018, "On the convergence of Adam and beyond".

    Args:
        learning_rate: Size of the steps, at least 0.
        beta_1: How much of the mean each step keeps, from 0 to below 1.
        beta_2: How much of the mean square each step keeps, from 0 to below 1.
        epsilon: Added to the root ("epsilon hat" in the paper), at least 1e-30.
        amsgrad: Whether to use the largest mean square so far.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_1 = Hyperparameter(0.0, 1.0, below=True)
    beta_2 = Hyperparameter(0.0, 1.0, below=True)
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    uses_step = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = bool(amsgrad)

    @property
    def kernel(self):
        return "adam_amsgrad_update" if self.amsgrad else "adam_update"

    @property
    def slot_groups(self):
        moments = ("momentum", "velocity")
        return (moments, ("velocity_hat",)) if self.amsgrad else (moments,)
