"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.hyperparameter import Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent: w := w - learning_rate * g

    With momentum:

        v := momentum * v - learning_rate * g
        w := w + v

    and with Nesterov's: w := w + momentum * v - learning_rate * g.

    Robbins and Monro, 1951, "A stochastic approximation method"; Sutskever et al.,
    2013, "On the importance of initialization and momentum in deep learning".

    Args:
        learning_rate: Size of the steps, at least 0.
        momentum: Share of the last step that the next one keeps, from 0 to 1.
        nesterov: Whether to look ahead along the momentum.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    momentum = Hyperparameter(0.0, 1.0)

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.momentum = momentum
        self.nesterov = bool(nesterov)

    @property
    def kernel(self):
        if self.momentum == 0:
            return "sgd_update"
        return "sgd_nesterov_update" if self.nesterov else "sgd_momentum_update"

    @property
    def slot_groups(self):
        return () if self.momentum == 0 else (("momentum",),)
