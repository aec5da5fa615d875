"""What fastnn runs on."""

from __future__ import annotations

import platform

__all__ = ["show_config"]


def show_config() -> None:
    """Prints version, instruction set, threads and where their number comes from, and
    the compiler that built the kernels."""
    import numpy as np

    from fastnn._core import cpu, dispatch
    from fastnn.threads import get_num_threads, num_threads_source
    from fastnn.version import __version__

    available = ", ".join(dispatch.available())
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
