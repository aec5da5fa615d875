"""The evaluation loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastnn.callbacks import CallbackList
from fastnn.caller import warn
from fastnn.training.feeds import Feed
from fastnn.training.steps import logs_of

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["evaluate_feed", "warn_of_end"]


def evaluate_feed(
    model: Model, feed: Feed, callbacks: CallbackList, steps: int | None = None
) -> dict[str, Any]:
    """Loss and metrics over the batches, by name.

    Args:
        model: The model.
        feed: Where the batches come from.
        callbacks: All callbacks.
        steps: The most batches; None for all of a pass.
    """
    model.stop_evaluating = False
    callbacks.on_test_begin()
    model.reset_metrics()
    feed.begin_epoch()
    try:
        done, ready = _steps(model, feed, callbacks, steps or feed.num_batches)
    finally:
        feed.end_epoch()
    if not ready and (steps or not done):
        warn_of_end("evaluation", done, steps)
    logs = _logs(model, feed)
    callbacks.on_test_end(logs)
    return logs


def _steps(
    model: Model, feed: Feed, callbacks: CallbackList, limit: int | None
) -> tuple[int, bool]:
    """Steps done, and whether there were as many as wanted."""
    watched = callbacks.watches_batches("test")
    done, ready = 0, feed.ready() or feed.ready()
    while ready:
        most = None if limit is None else limit - done
        if watched:
            callbacks.on_test_batch_begin(done)
            at_once = model.steps_per_execution
            most = at_once if most is None else min(most, at_once)
        done += feed.run(most, exactly=watched)
        if watched:
            callbacks.on_test_batch_end(done - 1, _logs(model, feed))
        shown = _logs(model, feed) if callbacks.shows_progress else None
        callbacks.on_chunk_end(done, shown)
        if done == limit or model.stop_evaluating:
            return done, True
        ready = feed.ready()
    return done, False


def _logs(model: Model, feed: Feed) -> dict[str, Any]:
    logs, own = logs_of(model), feed.logs
    return logs if own is None or set(own) == set(logs) else dict(own)


def warn_of_end(what: str, done: int, wanted: int | None) -> None:
    """Says that there were fewer batches than asked for."""
    more = "another" if wanted is None else str(wanted)
    warn(
        f"The data ran out of batches: expected {more} for {what}. Received: {done}. "
        "What gives batches has to give steps * epochs of them"
    )
