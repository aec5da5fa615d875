"""The state that a process has beside its models."""

from __future__ import annotations

import gc

from fastnn import naming
from fastnn.console import enable_interactive_logging
from fastnn.dtype_policies import set_dtype_policy

__all__ = ["clear_session"]


def clear_session(free_memory: bool = True) -> None:
    """Makes automatic names count from the beginning again, and puts the global dtype
    policy and interactive logging back to what they are at the start.

    Models and layers keep their names; seeds go on.

    Args:
        free_memory: Whether to collect garbage, too.

    Example:
        >>> fastnn.layers.Dense(1).name
        'dense_7'
        >>> fastnn.utils.clear_session()
        >>> fastnn.layers.Dense(1).name
        'dense'
    """
    naming.restart()
    set_dtype_policy(None)
    enable_interactive_logging()
    if free_memory:
        gc.collect()
