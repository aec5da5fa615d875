"""The base of all schedules: learning rates that depend on the number of the step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fastnn._core import kernels
from fastnn.dtypes import floatx
from fastnn.optimizers.hyperparameter import checked_number
from fastnn.saving.config import Configurable

__all__ = ["LearningRateSchedule", "check_numbers", "check_steps"]


class LearningRateSchedule(Configurable):
    """A learning rate that depends on the number of the step, from 0.

    A schedule of your own overrides `__call__`. Within `fit` it is then called in
    Python once a step; those of this module are compiled.

    Attributes:
        kernel: Name of the compiled function; None if `__call__` is Python.

    Example:
        >>> class Halved(LearningRateSchedule):
        ...     def __init__(self, start):
        ...         self.start = start
        ...     def __call__(self, step):
        ...         return self.start * 0.5**step
        >>> optimizer = fastnn.optimizers.SGD(Halved(0.1))
    """

    kernel: str | None = None

    @property
    def settings(self) -> list[float]:
        """The numbers that the compiled function takes."""
        return []

    @property
    def compiled(self) -> bool:
        """Whether `__call__` is the compiled function, and no subclass's own."""
        return type(self).__call__ is LearningRateSchedule.__call__

    def __call__(self, step: Any) -> Any:
        """Returns the learning rate.

        Args:
            step: Number of the step, or an array of numbers.

        Returns:
            A scalar, or an array like `step`, of type `fastnn.config.floatx()`.
        """
        if self.kernel is None:
            raise NotImplementedError(
                "Expected a schedule to override `__call__(self, step)`. "
                f"Received: {type(self).__name__}, which does not"
            )
        steps = np.array(step, np.float64, order="C")
        settings = self.settings
        rates = [kernels.schedule_value(self.kernel, s, settings) for s in steps.flat]
        return np.array(rates).reshape(steps.shape).astype(floatx())[()]


def check_numbers(**values: Any) -> None:
    """Raises ValueError unless all are finite real numbers."""
    for name, value in values.items():
        checked_number(name, value, -math.inf)


def check_steps(name: str, value: Any) -> None:
    """Raises ValueError unless `value` is a number above 0."""
    checked_number(name, value, above=True)
