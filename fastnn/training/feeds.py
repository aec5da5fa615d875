"""Where the steps of a loop get their rows from: arrays at hand, or a stream of
batches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn import random
from fastnn.data import Arrays, Stream, row_order
from fastnn.training.inputs import labelled, target_shape, weight_shape
from fastnn.training.plans import StepPlan
from fastnn.training.steps import StepRunner

if TYPE_CHECKING:
    from fastnn.models.model import Model

__all__ = ["ArrayFeed", "BatchFeed", "Feed", "Halted", "compiled_step"]


@dataclasses.dataclass(frozen=True)
class Halted:
    """A training step whose loss is not finite.

    Attributes:
        plan: What ran it.
        arrays: The data.
        rows: Numbers of the batch's rows.
        step: Number of the step within the pass.
    """

    plan: StepPlan
    arrays: Arrays
    rows: np.ndarray
    step: int


# Whether to go on, with the update of that step.
OnHalt = Callable[[Halted], bool]


class Feed:
    """Runs steps, pass after pass over the data.

    Attributes:
        logs: What the last step returned, if it was Python that made it.
        passes: Number of passes that ended.
        position: Steps of the pass under way that are done.
        seed: Of the order of the rows or batches; None if there is but one.
    """

    logs: dict[str, Any] | None = None
    passes: int
    position: int
    seed: int | None

    @property
    def num_batches(self) -> int | None:
        """Steps of a pass, None if that is not known."""
        raise NotImplementedError

    def begin_epoch(self) -> None:
        """Called before an epoch."""

    def end_epoch(self) -> None:
        """Called after an epoch."""

    def ready(self) -> bool:
        """Whether the pass has another step; its end is told once."""
        raise NotImplementedError

    def run(self, steps: int | None, *, exactly: bool = False) -> int:
        """Runs the next steps, once `ready` was asked.

        Args:
            steps: The most steps; None for as many as suits.
            exactly: Whether to run so many, or as many as there are.

        Returns:
            How many were done.
        """
        raise NotImplementedError

    def restart(self) -> None:
        """Makes the next step the first of a pass, if the data can begin again."""

    def go_to(self, passes: int, position: int, seed: int | None) -> None:
        """Goes on where another run of the same program stopped."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of the data."""


class ArrayFeed(Feed):
    """Arrays, in chunks of many steps without Python in between.

    Args:
        model: The model.
        arrays: The rows.
        batch_size: Rows of a step, at most those there are.
        training: Whether weights change.
        shuffle: True for an order of the rows in each pass, "batch" for one within
            each batch.
        on_halt: Asked when the loss of a training step is not finite.
    """

    def __init__(
        self,
        model: Model,
        arrays: Arrays,
        batch_size: int,
        *,
        training: bool,
        shuffle: bool | str = False,
        on_halt: OnHalt | None = None,
    ):
        self.passes = self.position = 0
        self.seed = random.next_seed() if shuffle else None
        self._shuffle = shuffle
        self._model = model
        self._arrays = arrays
        self._checked_at = model.plans.changes
        self._batch_size = batch_size
        self._training = training
        self._halt = on_halt
        self._order: np.ndarray | None = None
        self._order_of = -1
        self._runner: StepRunner | None = None

    @property
    def num_batches(self) -> int:
        return -(-self._arrays.rows // self._batch_size)

    def begin_epoch(self):
        model = self._model
        if self._checked_at != model.plans.changes:
            # a callback changed the model: kernels rely on what was checked for it
            given = self._arrays
            self._arrays = labelled(model, given.x, given.y, given.weight)
            self._checked_at = model.plans.changes
        arrays = self._arrays
        plan = model.plans.step(
            model,
            self._batch_size,
            training=self._training,
            weight_shape=weight_shape(arrays),
            target_shape=target_shape(model, arrays),
        )
        on_halt = self._on_halt if self._halt else None
        self._runner = StepRunner(plan, arrays, self._batch_size, on_halt)

    def end_epoch(self):
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def close(self):
        self.end_epoch()
        self._halt = None  # it may hold who holds this

    def ready(self):
        if self.position < self.num_batches:
            return True
        self.position, self.passes = 0, self.passes + 1
        return False

    def restart(self):
        self.position = 0

    def go_to(self, passes, position, seed):
        self.passes, self.position, self.seed = passes, position, seed

    def run(self, steps, *, exactly=False):
        left = self.num_batches - self.position
        wanted = left if steps is None else min(steps, left)
        done = self._chunk(wanted)
        while exactly and 0 < done < wanted:
            more = self._chunk(wanted - done)
            if not more:
                break
            done += more
        return done

    def _chunk(self, wanted: int) -> int:
        assert self._runner is not None  # by begin_epoch
        iteration = 0
        if self._training:
            iteration = self._model.compilation.optimizer.steps_taken
        ran = self._runner.run(
            self.position, wanted, order=self._rows(), iteration=iteration
        )
        self.position += ran
        return ran

    def _rows(self) -> np.ndarray | None:
        """The order of the rows in this pass."""
        if self.seed is not None and self._order_of != self.passes:
            self._order = row_order(
                self._shuffle, self.seed, self.passes, self._arrays.rows,
                self._batch_size,
            )  # fmt: skip
            self._order_of = self.passes
        return self._order

    def _on_halt(self, step: int, operation: int) -> bool:
        batch = self._batch_size
        rows = np.arange(step * batch, min((step + 1) * batch, self._arrays.rows))
        rows = rows if self._order is None else self._order[rows]
        assert self._halt is not None and self._runner is not None
        return self._halt(Halted(self._runner.plan, self._arrays, rows, step))


class BatchFeed(Feed):
    """A stream of batches, each made ready and run on its own.

    Args:
        stream: The batches.
        step: Runs one, (x, y, sample_weight), and returns its logs or None.
    """

    def __init__(self, stream: Stream, step: Callable[[Any], dict[str, Any] | None]):
        self._stream = stream
        self._step = step
        self._ended = False  # the pass, while `run` went on; `ready` is to tell it

    @property
    def num_batches(self):
        return self._stream.num_batches

    @property
    def passes(self):  # type: ignore[override]
        return self._stream.passes

    @property
    def position(self):  # type: ignore[override]
        return self._stream.taken

    @property
    def seed(self):  # type: ignore[override]
        return self._stream.seed

    def begin_epoch(self):
        self._stream.begin_epoch()

    def end_epoch(self):
        self._stream.end_epoch()

    def ready(self):
        if self._ended:
            self._ended = False
            return False
        return self._stream.peek() is not None

    def run(self, steps, *, exactly=False):
        wanted = steps if exactly and steps else 1
        for done in range(wanted):
            if done and self._stream.peek() is None:
                self._ended = True
                return done
            self.logs = self._step(self._stream.take())
        return wanted

    def restart(self):
        self._stream.restart()

    def go_to(self, passes, position, seed):
        self._stream.seed = seed
        self._stream.go_to(passes, position)

    def close(self):
        self._stream.close()
        self._step = _closed  # the other one may hold who holds this


def _closed(batch: Any) -> None:
    raise RuntimeError("Expected an open feed. Received: one that was closed")


def compiled_step(
    model: Model,
    batch: tuple[Any, Any, Any],
    class_weight: Any = None,
    *,
    training: bool,
    on_halt: OnHalt | None = None,
) -> None:
    """One step of the compiled plan on one batch."""
    arrays = labelled(model, *batch, class_weight)
    feed = ArrayFeed(
        model, arrays, arrays.rows, training=training, on_halt=on_halt or _go_on
    )
    feed.begin_epoch()
    try:
        feed.run(1)
    finally:
        feed.close()


def _go_on(halted: Halted) -> bool:
    return True
