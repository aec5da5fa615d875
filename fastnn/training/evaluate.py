"""The evaluation loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastnn.callbacks import CallbackList
from fastnn.data import Arrays
from fastnn.training.inputs import target_shape
from fastnn.training.steps import StepRunner, logs_of

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["evaluate_arrays", "test_on_batch"]


def evaluate_arrays(
    model: Model,
    arrays: Arrays,
    batch_size: int,
    callbacks: CallbackList,
    *,
    steps: int | None = None,
) -> dict[str, float]:
    """Loss and metrics over the rows, by name."""
    model.reset_metrics()
    runner = _runner(model, arrays, min(batch_size, arrays.rows))
    watched = callbacks.watches_batches("test")
    callbacks.on_test_begin()
    done, wanted = 0, min(steps or runner.steps, runner.steps)
    try:
        while done < wanted:
            if watched:
                callbacks.on_test_batch_begin(done)
            done += runner.run(done, wanted - done, every_step=watched)
            if watched:
                callbacks.on_test_batch_end(done - 1, logs_of(model))
    finally:
        runner.close()
    logs = logs_of(model)
    callbacks.on_test_end(logs)
    return logs


def test_on_batch(model: Model, arrays: Arrays) -> None:
    """Adds one batch to the loss and the metrics."""
    runner = _runner(model, arrays, arrays.rows)
    try:
        runner.run(0, 1)
    finally:
        runner.close()


def _runner(model: Model, arrays: Arrays, batch_size: int) -> StepRunner:
    plan = model.plans.step(
        model,
        batch_size,
        training=False,
        weighted=arrays.weight is not None,
        target_shape=target_shape(model, arrays),
    )
    return StepRunner(plan, arrays, batch_size)
