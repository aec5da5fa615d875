"""A learning rate that falls by a constant factor."""

from __future__ import annotations

from fastnn.optimizers.schedules.schedule import (
    LearningRateSchedule,
    check_numbers,
    check_steps,
)

__all__ = ["ExponentialDecay"]


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate^(step / decay_steps)

    Args:
        initial_learning_rate: At step 0.
        decay_steps: Steps in which the rate is multiplied by `decay_rate`; above 0.
        decay_rate: The factor.
        staircase: Whether step / decay_steps is rounded down.
        name: Name of the schedule.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "exponential_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
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
