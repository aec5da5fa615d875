"""A learning rate that falls as half a cosine."""

from __future__ import annotations

from fastnn.optimizers.schedules.schedule import (
    LearningRateSchedule,
    check_numbers,
    check_steps,
)

__all__ = ["CosineDecay"]


class CosineDecay(LearningRateSchedule):
    """peak * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)

    step being at most decay_steps, and the peak initial_learning_rate; with
    `warmup_target` that is the peak, and the rate first rises to it, or falls, along a
    straight line, in `warmup_steps` steps that do not count as those of the cosine.

    Loshchilov and Hutter, 2017, "SGDR: stochastic gradient descent with warm restarts";
    the line: Goyal et al., 2017, "Accurate, large minibatch SGD".

    Args:
        initial_learning_rate: At step 0.
        decay_steps: Steps of the half cosine; above 0.
        alpha: The last rate as a share of the peak.
        name: Name of the schedule.
        warmup_target: The rate at the end of the line; None for no line.
        warmup_steps: Steps of the line.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    kernel = "cosine_decay"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ):
        check_steps("decay_steps", decay_steps)
        check_numbers(
            initial_learning_rate=initial_learning_rate,
            alpha=alpha,
            warmup_target=0 if warmup_target is None else warmup_target,
            warmup_steps=warmup_steps,
        )
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    @property
    def settings(self):
        start, peak = self.initial_learning_rate, self.warmup_target
        line = (start, 0) if peak is None else (peak, self.warmup_steps)
        return [start, self.decay_steps, self.alpha, *line]
