"""Batches made ahead of time by threads or processes, handed out in order."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from fastnn.utils.py_dataset import PyDataset

__all__ = ["batches_ahead"]

_shared: PyDataset | None = None  # in a worker process: its copy of the data set


def batches_ahead(dataset: PyDataset, indices: Iterable[int]) -> Iterator[Any]:
    """The batches of these numbers, made by the data set's workers.

    At most `max_queue_size` are under way or ready. An exception in a worker is raised
    here, at the place of its batch. The workers end with the iterator.
    """
    pool = _pool(dataset)
    waiting: collections.deque[Any] = collections.deque()
    numbers = iter(indices)
    try:
        while True:
            for index in numbers:
                waiting.append(_submit(pool, dataset, index))
                if len(waiting) >= dataset.max_queue_size:
                    break
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        # a pool that is let go of while Python ends may complain: wait if it is idle
        pool.shutdown(wait=not waiting, cancel_futures=True)


def _pool(dataset: PyDataset) -> Executor:
    import concurrent.futures  # only now: it takes 10 ms, and few data sets need it

    if dataset.use_multiprocessing:
        return concurrent.futures.ProcessPoolExecutor(
            dataset.workers, initializer=_share, initargs=(dataset,)
        )
    return concurrent.futures.ThreadPoolExecutor(dataset.workers, "fastnn-batches")


def _submit(pool: Executor, dataset: PyDataset, index: int) -> Any:
    if dataset.use_multiprocessing:
        return pool.submit(_make, index)
    return pool.submit(dataset.__getitem__, index)


def _share(dataset: PyDataset) -> None:
    global _shared
    _shared = dataset


def _make(index: int) -> Any:
    assert _shared is not None  # by _share, before any call
    return _shared[index]
