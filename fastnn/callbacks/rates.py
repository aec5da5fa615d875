"""The learning rates of an optimizer, or of those that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["each_optimizer", "log_rates"]


def each_optimizer(optimizer: Any) -> Iterator[tuple[str, Any]]:
    """(name, optimizer) of each member of a `MultiOptimizer`; ("", optimizer) of any
    other one."""
    if hasattr(optimizer, "optimizers"):
        for member in optimizer.optimizers:
            yield member.name, member
    else:
        yield "", optimizer


def log_rates(optimizer: Any, logs: dict[str, Any] | None) -> None:
    """Adds the learning rates to the logs, for callbacks that come later."""
    if logs is None:
        return
    for name, member in each_optimizer(optimizer):
        key = f"learning_rate_{name}" if name else "learning_rate"
        logs[key] = float(np.asarray(member.learning_rate))
