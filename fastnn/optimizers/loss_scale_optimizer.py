"""An optimizer around another, with a loss scale that finds itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fastnn.naming import name_scope
from fastnn.optimizers.hyperparameter import checked_number
from fastnn.optimizers.optimizer import Optimizer
from fastnn.saving.registry import lookup
from fastnn.variable import Variable

__all__ = ["LossScaleOptimizer"]

# What configurations of older versions of Keras may hold, at these values.
_DEFAULTS = {
    "weight_decay": None,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "dynamic": True,
}


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss with a scale, divides the gradients by it, and leaves out
    steps whose gradients are not finite.

    Such a step halves the scale; `dynamic_growth_steps` others in a row double it.
    Micikevicius et al., 2018, "Mixed precision training". Of use where gradients could
    vanish in a narrow type.

    Args:
        inner_optimizer: The optimizer that changes the weights. Its own
            `loss_scale_factor` is set to None.
        initial_scale: What the scale begins with, above 0.
        dynamic_growth_steps: Steps with finite gradients that double the scale.
        name: Name of the optimizer.
        **refused: Other arguments of optimizers belong to `inner_optimizer`.

    Raises:
        ValueError: If there are other arguments, or one has a wrong value.
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **refused: Any,
    ):
        for argument, value in refused.items():
            if argument not in _DEFAULTS or value != _DEFAULTS[argument]:
                raise ValueError(
                    f"Expected `{argument}` to be given to the inner optimizer. "
                    f"Received: {argument}={value!r}"
                )
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(
                "Expected `inner_optimizer` to be an optimizer. "
                f"Received: inner_optimizer={inner_optimizer!r}"
            )
        super().__init__(0.0, name=name)
        self.inner_optimizer = inner_optimizer
        inner_optimizer.loss_scale_factor = None
        self.initial_scale = checked_number("initial_scale", initial_scale, above=True)
        self.dynamic_growth_steps = int(
            checked_number("dynamic_growth_steps", dynamic_growth_steps, 1)
        )
        self.step_counter: Variable | None = None
        self.dynamic_scale: Variable | None = None

    def _complete(self, variables):
        if self.dynamic_scale is None:
            with name_scope(self.name):
                self.step_counter = self._new("step_counter", np.zeros((), np.int64))
                self.dynamic_scale = self._new(
                    "dynamic_scale", np.array(self.initial_scale)
                )
        self.inner_optimizer.prepare(variables)
        super()._complete(variables)

    @property
    def variables(self):
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self):
        """The number of steps that were not left out."""
        return self.inner_optimizer.iterations

    @property
    def loss_scale(self):
        return None if self.dynamic_scale is None else self.dynamic_scale.value

    @property
    def growth_steps(self):
        return self.dynamic_growth_steps

    @property
    def growth_counter(self):
        assert self.step_counter is not None  # once it is built
        return self.step_counter.value

    def counters(self, all_steps=False):
        return [(self._iterations.value, False), *self.inner_optimizer.counters()]

    def members(self, variables):
        return self.inner_optimizer.members(variables)

    def scale_loss(self, loss):
        scale = self.dynamic_scale
        return loss * (self.initial_scale if scale is None else scale.value[()])

    def finalize_variable_values(self, var_list):
        self.inner_optimizer.finalize_variable_values(var_list)

    @property
    def plan_key(self):
        return (id(self), self.dynamic_growth_steps, self.inner_optimizer.plan_key)

    @classmethod
    def from_config(cls, config, custom_objects: Mapping[str, Any] | None = None):
        arguments = dict(config)
        inner = lookup("optimizer", arguments.pop("inner_optimizer"))
        return cls(inner, **arguments)
