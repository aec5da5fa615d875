"""Data sets that are made batch by batch in Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

__all__ = ["PyDataset"]


class PyDataset:
    """Base of data sets whose batches are made when they are needed.

    Override `__getitem__`, which returns one batch: `(x,)`, `(x, y)` or `(x, y,
    sample_weight)`; and either `__len__` or `num_batches`. `fit`, `evaluate` and
    `predict` take it in place of `x`, and `validation_data` may be one. The batches may
    have any number of rows. With `shuffle=True`, the default of `fit`, each epoch has
    its own order of the batches.

    Args:
        workers: How many threads, or processes, make batches ahead of the training.
            With 1 the batches are made by the thread that trains, unless
            `use_multiprocessing` is set.
        use_multiprocessing: Whether the workers are processes, into which the data set
            is copied at the beginning of each pass; it has to be picklable where
            processes are not forked.
        max_queue_size: How many batches may be under way or ready at a time.

    Raises:
        TypeError, ValueError: If an argument has a wrong value.

    Example:
        >>> class Files(fastnn.utils.PyDataset):
        ...     def __init__(self, paths, **workers):
        ...         super().__init__(**workers)
        ...         self.paths = paths
        ...     def __len__(self):
        ...         return len(self.paths)
        ...     def __getitem__(self, index):
        ...         with numpy.load(self.paths[index]) as file:
        ...             return file["x"], file["y"]
        >>> model.fit(Files(paths, workers=4), epochs=10)
    """

    # Class-wide, so that a subclass need not call super().__init__().
    workers = 1
    use_multiprocessing = False
    max_queue_size = 10

    def __init__(
        self,
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ):
        self.workers = _count("workers", workers, 0)
        self.use_multiprocessing = bool(use_multiprocessing)
        self.max_queue_size = _count("max_queue_size", max_queue_size, 1)

    def __getitem__(self, index: int) -> Any:
        """Returns the batch of this number, counted from 0."""
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `__getitem__(index)`"
        )

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch; None if there is no end to them."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"Expected {type(self).__name__} to override `__len__` or `num_batches`"
        )

    def on_epoch_begin(self) -> None:
        """Called before each epoch, by the thread that trains."""

    def on_epoch_end(self) -> None:
        """Called after each epoch, by the thread that trains."""

    def __iter__(self) -> Iterator[Any]:
        """The batches in their order, made by the caller's thread."""
        count = self.num_batches
        for index in itertools.count() if count is None else range(count):
            yield self[index]


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"Expected `{name}` to be an integer. Received: {value!r}")
    if value < least:
        raise ValueError(
            f"Expected `{name}` to be at least {least}. Received: {name}={value}"
        )
    return value
