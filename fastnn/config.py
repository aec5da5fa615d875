"""Settings of the process, and what fastnn runs on."""

from __future__ import annotations

import math
import os
import platform
from typing import Any

from fastnn.console import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from fastnn.dtype_policies import dtype_policy, set_dtype_policy
from fastnn.dtypes import floatx, set_floatx

__all__ = [
    "backend",
    "disable_interactive_logging",
    "dtype_policy",
    "enable_interactive_logging",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_interactive_logging_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
    "show_config",
]

_epsilon = 1e-7
_most: dict[str, int | None] = {
    name: int(os.environ[f"FASTNN_{name.upper()}"])
    if os.environ.get(f"FASTNN_{name.upper()}")
    else None
    for name in ("max_epochs", "max_steps_per_epoch")
}


def backend() -> str:
    """Returns what computes: "fastnn"."""
    return "fastnn"


def epsilon() -> float:
    """Returns the small number that keeps divisions and logarithms finite: 1e-7, or
    what was set."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Sets the small number that keeps divisions and logarithms finite.

    Args:
        value: A positive number.

    Raises:
        ValueError: If it is not one.
    """
    global _epsilon
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:
        raise ValueError(f"Expected a positive number. Received: {value=}")
    _epsilon = float(value)


def image_data_format() -> str:
    """Returns the order of an image's axes: "channels_last"."""
    return "channels_last"


def set_image_data_format(data_format: Any) -> None:
    """Accepts "channels_last", the one order of an image's axes that there is.

    Raises:
        ValueError: If it is anything else.
    """
    if data_format != "channels_last":
        raise ValueError(
            f"Expected `data_format` to be 'channels_last'. Received: {data_format=}"
        )


def max_epochs() -> int | None:
    """Returns the most epochs of any `fit`; None if there is no limit."""
    return _most["max_epochs"]


def set_max_epochs(max_epochs: int | None) -> None:
    """Limits the epochs of every `fit` of this process, so that a program can be tried
    out quickly; the environment variable FASTNN_MAX_EPOCHS does the same.

    Args:
        max_epochs: A positive integer, or None for no limit.

    Raises:
        ValueError: If it is neither.
    """
    _most["max_epochs"] = _limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """Returns the most steps of any epoch, `evaluate` or `predict`; None if there is no
    limit."""
    return _most["max_steps_per_epoch"]


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits the steps of each epoch of `fit`, of `evaluate` and of `predict`; the
    environment variable FASTNN_MAX_STEPS_PER_EPOCH does the same.

    Args:
        max_steps_per_epoch: A positive integer, or None for no limit.

    Raises:
        ValueError: If it is neither.
    """
    most = _limit("max_steps_per_epoch", max_steps_per_epoch)
    _most["max_steps_per_epoch"] = most


def _limit(name: str, value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and (not whole or value < 1):
        raise ValueError(
            f"Expected `{name}` to be a positive integer or None. Received: {value!r}"
        )
    return value


def show_config() -> None:
    """Prints version, instruction set, threads and where their number comes from, and
    the compiler that built the kernels."""
    import numpy as np

    from fastnn._core import cpu, dispatch
    from fastnn.threads import get_num_threads, num_threads_source
    from fastnn.version import __version__

    available = ", ".join((*dispatch.extensions(), *dispatch.available()))
    lines = {
        "fastnn": __version__,
        "instruction set": f"{dispatch.isa} (available: {available})",
        "threads": f"{get_num_threads()} (from {num_threads_source()})",
        "compiler": cpu.compiler(),
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "platform": platform.platform(),
    }
    for name, value in lines.items():
        print(f"{name:<16} {value}")
