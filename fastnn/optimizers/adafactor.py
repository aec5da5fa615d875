"""Adafactor."""

from __future__ import annotations

import math
from typing import Any

from fastnn.optimizers.hyperparameter import SMALLEST_EPSILON, Hyperparameter
from fastnn.optimizers.optimizer import Optimizer

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Keeps row and column means of squared gradients in place of all of them:

        k := 1 - step^beta_2_decay
        r := k * r + (1 - k) * row means of (g^2 + epsilon_1)
        c := k * c + (1 - k) * column means of (g^2 + epsilon_1)
        s := g / sqrt(r * c / mean(r))
        rate := max(epsilon_2, rms(w)) * min(learning_rate, 1 / sqrt(step))
        w := w - rate * s / max(1, rms(s) / clip_threshold)

    over the last two axes; weights of one axis keep a mean of their own for each
    element. Shazeer and Stern, 2018, "Adafactor: adaptive learning rates with sublinear
    memory cost".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        beta_2_decay: How fast the means slow down, at most 0.
        epsilon_1: Added to the squares, at least 1e-30.
        epsilon_2: The least root mean square of a weight that counts.
        clip_threshold: The largest root mean square of a step before its learning rate,
            above 0.
        relative_step: Kept for the configuration: the rate is at most 1 / sqrt(step)
            either way, as in Keras.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    beta_2_decay = Hyperparameter(-math.inf, 0.0)
    epsilon_1 = Hyperparameter(SMALLEST_EPSILON)
    epsilon_2 = Hyperparameter()
    clip_threshold = Hyperparameter(above=True)

    kernel = "adafactor_update"
    slot_groups = (("row_mean", "column_mean", "velocity"),)
    uses_step = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **common: Any,
    ):
        super().__init__(learning_rate, **common)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = bool(relative_step)

    def slot_shape(self, name, variable):
        shape = variable.shape
        if name == "velocity":
            return shape
        if len(shape) < 2:
            return None
        return shape[:-1] if name == "row_mean" else (*shape[:-2], shape[-1])
