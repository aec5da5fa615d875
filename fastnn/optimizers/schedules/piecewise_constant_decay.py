"""A learning rate that changes at given steps."""

from __future__ import annotations

from collections.abc import Sequence

from fastnn.optimizers.schedules.schedule import LearningRateSchedule, check_numbers

__all__ = ["PiecewiseConstantDecay"]


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] for the first i with step <= boundaries[i], else the last value

    Args:
        boundaries: The last step of each value but the last, ascending.
        values: One more than boundaries.
        name: Name of the schedule.

    Raises:
        ValueError: If their numbers do not fit, or one is no finite number.
    """

    kernel = "piecewise_constant_decay"

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "Expected `values` to have one element more than `boundaries`. "
                f"Received: {boundaries=}, {values=}"
            )
        for boundary in boundaries:
            check_numbers(boundaries=boundary)
        for value in values:
            check_numbers(values=value)
        self.boundaries = list(boundaries)
        self.values = list(values)
        self.name = name

    @property
    def settings(self):
        return [*self.boundaries, *self.values]
