"""Settings of the process, and what fastnn runs on."""

from __future__ import annotations

import math
import platform
from typing import Any

from fastnn.dtype_policies import dtype_policy, set_dtype_policy
from fastnn.dtypes import floatx, set_floatx

__all__ = [
    "backend",
    "dtype_policy",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "show_config",
]

_epsilon = 1e-7


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
