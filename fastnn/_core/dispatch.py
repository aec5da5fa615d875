"""Which instruction set the kernels use: chosen once, here, when fastnn is imported."""

import importlib
import importlib.util
import os
from types import ModuleType

import numpy.typing as npt

from fastnn._core import cpu

# best first; the last runs on every processor that the wheel is for
_SUPPORTED = {
    "avx512": cpu.has_avx512,
    "avx2": cpu.has_avx2,
    "baseline": lambda: True,
}

# sets with instructions for a few kernels, and the set that has all the others
_EXTENDED = {"avx512_bf16": ("avx512", cpu.has_avx512_bf16)}


def available() -> tuple[str, ...]:
    """The instruction sets that this processor can run, best first."""
    return tuple(name for name, supported in _SUPPORTED.items() if supported())


def extensions() -> tuple[str, ...]:
    """The sets that extend one of them for a few kernels, if they were built: not every
    compiler knows them."""
    return tuple(
        name
        for name, (_, supported) in _EXTENDED.items()
        if supported() and importlib.util.find_spec(_module(name)) is not None
    )


def load(name: str) -> ModuleType:
    """The kernels compiled for one instruction set; for an extension just its own.

    Raises:
        ValueError: if there is no such set, or this processor cannot run it.
    """
    usable = (*extensions(), *available())
    if name not in usable:
        known = name in _SUPPORTED or name in _EXTENDED
        state = "not available on this CPU" if known else "unknown"
        raise ValueError(
            f"instruction set {name!r} is {state}; expected one of {', '.join(usable)}"
        )
    return importlib.import_module(_module(name))


def chosen() -> str:
    """What FASTNN_ISA asks for, otherwise the best available.

    Raises:
        ImportError: if FASTNN_ISA names a set that cannot be used.
    """
    usable = (*extensions(), *available())
    name = os.environ.get("FASTNN_ISA", "").strip().lower()
    if name and name not in usable:
        raise ImportError(f"FASTNN_ISA={name!r}: expected one of {', '.join(usable)}")
    return name or usable[0]


def operations(dtype: npt.DTypeLike) -> dict[str, int]:
    """{name: address} of the operations of the chosen set and its extension."""
    return {**kernels.operations(dtype), **load(isa).operations(dtype)}


def _module(name: str) -> str:
    return f"fastnn._core.kernels_{name}"


isa = chosen()
kernels = load(_EXTENDED[isa][0] if isa in _EXTENDED else isa)
