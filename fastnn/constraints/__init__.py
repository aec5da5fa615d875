"""Constraints: what weights are put through after each update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.constraints.constraint import Constraint
from fastnn.constraints.non_negative import NonNeg
from fastnn.constraints.norms import MaxNorm, MinMaxNorm, UnitNorm
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_ROOM = Room("constraint", [Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm])


def get(identifier: Any) -> Any:
    """Returns the constraint that `identifier` stands for.

    Args:
        identifier: A name ("max_norm", "MaxNorm"), a configuration, a constraint or its
            class, any function of a weight's value, or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not callable(found):
        raise ValueError(
            "Expected the name or the configuration of a constraint, or a function of "
            f"a weight's value. Received: {identifier!r}"
        )
    return found


def serialize(constraint: Any) -> Any:
    """Returns the constraint's configuration as plain data."""
    return _config.serialize(constraint)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Returns the constraint that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
