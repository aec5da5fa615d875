"""The base of all optimizers: settings and what the engine asks for."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from fastnn.naming import auto_name
from fastnn.optimizers.hyperparameter import Hyperparameter
from fastnn.saving.config import Configurable, constructor_parameters

__all__ = ["Optimizer"]


class Optimizer(Configurable):
    """Changes weights against their gradients.

    Args:
        learning_rate: Size of the steps, at least 0. May be set at any time, also
            during training.
        name: Name of the optimizer; by default the class's name.
        **deprecated: `lr`, the old name of `learning_rate`.

    Attributes:
        hyper: [learning_rate, *hyperparameters], float64; read at every step.
        iterations: Number of steps taken.
        slot_values: The arrays kept beside the weights, by name of the slot and arena
            of the weights; empty until the first step.
        hyperparameters: Names of the settings after the learning rate.
        uses_step: Whether the kernel takes the number of the step, counted from 1.

    Raises:
        ValueError: If an argument is unknown or has a wrong value.
    """

    hyperparameters: ClassVar[tuple[str, ...]] = ()
    uses_step: ClassVar[bool] = False

    learning_rate = Hyperparameter()

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        own = [n for n, v in vars(cls).items() if isinstance(v, Hyperparameter)]
        cls.hyperparameters = (*cls.hyperparameters, *own)

    def __init__(
        self, learning_rate: float, *, name: str | None = None, **deprecated: float
    ):
        if "lr" in deprecated:
            learning_rate = self._from_lr(learning_rate, deprecated.pop("lr"))
        if deprecated:
            raise ValueError(
                f"Expected the arguments of {type(self).__name__} to be among "
                f"{list(constructor_parameters(type(self)))}. "
                f"Received: {sorted(deprecated)}"
            )
        self.hyper = np.zeros(1 + len(self.hyperparameters), np.float64)
        self.learning_rate = learning_rate
        self.name = name or auto_name(type(self).__name__)
        self.iterations = 0
        self.slot_values: dict[str, dict[Any, np.ndarray]] = {}

    @property
    def kernel(self) -> str:
        """Name of the kernel that makes a step, with the settings as they are."""
        raise NotImplementedError

    @property
    def slots(self) -> tuple[str | None, ...]:
        """The arrays that the kernel takes between weight and gradient, in its order.

        None stands for an array that the settings as they are do without.
        """
        return ()

    def _from_lr(self, learning_rate: float, lr: float) -> float:
        default = constructor_parameters(type(self))["learning_rate"].default
        if learning_rate != default:
            raise ValueError(
                "Expected `learning_rate` alone; `lr` is its old name. "
                f"Received: {learning_rate=}, {lr=}"
            )
        warnings.warn(
            "The argument `lr` is deprecated; use `learning_rate`.",
            DeprecationWarning,
            stacklevel=4,  # here, this class, the optimizer's class, the caller
        )
        return lr

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
