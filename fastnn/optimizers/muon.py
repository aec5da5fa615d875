"""Muon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastnn.optimizers.hyperparameter import (
    SMALLEST_EPSILON,
    Hyperparameter,
    checked_number,
)
from fastnn.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = ["Muon"]


class Muon(Optimizer):
    """Makes the momentum of a matrix nearly orthogonal before the step:

        m := momentum * m + g
        x := g + momentum * m if nesterov else m
        x := x / (|x| + 1e-7)
        x := a * x + (b * x x' + c * (x x')^2) x, ns_steps times
        w := w - learning_rate * sqrt(max(rows, columns)) * rms_rate * x

    Variables that are no matrices, embeddings and `exclude_layers` follow Adam's rule.
    Jordan et al., 2024, "Muon: an optimizer for hidden layers in neural networks"; the
    root: Liu et al., 2025, "Muon is scalable for LLM training".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        adam_beta_1, adam_beta_2: `beta_1` and `beta_2` of Adam.
        adam_weight_decay: The weight decay where Adam's rule is followed; None for
            none.
        epsilon: `epsilon` of Adam.
        weight_decay: The weight decay of the other matrices; None for none.
        exclude_layers: Regular expressions; a variable with one of them in its path
            follows Adam's rule. The last layer should.
        exclude_embeddings: Whether variables with "embedding" in their path do.
        muon_a, muon_b, muon_c: The coefficients of the iteration.
        adam_lr_ratio: Adam's learning rate as a multiple of `learning_rate`.
        momentum: How much of the momentum each step keeps, from 0 to 1.
        ns_steps: Number of iterations.
        nesterov: Whether to look ahead along the momentum.
        rms_rate: Root mean square of a step at learning rate 1; None leaves out the
            root and this factor.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    adam_beta_1 = Hyperparameter(0.0, 1.0, below=True)
    adam_beta_2 = Hyperparameter(0.0, 1.0, below=True)
    epsilon = Hyperparameter(SMALLEST_EPSILON)

    kernel = "muon"
    slot_groups = (("momentum", "velocity"),)
    uses_step = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **common: Any,
    ):
        super().__init__(learning_rate, weight_decay, **common)
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.epsilon = epsilon
        self.adam_weight_decay = adam_weight_decay
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = bool(exclude_embeddings)
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.adam_lr_ratio = checked_number("adam_lr_ratio", adam_lr_ratio)
        self.momentum = checked_number("momentum", momentum, 0, 1)
        self.ns_steps = int(checked_number("ns_steps", ns_steps))
        self.nesterov = bool(nesterov)
        self.rms_rate = rms_rate

    def uses_adam(self, variable: Variable) -> bool:
        """Whether a variable follows Adam's rule."""
        if len(variable.shape) != 2:
            return True
        if self.exclude_embeddings and "embedding" in variable.path.lower():
            return True
        return any(re.search(word, variable.path) for word in self.exclude_layers)

    def slot_shape(self, name, variable):
        needed = name == "momentum" or self.uses_adam(variable)
        return variable.shape if needed else None

    def decay_of(self, variable):
        own = super().decay_of(variable)
        if self.uses_adam(variable) and not self.is_kept_from_decay(variable):
            return self.adam_weight_decay
        return own

    @property
    def plan_key(self):
        own = (
            self.adam_weight_decay, tuple(self.exclude_layers), self.exclude_embeddings,
            self.muon_a, self.muon_b, self.muon_c, self.adam_lr_ratio, self.momentum,
            self.ns_steps, self.nesterov, self.rms_rate,
        )  # fmt: skip
        return (*super().plan_key, own)
