"""The plans of a model: built at first use, kept, rebuilt when something changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn._core import engine
from fastnn.plan.arena import adopt
from fastnn.plan.binding import Bound, bind
from fastnn.plan.costs import flops
from fastnn.plan.lowering import Steps, lower_prediction, lower_step
from fastnn.plan.tensor import Op
from fastnn.plan.update import Update
from fastnn.plan.watching import watch
from fastnn.threads import get_num_threads
from fastnn.training.pace import Pace
from fastnn.training.whole_batch import WholeBatch, couples_rows
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.models.model import Model
    from fastnn.training.gradients import GradientPlan

__all__ = ["Plans", "StepPlan", "check_output", "choose_threads", "make_predictor"]

# Below this much arithmetic a further thread costs more than it saves: 20 Mflop take
# about 0.2 ms on one core, a meeting of two threads up to 0.3 us, and what one has
# written takes as long to reach the other.
_WORTH_A_THREAD = 2e7

# From here on a second thread may pay, which training finds out: a step has three
# meetings or a few more. (Measured: 0.6 Mflop take 0.8 to 1.0 of one thread's time, 2
# Mflop 0.65 to 0.85.)
_WORTH_A_TRIAL = 1e6

# Rows of a prediction that go through the network together, whole register tiles on
# every instruction set: few enough for the cache, but enough to use the weights of a
# large network, which come from memory, many times.
_BLOCK_ROWS = 120
_BLOCK_ROWS_OF_LARGE = 192
_LARGE = 1e6  # floating-point operations on a row


def choose_threads(work: float) -> int:
    """Returns how many threads pay for so many floating-point operations."""
    return max(1, min(get_num_threads(), int(work / _WORTH_A_THREAD) + 1))


def _work(ops: list[Op], rows: int) -> int:
    return sum(flops(op, rows) for op in ops)


@dataclasses.dataclass
class StepPlan:
    """A step of training or evaluation, in memory.

    Attributes:
        steps: Its operations.
        bound: The same in memory.
        key: What it was built for.
        work: Floating-point operations on a full batch.
        most_threads: What it has scratch memory for.
        holder: Whose data it is bound to; None for nobody's.
        running: Whether it runs now.
    """

    steps: Steps
    bound: Bound
    key: Any
    work: int
    most_threads: int
    holder: Any = None
    running: bool = False
    paces: dict[int, Pace] = dataclasses.field(default_factory=dict)

    @property
    def capacity(self) -> int:
        return self.bound.memory.capacity

    def pace(self, rows: int) -> Pace:
        """Returns what knows the speed of steps on batches of `rows`."""
        if rows not in self.paces:
            self.paces[rows] = Pace(self.threads_for(rows))
        return self.paces[rows]

    def threads_for(self, rows: int) -> int:
        """Returns how many threads may pay for a batch of `rows`."""
        # another thread may have raised the number since this plan was built
        work = self.work * rows / self.capacity
        pay = choose_threads(work)
        if work >= _WORTH_A_TRIAL:
            pay = max(pay, min(2, get_num_threads()))
        return min(pay, self.most_threads)


class Plans:
    """The plans of one model.

    Attributes:
        log: [loss of the last batch, 0, sum of loss * rows, sum of rows] of the steps
            since the last reset.
        ready: What runs predictions straight on what the user passes in, once it is
            built; never where it has to be checked or read first.
        gradients: What runs `compute_gradients`, once it is built.
        changes: How many times the network, or what `compile` was told, has changed.
    """

    def __init__(self) -> None:
        self.log = np.zeros(4)
        self.ready: engine.Predictor | None = None
        self.gradients: GradientPlan | None = None
        self.changes = 0
        self._steps: dict[bool, StepPlan] = {}
        self._of_training: tuple[Any, Any] = (None, None)
        self._of_checked: engine.Predictor | None = None

    def clear(self) -> None:
        """Forgets all plans, after the network itself has changed."""
        self.changes += 1
        self._steps.clear()
        self.ready = self._of_checked = self.gradients = None
        self._of_training = (None, None)

    def step(
        self,
        model: Model,
        rows: int,
        *,
        training: bool,
        weight_shape: tuple[int, ...] | None,
        target_shape: tuple[int, ...],
    ) -> StepPlan:
        """A plan for batches of up to `rows` rows."""
        compilation = model.compilation
        trained = model.trainable_weights if training else []
        optimizer = compilation.optimizer if training else None
        threads = get_num_threads()
        key = (
            compilation,
            weight_shape,
            target_shape,
            threads,
            tuple(map(id, trained)),
            tuple(layer.trainable for layer in model._flatten_layers()),
            optimizer and optimizer.plan_key,
        )
        plan = self._steps.get(training)
        if plan is None or plan.key != key or plan.capacity < rows:
            arenas = adopt(model.weights) if model.weights else []
            update = Update(optimizer, arenas, trained) if optimizer else None
            steps = lower_step(
                [model],
                model.sample_shape,
                model.dtype,
                compilation.goal(weight_shape, target_shape),
                update,
                self.log,
                threads,
                fuse=compilation.jit_compile,
            )
            check_output(model, steps.prediction.shape)
            bound = bind(steps.ops, rows, model.dtype, threads=threads)
            plan = StepPlan(steps, bound, key, _work(bound.ops, rows), threads)
            self._steps[training] = plan
            self._watch(model)
        return plan

    def predictor(
        self, model: Model, *, training: bool = False
    ) -> engine.Predictor | WholeBatch:
        """What runs predictions; `training` leaves dropout and its like active."""
        trainable = [layer.trainable for layer in model._flatten_layers()]
        known: Any = self.ready or self._of_checked
        if training:
            known = self._of_training[1] if self._of_training[0] == trainable else None
        if known is None:
            known = make_predictor(
                [model], model.weights, model.sample_shape, model.dtype, training
            )
            if training:
                self._of_training = (trainable, known)
            elif model.reads or isinstance(known, WholeBatch):
                self._of_checked = known
            else:
                self.ready = known
            self._watch(model)
        return known

    def _watch(self, model: Model) -> None:
        """Makes the models inside `model` clear these plans when they change."""
        for layer in model._flatten_layers()[1:]:
            watch(layer, self)
            if hasattr(layer, "_watchers"):
                layer._watchers.add(self)


def check_output(model: Model, shape: tuple[int, ...]) -> None:
    """Raises ValueError unless the outputs are as targets have to be."""
    if shape != model.prediction_shape:
        raise ValueError(
            f"Expected outputs of shape {model.prediction_shape}, for which the model "
            f"{model.name!r} is built. Received: {shape}; a layer was changed since"
        )


def make_predictor(
    layers: Sequence[Layer],
    weights: list[Variable],
    input_shape: tuple[int, ...],
    dtype: str,
    training: bool,
    *,
    whole: bool = False,
) -> engine.Predictor | WholeBatch:
    """What runs predictions; `whole` keeps the rows of a batch together."""
    if weights:
        adopt(weights)
    ops, shape = lower_prediction(layers, input_shape, dtype, training)

    work = _work(ops, 1)
    block = _BLOCK_ROWS if work < _LARGE else _BLOCK_ROWS_OF_LARGE

    def make() -> engine.Program:
        return bind(ops, block, dtype).program

    predictor = engine.Predictor(
        make, input_shape, shape, dtype, work, _WORTH_A_THREAD, choose_threads
    )
    if not whole and not couples_rows(ops):
        return predictor
    return WholeBatch(
        ops, dtype, lambda rows: choose_threads(work * rows), predictor.result
    )
