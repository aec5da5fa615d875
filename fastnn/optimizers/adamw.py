"""AdamW."""

from __future__ import annotations

from typing import Any

from fastnn.optimizers.adam import Adam

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam with weight decay, which is no part of the gradient.

    Loshchilov and Hutter, 2017, "Decoupled weight decay regularization".

    Args:
        learning_rate: Size of the steps; see `Optimizer`.
        weight_decay: Share of each weight, times the learning rate, that every update
            takes away.
        beta_1: How much of the mean each step keeps, from 0 to below 1.
        beta_2: How much of the mean square each step keeps, from 0 to below 1.
        epsilon: Added to the root, at least 1e-30.
        amsgrad: Whether to use the largest mean square so far.
        **common: What all optimizers take; see `Optimizer`.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **common: Any,
    ):
        if weight_decay is None:
            raise ValueError(
                "Expected `weight_decay` to be a number; Adam does without. "
                "Received: weight_decay=None"
            )
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay,
            **common,
        )  # fmt: skip
