"""Data that come batch by batch: generators, iterators, loaders, `PyDataset`."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Set
from typing import Any

from fastnn import random
from fastnn.data.workers import batches_ahead
from fastnn.utils.batch_tuple import unpack_x_y_sample_weight
from fastnn.utils.py_dataset import PyDataset

__all__ = ["Batch", "Stream", "as_stream", "is_stream"]

Batch = tuple[Any, Any, Any]


def is_stream(x: Any) -> bool:
    """Whether `x` gives batches: it can be walked through, but is no array or
    collection."""
    if isinstance(x, PyDataset):
        return True
    return hasattr(x, "__iter__") and not (
        hasattr(x, "__getitem__") or hasattr(x, "__array__") or isinstance(x, Set)
    )


class Stream:
    """Batches as `fit` and its like take them: with a look at what comes next.

    Passes follow one another until the data have no further one. The end of a pass is
    seen once, by `peek`, so that an epoch can end there.

    Attributes:
        passes: Number of passes that ended.
        taken: Batches that were taken of the pass under way.
        seed: Of the order of the batches; None if there is but one order.
    """

    seed: int | None = None

    def __init__(self) -> None:
        self.passes = 0
        self.taken = 0
        self._batches: Iterator[Any] | None = None
        self._next: list[Batch] = []  # one, or none

    @property
    def num_batches(self) -> int | None:
        """Batches of a pass, None if it is not known."""
        return None

    def begin_epoch(self) -> None:
        """Called before an epoch."""

    def end_epoch(self) -> None:
        """Called after an epoch."""

    def peek(self) -> Batch | None:
        """The next batch, (x, y, sample_weight), which stays; None at the end of a
        pass."""
        if not self._next:
            if self._batches is None:
                self._batches = self._begin_pass(self.taken)
            for batch in self._batches:
                self._next.append(self._unpacked(batch))
                break
            else:
                self.restart()
                self.passes += 1
                return None
        return self._next[0]

    def take(self) -> Batch:
        """The next batch, after `peek` has seen one."""
        self.taken += 1
        return self._next.pop()

    def restart(self) -> None:
        """Makes the next batch the first of a pass, if the data can begin again."""
        self.close()
        self.taken = 0

    def go_to(self, passes: int, taken: int) -> None:
        """Goes on where another run of the same program stopped."""
        self.restart()
        self.passes, self.taken = passes, taken

    def close(self) -> None:
        """Ends the pass, and with it the workers."""
        if isinstance(self._batches, Generator):
            self._batches.close()
        self._batches = None
        self._next.clear()

    # ---- of each kind

    def _begin_pass(self, skipped: int) -> Iterator[Any]:
        """The batches of a pass, without the first so many."""
        raise NotImplementedError

    def _unpacked(self, batch: Any) -> Batch:
        return unpack_x_y_sample_weight(batch)


class _Iterator(Stream):
    """A generator or another iterator: one pass, of unknown length."""

    def __init__(self, batches: Iterator[Any]):
        super().__init__()
        self._batches = batches

    def _begin_pass(self, skipped):
        return iter(())

    def restart(self):
        """Does nothing: there is but one pass."""

    def go_to(self, passes, taken):
        while self.taken < taken and self.peek() is not None:
            self.take()

    def close(self):
        """Leaves the iterator to the caller, who may go on with it."""

    def _unpacked(self, batch):
        if isinstance(batch, list) or batch is None:
            raise ValueError(
                "Expected the generator to give x, (x,), (x, y) or (x, y, "
                f"sample_weight). Received: {type(batch).__name__}"
            )
        return super()._unpacked(batch)


class _Loader(Stream):
    """Anything that can be walked through again and again."""

    def __init__(self, source: Any):
        super().__init__()
        self._source = source

    @property
    def num_batches(self):
        try:
            return len(self._source)
        except TypeError:
            return None

    def _begin_pass(self, skipped):
        return itertools.islice(self._source, skipped, None)


class _Dataset(Stream):
    """A `PyDataset`, its batches in the order of a permutation of each pass."""

    def __init__(self, dataset: PyDataset, shuffle: bool):
        super().__init__()
        self._dataset = dataset
        self.seed = random.next_seed() if shuffle else None

    @property
    def num_batches(self):
        count = self._dataset.num_batches
        if count == 0:
            raise ValueError(
                "Expected a PyDataset with at least one batch. Received: "
                f"{type(self._dataset).__name__} of length 0"
            )
        return count

    def begin_epoch(self):
        self._dataset.on_epoch_begin()

    def end_epoch(self):
        self._dataset.on_epoch_end()

    def _begin_pass(self, skipped):
        data = self._dataset
        order = itertools.islice(self._order(), skipped, None)
        if data.workers > 1 or (data.workers > 0 and data.use_multiprocessing):
            return batches_ahead(data, order)
        return (data[index] for index in order)

    def _order(self) -> Iterator[int]:
        count = self.num_batches
        if count is None:
            return itertools.count()
        if self.seed is None:
            return iter(range(count))
        return map(int, random.permutation(self.seed, self.passes, count))

    def _unpacked(self, batch):
        if isinstance(batch, dict) or hasattr(batch, "__array__"):
            return batch, None, None
        if not isinstance(batch, tuple | list):
            raise ValueError(
                "Expected `__getitem__` of a PyDataset to return (x,), (x, y) or (x, "
                f"y, sample_weight). Received: {type(batch).__name__}"
            )
        return unpack_x_y_sample_weight(batch)


def as_stream(x: Any, *, shuffle: bool = False) -> Stream:
    """Wraps what `is_stream` found to be one.

    Args:
        x: The data.
        shuffle: Whether the batches of a `PyDataset` come in an order of each pass.
            Everything else decides itself in which order it gives them.
    """
    if isinstance(x, PyDataset):
        return _Dataset(x, shuffle)
    return _Iterator(x) if hasattr(x, "__next__") else _Loader(x)
