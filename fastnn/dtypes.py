"""The element types that fastnn computes in, and the one door to them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "FURTHER",
    "SUPPORTED",
    "as_real",
    "floatx",
    "set_floatx",
    "standardize_dtype",
    "storable_dtype",
]

SUPPORTED = ("float32", "float64")

FURTHER = (
    "bool",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
)
"""Types of variables that are no weights: counters, seeds."""

_floatx = "float32"


def floatx() -> str:
    """Returns the element type of what names none: "float32", or what was set."""
    return _floatx


def set_floatx(value: npt.DTypeLike) -> None:
    """Sets the element type of what names none.

    Args:
        value: "float32" or "float64".

    Raises:
        ValueError: If it is another type.

    Example:
        >>> fastnn.config.set_floatx("float64")
    """
    global _floatx
    if value is None:
        raise ValueError(f"Expected dtype to be one of {SUPPORTED}. Received: None")
    _floatx = standardize_dtype(value)


def standardize_dtype(dtype: npt.DTypeLike | None = None) -> str:
    """Returns the name of a supported element type.

    Args:
        dtype: Name, NumPy dtype or type; None means `floatx()`.

    Raises:
        ValueError: If the type is not float32 or float64.
    """
    if dtype is None:
        return _floatx
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = None
    if name not in SUPPORTED:
        raise ValueError(f"Expected dtype to be one of {SUPPORTED}. Received: {dtype=}")
    return name


def storable_dtype(dtype: npt.DTypeLike | None = None) -> str:
    """Returns the name of a type that variables may have: a supported one, an integer
    type or bool.

    Raises:
        ValueError: If it is none of these.
    """
    try:
        name = None if dtype is None else np.dtype(dtype).name
    except TypeError:
        name = None
    return name if name in FURTHER else standardize_dtype(dtype)


def as_real(
    x: npt.ArrayLike, dtype: npt.DTypeLike | None = None, *, name: str = "x"
) -> np.ndarray:
    """Returns `x` as a C-contiguous array of float32 or float64.

    Args:
        x: Numbers of any shape.
        dtype: The element type wanted; None keeps float32 and float64 arrays as they
            are and turns everything else into the default.
        name: What the array is called in an error.

    Raises:
        TypeError: If `x` holds anything but real numbers or booleans.
    """
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Expected {name} to hold real numbers. Received: dtype={array.dtype}"
        )
    if dtype is None and hasattr(x, "dtype") and array.dtype.name in SUPPORTED:
        dtype = array.dtype
    return np.asarray(array, dtype=standardize_dtype(dtype), order="C")
