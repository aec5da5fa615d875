"""The element types that fastnn computes in, and the one door to them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["SUPPORTED", "as_real", "floatx", "set_floatx", "standardize_dtype"]

SUPPORTED = ("float32", "float64")

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
