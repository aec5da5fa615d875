"""Anything array-like -> a contiguous array of a dtype that the engine gathers from."""

from __future__ import annotations

import numpy as np

from fastnn._core import engine

__all__ = ["KEPT_DTYPES", "as_numbers"]

# What the engine converts while it gathers rows; nothing of these is copied.
KEPT_DTYPES = frozenset(map(np.dtype, engine.SOURCE_TYPES))

_REFUSED = {
    "O": "Python objects",
    "U": "strings",
    "S": "bytes",
    "T": "strings",
    "c": "complex numbers",
    "M": "dates",
    "m": "time differences",
    "V": "records",
}


def as_numbers(value, name: str) -> np.ndarray:
    """Returns `value` as a C-contiguous, aligned array of a kept dtype.

    A C-contiguous aligned array of a kept dtype comes back as it is (booleans as a
    view); unsigned 32 and 64 bit integers and long doubles become float64.

    Args:
        value: Array, list, table or anything with `__array__`, any shape.
        name: What the user calls it, for messages.

    Raises:
        TypeError: If it does not hold real numbers.
        ValueError: If it is ragged or has masked or missing entries.
    """
    array = value if type(value) is np.ndarray else _to_array(value, name)
    kind = array.dtype.kind
    if kind in _REFUSED:
        raise TypeError(
            f"`{name}` is expected to hold numbers. Received: {_REFUSED[kind]} "
            f"(dtype {array.dtype})"
        )
    return _contiguous(array)


def _to_array(value, name: str) -> np.ndarray:
    if value is None:
        raise TypeError(f"`{name}` is expected to be an array. Received: None")
    if isinstance(value, np.ma.MaskedArray):
        return _unmasked(value, name)
    if hasattr(value, "dtypes") and hasattr(value, "columns"):
        return _from_table(value, name)
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        raise TypeError(
            f"`{name}` is expected to be a dense array. Received: a sparse "
            f"{type(value).__name__}; pass `{name}.toarray()`"
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"`{name}` is expected to be rectangular, every row of one length. "
            f"Received: {type(value).__name__} that NumPy refuses ({error})"
        ) from error


def _unmasked(value: np.ma.MaskedArray, name: str) -> np.ndarray:
    masked = int(np.ma.count_masked(value))
    if masked:
        raise ValueError(
            f"`{name}` is expected to be complete. Received: {masked} masked entries; "
            f"fill them first, for instance with `{name}.filled(0)`"
        )
    return np.asarray(value.data)


def _from_table(table, name: str) -> np.ndarray:
    """A data frame by columns, so that the message can name the one at fault."""
    for column, dtype in zip(table.columns, table.dtypes, strict=True):
        if getattr(dtype, "kind", "O") not in "biuf":
            raise TypeError(
                f"`{name}` is expected to hold numbers. Received: column "
                f"{column!r} of dtype {dtype}; encode it as numbers first"
            )
    array = table.to_numpy()
    if array.dtype.kind != "O":
        return array
    try:
        # Booleans beside numbers, or nullable columns: pandas falls back to objects.
        return table.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`{name}` is expected to be complete. Received: a table with missing "
            "entries in integer or boolean columns; fill them first"
        ) from error


def _contiguous(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "b":
        array = array.view(np.uint8)
    dtype = array.dtype if array.dtype in KEPT_DTYPES else _kept_dtype(array.dtype)
    if array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned:
        return array
    return np.array(array, dtype=dtype, order="C", copy=True, ndmin=array.ndim)


def _kept_dtype(dtype: np.dtype) -> np.dtype:
    native = dtype.newbyteorder("=")
    return native if native in KEPT_DTYPES else np.dtype(np.float64)
