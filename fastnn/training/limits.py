"""The limits that `fastnn.config` sets to every training."""

from __future__ import annotations

from fastnn import config
from fastnn.caller import warn

__all__ = ["limited_epochs", "limited_steps"]


def limited_epochs(epochs: int) -> int:
    """The epochs of a `fit`, at most `config.max_epochs()`."""
    most = config.max_epochs()
    if most is None or epochs <= most:
        return epochs
    warn(f"Expected {epochs} epochs; config.set_max_epochs limits them to {most}")
    return most


def limited_steps(steps: int | None, *, warns: bool = True) -> int | None:
    """The steps of an epoch, at most `config.max_steps_per_epoch()`."""
    most = config.max_steps_per_epoch()
    if most is None or (steps is not None and steps <= most):
        return steps
    if warns:
        warn(f"config.set_max_steps_per_epoch limits the steps of an epoch to {most}")
    return most
