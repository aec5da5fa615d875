"""Arrays as a stream of batches, for steps that run in Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn import random
from fastnn.data.arrays import Arrays
from fastnn.data.streams import Stream

__all__ = ["ArrayBatches", "row_order"]


class ArrayBatches(Stream):
    """The batches of arrays, copied out row by row.

    Args:
        arrays: The rows.
        batch_size: Rows of a batch.
        shuffle: True for an order of the rows in each pass, "batch" for one within
            each batch.
        dtype: What numbers with a fraction become.
    """

    def __init__(
        self,
        arrays: Arrays,
        batch_size: int,
        shuffle: bool | str,
        dtype: npt.DTypeLike,
    ):
        super().__init__()
        self.seed = random.next_seed() if shuffle else None
        self._arrays = arrays
        self._batch_size = batch_size
        self._shuffle = shuffle
        self._dtype = dtype

    @property
    def num_batches(self) -> int:
        return -(-self._arrays.rows // self._batch_size)

    def _begin_pass(self, skipped: int) -> Iterator[Any]:
        arrays, size = self._arrays, self._batch_size
        order = None
        if self.seed is not None:
            order = row_order(self._shuffle, self.seed, self.passes, arrays.rows, size)
        for begin in range(skipped * size, arrays.rows, size):
            part: Any = slice(begin, begin + size)
            rows = part if order is None else order[part]
            yield tuple(
                None if array is None else self._copied(array, rows)
                for array in (arrays.x, arrays.y, arrays.weight)
            )

    def _copied(self, array: np.ndarray, rows: Any) -> np.ndarray:
        dtype = self._dtype if array.dtype.kind == "f" else array.dtype
        return np.array(array[rows], dtype)

    def _unpacked(self, batch: Any) -> tuple[Any, Any, Any]:
        return batch


def row_order(
    shuffle: bool | str, seed: int, number: int, rows: int, batch_size: int
) -> np.ndarray:
    """The order of the rows in pass `number`.

    Args:
        shuffle: True, or "batch" to stay within each batch.
        seed: Of the training.
        number: Of the pass, from 0.
        rows: How many there are.
        batch_size: Rows of a batch.
    """
    if shuffle != "batch":
        return random.permutation(seed, number, rows)
    order = np.arange(rows, dtype=np.intp)
    generator = random.generator(seed, number)
    for begin in range(0, rows, batch_size):
        generator.shuffle(order[begin : begin + batch_size])
    return order
