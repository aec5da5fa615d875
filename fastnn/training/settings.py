"""The checked numbers of a call of `fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastnn.training.inputs import checked_count, optional_count
from fastnn.training.limits import limited_epochs, limited_steps

__all__ = ["Settings"]


class Settings:
    """The checked numbers of a call of `fit`; see there.

    Raises:
        TypeError, ValueError: If one of them has a wrong value.
    """

    def __init__(
        self,
        *,
        batch_size: Any = None,
        epochs: Any = 1,
        initial_epoch: Any = 0,
        shuffle: Any = True,
        steps_per_epoch: Any = None,
        validation_steps: Any = None,
        validation_batch_size: Any = None,
        validation_freq: Any = 1,
    ):
        self.batch_size = optional_count("batch_size", batch_size)
        self.epochs = limited_epochs(checked_count("epochs", epochs, 0))
        self.initial_epoch = checked_count("initial_epoch", initial_epoch, 0)
        self.shuffle = _checked_shuffle(shuffle)
        self.steps_per_epoch = limited_steps(
            optional_count("steps_per_epoch", steps_per_epoch)
        )
        self.validation_steps = limited_steps(
            optional_count("validation_steps", validation_steps), warns=False
        )
        self.validation_batch_size = optional_count(
            "validation_batch_size", validation_batch_size
        )
        self.validation_freq = _checked_freq(validation_freq)

    def validates(self, epoch: int) -> bool:
        """Whether validation follows an epoch, counted from 0."""
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq


def _checked_shuffle(value: Any) -> bool | str:
    if isinstance(value, str) and value == "batch":
        return value
    if not isinstance(value, bool | np.bool_):
        raise TypeError(
            f"Expected `shuffle` to be True, False or 'batch'. Received: {value!r}"
        )
    return bool(value)


def _checked_freq(value: Any) -> int | set[int]:
    if isinstance(value, list | tuple | set):
        return {checked_count("validation_freq", epoch) for epoch in value}
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(
            "Expected `validation_freq` to be an integer or a list of integers. "
            f"Received: validation_freq={value!r} of type {type(value).__name__}"
        )
    return checked_count("validation_freq", value)
