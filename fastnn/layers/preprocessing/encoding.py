"""Output modes: how the codes of categories become numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["checked_mode", "encode", "encoded_shape"]

_OTHER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def checked_mode(mode: str, allowed: tuple[str, ...], sparse: bool) -> str:
    """Returns the output mode under its own name.

    Raises:
        ValueError: If it is not allowed, or the output is to be sparse.
    """
    name = _OTHER_NAMES.get(mode, mode)
    if name not in allowed:
        raise ValueError(
            f"Expected `output_mode` to be one of {allowed}. "
            f"Received: output_mode={mode!r}"
        )
    if sparse:
        raise ValueError(
            "Expected sparse=False: outputs are dense arrays. Received: sparse=True"
        )
    return name


def encoded_shape(shape: tuple[Any, ...], mode: str, depth: int) -> tuple[Any, ...]:
    """The shape that codes of a shape get: "one_hot" gives every code columns of its
    own, the others one set of columns to each row of codes."""
    if mode == "int":
        return shape
    if mode == "one_hot" and (len(shape) < 2 or shape[-1] != 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def encode(
    codes: np.ndarray,
    mode: str,
    depth: int,
    dtype: str,
    weight: np.ndarray | None = None,
    count_weights: np.ndarray | None = None,
) -> np.ndarray:
    """Returns codes in an output mode; a code that is no column counts for nothing.

    Args:
        codes: Integers of any shape.
        mode: "int", "one_hot", "multi_hot", "count" or "tf_idf".
        depth: Number of columns.
        dtype: Of the result, unless it is the codes themselves.
        weight: What each column is multiplied by, for "tf_idf".
        count_weights: What each code counts for instead of 1; of the shape of `codes`.
    """
    if mode == "int":
        return codes
    codes = codes.reshape(1) if codes.ndim == 0 else codes
    shape = encoded_shape(codes.shape, mode, depth)
    out = np.zeros(shape, dtype)
    rows = out.reshape(-1, depth)
    flat = codes.reshape(len(rows), -1)
    row, place = np.nonzero((flat >= 0) & (flat < depth))
    columns = flat[row, place]
    if mode in ("one_hot", "multi_hot"):
        rows[row, columns] = 1
        return out
    amounts = 1 if count_weights is None else count_weights.reshape(flat.shape)
    np.add.at(rows, (row, columns), np.broadcast_to(amounts, flat.shape)[row, place])
    return out if weight is None else out * weight.astype(dtype)
