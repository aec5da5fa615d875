"""Sequences of several lengths in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["pad_sequences"]

_ENDS = ("pre", "post")


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: npt.DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Puts sequences into one array, one a row, filled up or cut off to one length.

    Args:
        sequences: The sequences; each an array-like of shape (length, ...), where all
            but the length is the same.
        maxlen: The length; by default that of the longest one.
        dtype: Type of the array; `object` for strings of any length.
        padding: Whether a short one is filled up at its beginning ("pre") or at its
            end ("post").
        truncating: Whether a long one is cut off at its beginning or at its end.
        value: What fills up.

    Returns:
        Array of shape (sequences, maxlen, ...).

    Raises:
        ValueError: If something is no sequence, shapes differ, or an argument has a
            wrong value.

    Example:
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
        array([[0, 1],
               [2, 3],
               [5, 6]], dtype=int32)
    """
    lengths = _lengths(sequences)
    _check("padding", padding)
    _check("truncating", truncating)
    _check_value(value, dtype)
    if maxlen is None:
        maxlen = max(lengths, default=0)
    elif maxlen < 0:
        raise ValueError(f"Expected `maxlen` to be at least 0. Received: {maxlen=}")
    first = next((s for s in sequences if len(s)), ())
    shape = np.asarray(first).shape[1:]
    out = np.full((len(lengths), maxlen, *shape), value, dtype)
    for row, (sequence, length) in enumerate(zip(sequences, lengths, strict=True)):
        kept = min(length, maxlen)
        if not kept:
            continue
        part = sequence[length - kept :] if truncating == "pre" else sequence[:kept]
        values = np.asarray(part, dtype)
        if values.shape[1:] != shape:
            raise ValueError(
                f"Expected entries of shape {shape} in every sequence. Received: "
                f"{values.shape[1:]} in the sequence {row}"
            )
        start = maxlen - kept if padding == "pre" else 0
        out[row, start : start + kept] = values
    return out


def _lengths(sequences: Any) -> list[int]:
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"Expected a list of sequences. Received: {sequences!r}")
    for sequence in sequences:
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"Expected a list of sequences. Received: {sequence!r} in it"
            )
    return [len(sequence) for sequence in sequences]


def _check(name: str, value: str) -> None:
    if value not in _ENDS:
        raise ValueError(f"Expected `{name}` to be one of {_ENDS}. Received: {value!r}")


def _check_value(value: Any, dtype: npt.DTypeLike) -> None:
    if isinstance(value, str) and np.dtype(dtype).kind not in "OSU":
        raise ValueError(
            "Expected dtype=object, or one of strings, beside a string as `value`. "
            f"Received: {dtype=}, {value=}"
        )
