"""A learning rate that falls as a power of what is left of a period."""

from __future__ import annotations

from fastnn.optimizers.schedules.schedule import (
    LearningRateSchedule,
    check_numbers,
    check_steps,
)

__all__ = ["PolynomialDecay"]


class PolynomialDecay(LearningRateSchedule):
    """(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps)^power
    + end_learning_rate

    step being at most decay_steps; with `cycle`, decay_steps times the smallest number,
    at least 1, with which it is not below step.

    Args:
        initial_learning_rate: At step 0.
        decay_steps: Steps until the end; above 0.
        end_learning_rate: At the end.
        power: The exponent; 1 for a straight line.
        cycle: Whether the rate begins to fall again, from a lower value, at the end.
        name: Name of the schedule.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "polynomial_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ):
        check_steps("decay_steps", decay_steps)
        check_numbers(
            initial_learning_rate=initial_learning_rate,
            end_learning_rate=end_learning_rate,
            power=power,
        )
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = bool(cycle)
        self.name = name

    @property
    def settings(self):
        return [
            self.initial_learning_rate, self.decay_steps, self.end_learning_rate,
            self.power, self.cycle,
        ]  # fmt: skip
