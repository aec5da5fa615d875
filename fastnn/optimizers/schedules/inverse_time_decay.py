"""A learning rate that falls as the inverse of the time."""

from __future__ import annotations

from fastnn.optimizers.schedules.schedule import (
    LearningRateSchedule,
    check_numbers,
    check_steps,
)

__all__ = ["InverseTimeDecay"]


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps)

    Args:
        initial_learning_rate: At step 0.
        decay_steps: Steps in which the divisor grows by `decay_rate`; above 0.
        decay_rate: How fast the rate falls.
        staircase: Whether step / decay_steps is rounded down.
        name: Name of the schedule.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "inverse_time_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ):
        check_steps("decay_steps", decay_steps)
        check_numbers(
            initial_learning_rate=initial_learning_rate, decay_rate=decay_rate
        )
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = bool(staircase)
        self.name = name

    @property
    def settings(self):
        return [
            self.initial_learning_rate, self.decay_steps, self.decay_rate,
            self.staircase,
        ]  # fmt: skip
