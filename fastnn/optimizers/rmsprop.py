"""RMSprop."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Divides each gradient by the root of a moving average of its square:

        v := rho * v + (1 - rho) * g^2
        w := w - learning_rate * g / sqrt(v + epsilon)

    Centered, v - a^2 takes the place of v, where a := rho * a + (1 - rho) * g. With
    momentum, m := momentum * m + step, and w := w - m.

    Tieleman and Hinton, 2012, "Neural networks for machine learning", lecture 6.5;
    centered: Graves, 2013, "Generating sequences with recurrent neural networks".

    Args:
        learning_rate: Size of the steps, at least 0.
        rho: How much of the averages each step keeps, from 0 to 1.
        momentum: Share of the last step that the next one keeps, at least 0.
        epsilon: Added under the root, at least 1e-30.
        centered: Whether to subtract the square of the mean gradient.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    rho = Hyperparameter(0.0, 1.0)
    momentum = Hyperparameter()
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "rmsprop_update"

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = bool(centered)

    @property
    def slot_groups(self):
        return (
            ("velocity",),
            ("momentum" if self.momentum > 0 else None,),
            ("average_gradient" if self.centered else None,),
        )
