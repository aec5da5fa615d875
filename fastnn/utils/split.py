"""A data set in two parts."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from fastnn.random import next_seed

__all__ = ["split_dataset"]


def split_dataset(
    dataset: Any,
    left_size: int | float | None = None,
    right_size: int | float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: None = None,
) -> tuple[Any, Any]:
    """Splits rows in two, such as those to train on and those to test on.

    Args:
        dataset: An array, or a list or tuple of arrays with the same number of rows.
        left_size: Rows of the first part, as a number or as a fraction of all; by
            default those that the second one leaves.
        right_size: Rows of the second part, the last ones. Rows between the two are
            left out.
        shuffle: Whether the rows are shuffled before.
        seed: Of the shuffling: the same one gives the same order.
        preferred_backend: Only None: the parts are NumPy arrays.

    Returns:
        The two parts, each an array, or a list or tuple of arrays as `dataset` is.

    Raises:
        TypeError: If `dataset` or a size is of another type.
        ValueError: If the sizes do not go with the number of rows.

    Example:
        >>> (x, y), (x_test, y_test) = split_dataset((x, y), right_size=0.2)
    """
    if preferred_backend is not None:
        raise ValueError(
            f"Expected preferred_backend=None. Received: {preferred_backend=}"
        )
    arrays = _arrays(dataset)
    if left_size is None and right_size is None:
        raise ValueError(
            "Expected `left_size` or `right_size`. "
            f"Received: {left_size=}, {right_size=}"
        )
    rows = len(arrays[0])
    left, right = _sizes(left_size, right_size, rows)
    order = list(range(rows))
    if shuffle:
        chance = python_random.Random(next_seed() if seed is None else seed)
        chance.shuffle(order)
    parts = [
        [a[order[:left]] for a in arrays],
        [a[order[rows - right :]] for a in arrays],
    ]
    first, second = (_like(dataset, part) for part in parts)
    return first, second


def _arrays(dataset: Any) -> list[np.ndarray]:
    if isinstance(dataset, np.ndarray):
        arrays = [dataset]
    elif isinstance(dataset, list | tuple):
        arrays = list(dataset)
    else:
        raise TypeError(
            "Expected `dataset` to be an array, or a list or tuple of arrays. "
            f"Received: {type(dataset).__name__}"
        )
    if not arrays or not all(isinstance(a, np.ndarray) and a.ndim for a in arrays):
        kinds = [type(a).__name__ for a in arrays]
        raise ValueError(f"Expected NumPy arrays with rows. Received: {kinds}")
    if len({len(a) for a in arrays}) > 1:
        shapes = [a.shape for a in arrays]
        raise ValueError(
            f"Expected arrays of the same number of rows. Received: {shapes}"
        )
    return arrays


def _like(dataset: Any, arrays: list[np.ndarray]) -> Any:
    return arrays[0] if isinstance(dataset, np.ndarray) else type(dataset)(arrays)


def _sizes(left: Any, right: Any, rows: int) -> tuple[int, int]:
    """Rows of both parts."""
    a, b = _size("left_size", left, rows), _size("right_size", right, rows)
    fractions = isinstance(left, float) and isinstance(right, float)
    if fractions and left + right > 1:
        raise ValueError(
            f"Expected fractions of at most 1 together. Received: {left=}, {right=}"
        )
    a = rows - (b or 0) if a is None else a
    b = rows - a if b is None else b
    if a + b > rows or not a or not b:
        raise ValueError(
            f"Expected two parts of {rows} rows, neither of them empty. "
            f"Received: left_size={left}, right_size={right}"
        )
    return a, b


def _size(name: str, size: Any, rows: int) -> int | None:
    if size is None:
        return None
    if type(size) not in (int, float):
        raise TypeError(
            f"Expected `{name}` to be an integer, a float or None. "
            f"Received: {size!r} of type {type(size).__name__}"
        )
    if not 0 < size < (1 if isinstance(size, float) else rows):
        raise ValueError(
            f"Expected `{name}` to be a fraction in (0, 1), or a number of rows below "
            f"{rows}. Received: {size}"
        )
    return round(size * rows) if isinstance(size, float) else size
