"""A learning rate that falls as half a cosine, over and over."""

from __future__ import annotations

from fastnn.optimizers.schedules.schedule import (
    LearningRateSchedule,
    check_numbers,
    check_steps,
)

__all__ = ["CosineDecayRestarts"]


class CosineDecayRestarts(LearningRateSchedule):
    """initial_learning_rate
    * ((1 - alpha) * m_mul^i * (1 + cos(pi * share)) / 2 + alpha)

    i being the number of the period, from 0, and share what is over of it. The first
    period has first_decay_steps steps, each further one t_mul times those before it.

    Loshchilov and Hutter, 2017, "SGDR: stochastic gradient descent with warm restarts".

    Args:
        initial_learning_rate: At step 0.
        first_decay_steps: Steps of the first period; above 0.
        t_mul: By what periods grow; above 0.
        m_mul: By what the rate at the beginning of a period changes.
        alpha: The smallest rate as a share of the first.
        name: Name of the schedule.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "cosine_decay_restarts"

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ):
        check_steps("first_decay_steps", first_decay_steps)
        check_steps("t_mul", t_mul)
        check_numbers(
            initial_learning_rate=initial_learning_rate, m_mul=m_mul, alpha=alpha
        )
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    @property
    def settings(self):
        return [
            self.initial_learning_rate, self.first_decay_steps, self.t_mul, self.m_mul,
            self.alpha,
        ]  # fmt: skip
