"""Schedules, learning rates that depend on the number of the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.optimizers.schedules.cosine_decay import CosineDecay
from fastnn.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from fastnn.optimizers.schedules.exponential_decay import ExponentialDecay
from fastnn.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from fastnn.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from fastnn.optimizers.schedules.polynomial_decay import PolynomialDecay
from fastnn.optimizers.schedules.schedule import LearningRateSchedule
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_ROOM = Room(
    "schedule",
    [
        CosineDecay,
        CosineDecayRestarts,
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    ],
    module="optimizers.schedules",
)


def serialize(learning_rate_schedule: LearningRateSchedule) -> Any:
    """Returns the schedule's configuration as plain data."""
    return _config.serialize(learning_rate_schedule)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> LearningRateSchedule:
    """Returns the schedule that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
