"""Runs the steps of an epoch in chunks, without coming back to Python in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.data import Arrays
from fastnn.training.plans import StepPlan

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["StepRunner", "logs_of"]


class StepRunner:
    """Runs steps of one plan over one data set.

    Args:
        plan: The plan.
        arrays: The rows.
        batch_size: Rows of a step.
        on_halt: Called with (step, operation) when a loss is not finite; returns
            whether to go on.
    """

    def __init__(
        self,
        plan: StepPlan,
        arrays: Arrays,
        batch_size: int,
        on_halt: Callable[[int, int], bool] | None = None,
    ):
        self.plan = plan
        self._arrays = arrays
        self.rows = arrays.rows
        self.batch_size = batch_size
        self._pace = plan.pace(batch_size)
        self._on_halt = on_halt
        self._bind()

    def _bind(self) -> None:
        if self.plan.running:
            raise RuntimeError(
                "Expected a step to end before other data go through the same model. "
                "Received: a call from within the step, as of a loss or a metric"
            )
        arrays = self._arrays
        self.plan.bound.program.bind(arrays.x, arrays.y, arrays.weight)
        self.plan.holder = self

    def close(self) -> None:
        """Lets go of the data set."""
        if self.plan.holder is self:
            self.plan.bound.program.release()
            self.plan.holder = None

    def run(
        self,
        first: int,
        steps: int,
        *,
        order: np.ndarray | None = None,
        iteration: int = 0,
    ) -> int:
        """Runs the next chunk of at most `steps` steps.

        Args:
            first: Number of the first step within the pass over the data.
            order: The rows' order in this pass, or None for their own.
            iteration: Updates made before the first step.

        Returns:
            The number of steps done; fewer than one only if `on_halt` ended the run.
        """
        if self.plan.holder is not self:  # a callback evaluated other data in between
            self._bind()
        wanted = min(steps, self._pace.steps)
        begun = time.perf_counter()
        self.plan.running = True
        try:
            done = self._until_halt(first, wanted, order, iteration)
        finally:
            self.plan.running = False
        self._pace.record(done, time.perf_counter() - begun)
        return done

    def _until_halt(self, first, wanted, order, iteration) -> int:
        program, done, start = self.plan.bound.program, 0, 0
        while done < wanted:
            more, halted_at = program.run(
                self.rows,
                self.batch_size,
                first + done,
                wanted - done,
                order=order,
                iteration=iteration + done,
                threads=self._pace.threads,
                start_op=start,
            )
            done += more
            start = 0
            if halted_at >= 0:
                if self._on_halt and not self._on_halt(first + done, halted_at):
                    return done
                start = halted_at + 1
                if start == len(self.plan.bound.ops):
                    done, start = done + 1, 0
        return done


def logs_of(model: Model) -> dict[str, Any]:
    """The loss and the metrics since the last reset, by name in alphabetical order."""
    logs: dict[str, Any] = {}
    for metric in model.metrics:
        result: Any = metric.result()
        logs |= result if isinstance(result, dict) else {metric.name: result}
    return dict(sorted(logs.items()))
