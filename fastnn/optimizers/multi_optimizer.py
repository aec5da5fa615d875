"""Several optimizers, each for some of the variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fastnn.optimizers.optimizer import Optimizer, checked_scale
from fastnn.optimizers.optimizer_map import OptimizerMap, check_member
from fastnn.saving.registration import known_objects

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = ["MultiOptimizer"]


class MultiOptimizer(Optimizer):
    """Hands each variable to one of several optimizers.

    Args:
        optimizer_map: An `OptimizerMap`, or a function of a variable that returns its
            optimizer.
        loss_scale_factor: Takes the place of that of every optimizer.
        name: Name of the optimizer.

    Attributes:
        optimizers: The optimizers, each once; those of a function are known once it is
            built.

    Raises:
        ValueError: When it is built, if what a variable gets is no optimizer, or one
            that holds others.

    Example:
        >>> by_path = OptimizerMap(Adam(), {".*/first/.*": SGD(0.1)})
        >>> model.compile(MultiOptimizer(by_path), "mse")
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ):
        self.optimizers: list[Optimizer] = []
        self._parts: list[list[Variable]] = []
        super().__init__(0.0, name=name)
        self.optimizer_map = optimizer_map
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in optimizer_map.values():
                self._part_of(optimizer)
            self._part_of(optimizer_map.default_optimizer)
        self.loss_scale_factor = loss_scale_factor

    def _part_of(self, optimizer: Optimizer) -> list[Variable]:
        """The variables of an optimizer, which is added if it is new."""
        for known, part in zip(self.optimizers, self._parts, strict=True):
            if known is optimizer:
                return part
        self.optimizers.append(optimizer)
        self._parts.append([])
        return self._parts[-1]

    def _complete(self, variables):
        known = [variable for part in self._parts for variable in part]
        for variable in variables:
            if not any(variable is other for other in known):
                optimizer = check_member(self.optimizer_map(variable))
                self._part_of(optimizer).append(variable)
        self.loss_scale_factor = self.loss_scale_factor
        for optimizer, part in zip(self.optimizers, self._parts, strict=True):
            if part:
                optimizer.prepare(part)
        super()._complete(variables)

    @property
    def variables(self):
        inner = [v for optimizer in self.optimizers for v in optimizer.variables]
        return [*self._variables, *inner]

    @property
    def learning_rate(self) -> Any:
        """There is none: each of `optimizers` has its own."""
        raise AttributeError(
            "Expected the learning rate of one of `optimizers`. "
            "Received: a MultiOptimizer, which has none of its own"
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "Expected the learning rate to be set on one of `optimizers`. "
            f"Received: learning_rate={value!r} for a MultiOptimizer"
        )

    @property
    def iterations(self):
        """The number of steps taken."""
        return self._iterations

    @property
    def loss_scale_factor(self) -> float | None:
        """What the loss is multiplied with before its gradients are taken."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = checked_scale(value)
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = value

    def counters(self, all_steps=False):
        return [(self._iterations.value, True)]

    def members(self, variables):
        parts = []
        for optimizer, part in zip(self.optimizers, self._parts, strict=True):
            own = [v for v in variables if any(v is other for other in part)]
            if own:
                parts.append((optimizer, own))
        return parts

    def finalize_variable_values(self, var_list):
        for optimizer, variables in self.members(var_list):
            optimizer.finalize_variable_values(variables)

    @property
    def plan_key(self):
        inner = tuple(optimizer.plan_key for optimizer in self.optimizers)
        return (id(self), self.loss_scale_factor, inner)

    @classmethod
    def from_config(cls, config, custom_objects: Mapping[str, Any] | None = None):
        arguments = dict(config)
        described = arguments["optimizer_map"]
        if isinstance(described, Mapping) and described["class_name"] == "OptimizerMap":
            described = OptimizerMap.from_config(described["config"])
        elif isinstance(described, Mapping):
            described = known_objects()[described["config"]]
        return cls(**{**arguments, "optimizer_map": described})
