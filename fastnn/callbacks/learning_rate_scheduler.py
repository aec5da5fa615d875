"""A learning rate for each epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from fastnn.callbacks.callback import Callback
from fastnn.callbacks.rates import each_optimizer, log_rates
from fastnn.console import say

__all__ = ["LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch to schedule(epoch, learning_rate).

    The rate is also a part of the logs, as `learning_rate`.

    Args:
        schedule: Function of the epoch, counted from 0, and the rate so far; one of the
            epoch alone will do. Returns a float.
        verbose: 1 says what is set, 0 does not.

    Raises:
        ValueError: From `fit`, if the schedule returns something else.

    Example:
        >>> def halve(epoch, learning_rate):
        ...     return learning_rate if epoch < 10 else learning_rate / 2
        >>> model.fit(x, y, epochs=15, callbacks=[LearningRateScheduler(halve)])
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        for name, optimizer in each_optimizer(self.model.optimizer):
            if not hasattr(optimizer, "learning_rate"):
                raise ValueError(
                    "LearningRateScheduler expects an optimizer with a learning rate. "
                    f"Received: {optimizer!r}"
                )
            rate = self._scheduled(epoch, float(np.asarray(optimizer.learning_rate)))
            optimizer.learning_rate = float(rate)
            if self.verbose > 0:
                whose = f"{name} learning rate" if name else "learning rate"
                say(f"Epoch {epoch + 1}: setting {whose} to {rate}")

    def on_epoch_end(self, epoch, logs=None):
        log_rates(self.model.optimizer, logs)

    def _scheduled(self, epoch: int, rate: float) -> Any:
        both = (epoch, rate)
        value = self.schedule(*both if _takes_two(self.schedule) else both[:1])
        if not isinstance(value, float | np.floating):
            raise ValueError(
                "LearningRateScheduler expects `schedule` to return a float. "
                f"Received: {value!r}"
            )
        return value


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a built-in function that does not tell
        return True
    return True
