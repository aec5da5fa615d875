"""How steps are to be run, as `compile` is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from fastnn.caller import warn
from fastnn.training.inputs import checked_count

__all__ = ["Execution", "checked_execution"]


@dataclasses.dataclass(frozen=True)
class Execution:
    """Checked arguments of `compile`.

    Attributes:
        run_eagerly: Whether each batch goes through the model's methods.
        steps_per_execution: Steps between two calls of batch hooks.
        merged: Whether operations are merged.
    """

    run_eagerly: bool
    steps_per_execution: int
    merged: bool


def checked_execution(
    run_eagerly: Any, steps_per_execution: Any, jit_compile: Any, auto_scale_loss: Any
) -> Execution:
    """Checks the arguments of the same names of `compile`.

    Raises:
        TypeError, ValueError: If one of them has a wrong value.
    """
    eager = _flag("run_eagerly", run_eagerly)
    _flag("auto_scale_loss", auto_scale_loss)
    steps = checked_count("steps_per_execution", steps_per_execution)
    auto = jit_compile is None or jit_compile == "auto"
    merged = auto or _flag("jit_compile", jit_compile)
    if eager and merged and not auto:
        warn("Expected `run_eagerly` or `jit_compile`. Received: both; only the first")
        merged = False
    return Execution(eager, steps, merged)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(
            f"Expected `{name}` to be True or False. Received: {name}={value!r}"
        )
    return bool(value)
