"""Which optimizer changes which variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from fastnn.optimizers.loss_scale_optimizer import LossScaleOptimizer
from fastnn.optimizers.optimizer import Optimizer
from fastnn.saving.config import serialize
from fastnn.saving.registry import lookup

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = ["OptimizerMap", "check_member"]


class OptimizerMap(MutableMapping):
    """Optimizers by the paths of variables.

    A key is a path, or a regular expression that a whole path has to match; an equal
    path comes first.

    Args:
        default_optimizer: For all paths that no key matches.
        optimizer_map: A dict to begin with.

    Raises:
        TypeError: If they are not an optimizer and a dict.
        ValueError: If a key is there already or no string, if a value is no optimizer,
            or one that holds others; when a path matches several keys.

    Example:
        >>> rates = OptimizerMap(Adam(1e-3))
        >>> rates[".*/first/.*"] = SGD(1e-2)
    """

    def __init__(
        self,
        default_optimizer: Optimizer,
        optimizer_map: dict[str, Optimizer] | None = None,
    ):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(
                "Expected `default_optimizer` to be an optimizer. "
                f"Received: {default_optimizer!r}"
            )
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(
                f"Expected `optimizer_map` to be a dict. Received: {optimizer_map!r}"
            )
        self.default_optimizer = default_optimizer
        self.optimizer_map = dict(optimizer_map or {})

    def __getitem__(self, key: str) -> Optimizer:
        if key in self.optimizer_map:
            return self.optimizer_map[key]
        found = [k for k in self.optimizer_map if re.fullmatch(k, key)]
        if len(found) > 1:
            raise ValueError(
                f"Expected one key that matches the path {key!r}. Received: {found}"
            )
        return self.optimizer_map[found[0]] if found else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise ValueError(f"Expected a string as key. Received: {key!r}")
        if key in self.optimizer_map:
            raise ValueError(
                f"Expected a key that is not there yet. Received: {key!r}, which "
                f"stands for {self.optimizer_map[key]!r}"
            )
        self.optimizer_map[key] = check_member(optimizer)

    def __delitem__(self, key: str) -> None:
        del self.optimizer_map[key]

    def __len__(self) -> int:
        return len(self.optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self.optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """Returns the optimizer of a variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """Returns the optimizers' configurations."""
        return {
            "default_optimizer": serialize(self.default_optimizer),
            "optimizer_map": serialize(self.optimizer_map),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Returns a new map of what `get_config` gave."""
        return cls(
            lookup("optimizer", config["default_optimizer"]),
            {
                key: lookup("optimizer", value)
                for key, value in (config["optimizer_map"] or {}).items()
            },
        )


def check_member(optimizer: Any) -> Optimizer:
    """Returns an optimizer that may be one of several, or raises ValueError."""
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"Expected an optimizer. Received: {optimizer!r}")
    if isinstance(optimizer, LossScaleOptimizer) or hasattr(optimizer, "optimizers"):
        raise ValueError(
            "Expected an optimizer that holds no other one: a LossScaleOptimizer goes "
            f"around a MultiOptimizer. Received: {optimizer!r}"
        )
    return optimizer
