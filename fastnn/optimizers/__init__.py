"""Optimizers, how training changes weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastnn.optimizers import schedules
from fastnn.optimizers.adadelta import Adadelta
from fastnn.optimizers.adafactor import Adafactor
from fastnn.optimizers.adagrad import Adagrad
from fastnn.optimizers.adam import Adam
from fastnn.optimizers.adamax import Adamax
from fastnn.optimizers.adamw import AdamW
from fastnn.optimizers.ftrl import Ftrl
from fastnn.optimizers.lamb import Lamb
from fastnn.optimizers.lion import Lion
from fastnn.optimizers.loss_scale_optimizer import LossScaleOptimizer
from fastnn.optimizers.multi_optimizer import MultiOptimizer
from fastnn.optimizers.muon import Muon
from fastnn.optimizers.nadam import Nadam
from fastnn.optimizers.optimizer import Optimizer
from fastnn.optimizers.optimizer_map import OptimizerMap
from fastnn.optimizers.rmsprop import RMSprop
from fastnn.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from fastnn.optimizers.sgd import SGD
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_ROOM = Room(
    "optimizer",
    [
        SGD, Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion,
        LossScaleOptimizer, MultiOptimizer, Muon, Nadam, OptimizerMap, RMSprop,
        ScheduleFreeAdamW,
    ],
    ignore_case=True,
)  # fmt: skip


def get(identifier: Any) -> Optimizer | None:
    """Returns the optimizer that `identifier` stands for.

    Args:
        identifier: A name in any case ("adam"), a configuration, an optimizer or its
            class, or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not isinstance(found, Optimizer):
        raise ValueError(
            "Expected the name or the configuration of an optimizer, or an optimizer. "
            f"Received: {identifier!r}"
        )
    return found


def serialize(optimizer: Optimizer) -> Any:
    """Returns the optimizer's configuration as plain data."""
    return _config.serialize(optimizer)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Optimizer:
    """Returns the optimizer that `serialize` described, without its state."""
    return _ROOM.deserialize(config, custom_objects)
