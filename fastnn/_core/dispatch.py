"""Which instruction set the kernels use: chosen once, here, when fastnn is imported."""

import importlib
import os
from types import ModuleType

from fastnn._core import cpu

# best first; the last runs on every processor that the wheel is for
_SUPPORTED = {
    "avx512": cpu.has_avx512,
    "avx2": cpu.has_avx2,
    "baseline": lambda: True,
}


def available() -> tuple[str, ...]:
    """The instruction sets that this processor can run, best first."""
    return tuple(name for name, supported in _SUPPORTED.items() if supported())


def load(name: str) -> ModuleType:
    """The kernels compiled for one instruction set.

    Raises:
        ValueError: if there is no such set, or this processor cannot run it.
    """
    if name not in available():
        known = "unknown" if name not in _SUPPORTED else "not available on this CPU"
        raise ValueError(
            f"instruction set {name!r} is {known}; expected one of "
            f"{', '.join(available())}"
        )
    return importlib.import_module(f"fastnn._core.kernels_{name}")


def chosen() -> str:
    """What FASTNN_ISA asks for, otherwise the best available.

    Raises:
        ImportError: if FASTNN_ISA names a set that cannot be used.
    """
    name = os.environ.get("FASTNN_ISA", "").strip().lower()
    if name and name not in available():
        raise ImportError(
            f"FASTNN_ISA={name!r}: expected one of {', '.join(available())}"
        )
    return name or available()[0]


isa = chosen()
kernels = load(isa)
