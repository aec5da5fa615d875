"""What `fit`, `evaluate` and `predict` are given -> where their steps come from."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fastnn.data import ArrayBatches, Arrays, Batch, Stream, as_stream, is_stream, split
from fastnn.training.feeds import ArrayFeed, BatchFeed, Feed, OnHalt, compiled_step
from fastnn.training.inputs import (
    checked_batch_size,
    class_weighted,
    labelled,
    unchecked,
)
from fastnn.training.python_steps import in_python, python_step
from fastnn.utils import PyDataset, unpack_x_y_sample_weight

if TYPE_CHECKING:
    from fastnn.models.model import Model
    from fastnn.training.settings import Settings

__all__ = ["checked_stream", "test_feed", "training_feeds"]


def training_feeds(
    model: Model,
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: Any,
    validation_split: Any,
    validation_data: Any,
    settings: Settings,
    on_halt: OnHalt,
) -> tuple[Feed, Feed | None]:
    """The training and the validation of a call of `fit`.

    Raises:
        TypeError, ValueError: If something does not fit.
    """
    if is_stream(x):
        if validation_data is None and validation_split:
            raise ValueError(
                "Expected arrays to split off a part for validation. Received: "
                f"validation_split={validation_split} and x={x!r}"
            )
        feed = _training_stream(
            model, x, y, sample_weight, class_weight, settings, on_halt
        )
        with _closed_on_failure(feed):
            return feed, _validation(model, validation_data, settings)
    arrays = _arrays(model, x, y, sample_weight, "train")
    validation = _validation(model, validation_data, settings)
    if validation_data is None and (validation_split or validation_split is False):
        arrays, held_out = split(arrays, validation_split)
        validation = _validation_arrays(model, held_out, settings)
    arrays = class_weighted(model, arrays, class_weight)
    return _training_arrays(model, arrays, settings, on_halt), validation


def test_feed(
    model: Model,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: Any,
    steps: int | None,
) -> Feed:
    """The steps of a call of `evaluate`."""
    if is_stream(x):
        return _test_stream(model, x, y, sample_weight, batch_size)
    arrays = _arrays(model, x, y, sample_weight, "test")
    return _test_arrays(model, arrays, batch_size, steps)


def checked_stream(
    x: Any, y: Any = None, sample_weight: Any = None, batch_size: Any = None,
    *, shuffle: Any = False,
) -> tuple[Stream, Batch]:  # fmt: skip
    """A stream and its first batch, once it is seen that nothing stands beside it that
    belongs within.

    Raises:
        ValueError: If targets, weights or a batch size were given, or there is no
            batch.
    """
    beside = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
    for name, value in beside.items():
        if value is not None:
            raise ValueError(
                f"Expected no `{name}` beside x={x!r}, whose batches have all that "
                f"belongs to them. Received: {name} of type {type(value).__name__}"
            )
    stream = as_stream(x, shuffle=bool(shuffle))
    with _closed_on_failure(stream):
        first = stream.peek()
        if first is None:
            raise ValueError(
                f"Expected at least one batch. Received: none from x={x!r}"
            )
        return stream, first


@contextlib.contextmanager
def _closed_on_failure(data: Stream | Feed) -> Iterator[None]:
    """Ends the workers at once: who looks at the exception keeps the data alive."""
    try:
        yield
    except BaseException:
        data.close()
        raise


def _training_stream(
    model, x, y, sample_weight, class_weight, settings, on_halt
) -> Feed:
    if class_weight is not None and not isinstance(x, PyDataset):
        raise ValueError(
            "Expected arrays or a PyDataset beside `class_weight`; give each batch a "
            f"`sample_weight`. Received: x={x!r}"
        )
    stream, first = checked_stream(
        x, y, sample_weight, settings.batch_size, shuffle=settings.shuffle
    )
    if in_python(model, "train"):
        step = functools.partial(python_step, model, "train", class_weight)
        with _closed_on_failure(stream):
            unchecked(model, *first)  # builds the model
        return BatchFeed(stream, step)
    with _closed_on_failure(stream):
        labelled(model, *first, class_weight)

    def run(batch: Any) -> None:
        compiled_step(model, batch, class_weight, training=True, on_halt=on_halt)

    return BatchFeed(stream, run)


def _training_arrays(model, arrays: Arrays, settings, on_halt) -> Feed:
    batch_size = checked_batch_size(
        settings.batch_size, arrays.rows, settings.steps_per_epoch
    )
    if in_python(model, "train"):
        batches = ArrayBatches(arrays, batch_size, settings.shuffle, model.dtype)
        return BatchFeed(batches, functools.partial(python_step, model, "train", None))
    return ArrayFeed(
        model, arrays, batch_size, training=True, shuffle=settings.shuffle,
        on_halt=on_halt,
    )  # fmt: skip


def _validation(model, data, settings) -> Feed | None:
    if data is None:
        return None
    if is_stream(data):
        return _test_stream(model, data, None, None, settings.validation_batch_size)
    if not isinstance(data, tuple | list) or not 1 <= len(data) <= 3:
        raise ValueError(
            "Expected `validation_data` to be (x, y), (x, y, sample_weight) or a data "
            f"set that gives batches. Received: {type(data).__name__}"
        )
    x, y, weight = unpack_x_y_sample_weight(data)
    if is_stream(x):
        return _test_stream(model, x, y, weight, settings.validation_batch_size)
    arrays = _arrays(model, x, y, weight, "test", name="validation y")
    return _validation_arrays(model, arrays, settings)


def _validation_arrays(model, arrays: Arrays, settings) -> Feed:
    size = settings.validation_batch_size or settings.batch_size
    return _test_arrays(model, arrays, size, settings.validation_steps)


def _test_stream(model, x, y, sample_weight, batch_size) -> Feed:
    stream, first = checked_stream(x, y, sample_weight, batch_size)
    if in_python(model, "test"):
        with _closed_on_failure(stream):
            unchecked(model, *first)
        return BatchFeed(stream, functools.partial(python_step, model, "test", None))
    with _closed_on_failure(stream):
        labelled(model, *first)
    return BatchFeed(stream, functools.partial(compiled_step, model, training=False))


def _test_arrays(model, arrays: Arrays, batch_size, steps) -> Feed:
    size = checked_batch_size(batch_size, arrays.rows, steps)
    if in_python(model, "test"):
        batches = ArrayBatches(arrays, size, False, model.dtype)
        return BatchFeed(batches, functools.partial(python_step, model, "test", None))
    if in_python(model, "train"):  # they may be a part of arrays that nobody checked
        arrays = labelled(model, arrays.x, arrays.y, arrays.weight)
    return ArrayFeed(model, arrays, size, training=False)


def _arrays(model, x, y, sample_weight, mode, name="y") -> Arrays:
    if in_python(model, mode):
        return unchecked(model, x, y, sample_weight)
    return labelled(model, x, y, sample_weight, name=name)
