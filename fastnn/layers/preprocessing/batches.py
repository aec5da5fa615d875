"""What `adapt` takes, batch by batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

__all__ = ["batches_of"]


def batches_of(data: Any, steps: int | None = None) -> Iterator[Any]:
    """Yields the features of each batch.

    Args:
        data: An array, a table, or an iterable of batches (for instance a generator or
            a `PyDataset`); a batch is an array, or a tuple that begins with one.
        steps: The most batches to take; None for all.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(data, np.ndarray) or hasattr(data, "columns"):
        yield data
        return
    if not isinstance(data, Iterable) and not hasattr(data, "__getitem__"):
        raise TypeError(
            "Expected an array or an iterable of batches. "
            f"Received: data of type {type(data).__name__}"
        )
    indexed = hasattr(data, "__getitem__") and hasattr(data, "__len__")
    found = (data[i] for i in range(len(data))) if indexed else iter(data)
    for batch in itertools.islice(found, steps):
        yield batch[0] if isinstance(batch, tuple) else batch
