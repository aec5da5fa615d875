"""How threads share the operations of a step, and where they have to meet.

Each thread does its part of every operation. Where the parts of two operations are
the same rows, or the same blocks of inputs, a thread goes on without waiting for the
others: what it reads it has written itself, and it is in its own cache. The results are
the same bits either way.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from fastnn.plan.costs import FORWARD_PRODUCTS, INPUT_PRODUCTS, WEIGHT_PRODUCTS, flops
from fastnn.plan.tensor import Held, Op, Operand, Tensor, size_of, with_size
from fastnn.variable import Variable

__all__ = ["Phases", "for_threads", "one_by_one", "phases", "splits_inputs"]

# Weights of a product whose rows threads share, whatever their number, take at most so
# many bytes: each thread reads them all.
_SMALL_WEIGHTS = 256 << 10

# So many if threads share the inputs: each keeps its part in its own cache, with the
# gradient and the optimizer's slots. Measured: 784 inputs, 32 to 256 units, batches of
# 32 and 128, two threads take 0.87 to 0.96 of the time that they take by rows.
_SPLIT_WEIGHTS = 1 << 20

# Operations that touch only this thread's rows of all tensors, but for the operands in
# `_WHOLE`; `sizes` begins with the rows per sample.
_BY_ROWS = frozenset({
    "elementwise_forward", "elementwise_backward", "softmax_forward",
    "softmax_backward", "log_softmax_forward", "log_softmax_backward",
    "sparsemax_forward", "sparsemax_backward", "glu_forward", "glu_backward",
    "dense_join", "dropout_forward", "dropout_backward", "gaussian_noise_forward",
    "gaussian_dropout_forward", "gaussian_dropout_backward",
    "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "cosine",
    "pearson_correlation", "concordance_correlation",
})  # fmt: skip
_ROW_LOSSES = frozenset({
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "kl_divergence",
    "cosine_similarity", "hinge", "squared_hinge", "categorical_hinge",
    "binary_crossentropy", "sigmoid_binary_crossentropy",
    "binary_focal_crossentropy", "sigmoid_binary_focal_crossentropy",
    "categorical_crossentropy", "softmax_categorical_crossentropy",
    "sparse_categorical_crossentropy", "softmax_sparse_categorical_crossentropy",
    "categorical_focal_crossentropy", "softmax_categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
})  # fmt: skip
# Positions of inputs that every thread may read all of.
_WHOLE = {
    "dense_join": (0, 1, 2, 3),
    "dropout_forward": (1,),
    **dict.fromkeys(_ROW_LOSSES, (2, 3, 4)),
}

# Operations that thread 0 does alone.
_ALONE = frozenset({
    "loss_total", "mean_accumulate", "optimizer_clock", "count_step", "schedule",
    "scaled_settings", "set_one", "loss_scale_update", "label_mask",
})  # fmt: skip

# Updates that share the stretches of weights, slots and gradient in grains.
_UPDATES = frozenset({
    "adam_update", "adam_amsgrad_update", "sgd_update", "sgd_momentum_update",
    "sgd_nesterov_update", "rmsprop_update", "adadelta_update", "adagrad_update",
    "adamax_update", "ftrl_update", "lion_update", "nadam_update",
    "schedule_free_update",
})  # fmt: skip

_PRODUCTS = (*FORWARD_PRODUCTS, *WEIGHT_PRODUCTS, *INPUT_PRODUCTS)

# What writes gradients only: a step that ends before the update forgets them.
_GRADIENTS = (
    "dense_backward_weight", "dense_backward_bias", "dense_bf16_backward_weight",
)  # fmt: skip

# A product of so much arithmetic, and an update of so many elements, is done in pieces
# that threads take in turns, so many for each of them: a processor may be slower than
# another for a while. Smaller ones are not worth it.
_LARGE_PRODUCT = 8e6
_LARGE_UPDATE = 1 << 17
_PIECES = 4

Part = tuple
"""What names the same division of memory: (how, how much); () for no division."""

_NO_PART: Part = ()
_THREAD_0: Part = ("thread 0",)

Memory = tuple[object, int, int]
"""(what holds it, its begin and end there in bytes)"""


@dataclasses.dataclass(frozen=True)
class Access:
    """What the threads do to the memory of an operand.

    Attributes:
        memory: Where it lies.
        part: How they divide it.
        writes: Whether they change it.
    """

    memory: Memory
    part: Part
    writes: bool


@dataclasses.dataclass(frozen=True)
class Phases:
    """Operations between meetings.

    Attributes:
        ops: In the order in which each thread does its part of them.
        numbers: For each the phase that it belongs to, from 0.
        joined: Whether the first phase of a step may follow the last of the step before
            without a meeting.
        pieces: For each operation the pieces that threads take in turns; 0 if each
            thread has its part.
    """

    ops: list[Op]
    numbers: list[int]
    joined: bool
    pieces: list[int]

    @property
    def meets(self) -> list[bool]:
        """For each operation, whether all threads meet after it."""
        within = [a != b for a, b in pairwise(self.numbers)]
        return [*within, not self.joined][: len(self.ops)]


def splits_inputs(inputs: int, units: int, itemsize: int) -> bool:
    """Whether threads may share the inputs of a layer, in blocks of the sum over them:
    many, with few units."""
    from fastnn._core import kernels

    few = inputs * units * itemsize <= _SPLIT_WEIGHTS
    return few and kernels.sum_block_count(inputs) > 1


def for_threads(ops: list[Op], capacity: int, threads: int) -> list[Op]:
    """Chooses the parts of the products that leave a choice, for batches of `capacity`
    rows on up to `threads` threads."""
    ops = _with_blocks(ops)
    return [_by_rows(op, capacity, threads) for op in ops]


def _by_rows(op: Op, capacity: int, threads: int) -> Op:
    from fastnn._core import kernels

    if op.kind not in ("dense_forward", "dense_backward_input"):
        return op
    height, inputs, units = op.sizes[:3]
    weight = op.inputs[1]
    assert isinstance(weight, Variable)
    itemsize = weight.value.itemsize
    enough = capacity * height >= 2 * kernels.TILE_ROWS * threads
    if not enough or inputs * units * itemsize > _SMALL_WEIGHTS:
        return op
    return dataclasses.replace(op, sizes=with_size(op, 7, 1))


def _with_blocks(ops: list[Op]) -> list[Op]:
    """rows gathered, then a layer of many inputs and few units -> each thread gathers
    its inputs of all rows, and sums over them."""
    gather = next((op for op in ops if op.kind == "gather"), None)
    if gather is None or gather.sizes[1] != 1:
        return ops
    rows = gather.outputs[0]
    readers = [
        op for op in ops if op is not gather and any(o is rows for o in op.operands)
    ]
    kinds = [op.kind for op in readers]
    if kinds != ["dense_forward", "dense_backward_weight"]:
        return ops
    forward, backward = readers
    _, inputs, units = forward.sizes[:3]
    weight = forward.inputs[1]
    assert isinstance(weight, Variable)
    if not splits_inputs(inputs, units, weight.value.itemsize):
        return ops
    from fastnn._core import kernels

    out = forward.outputs[0]
    assert isinstance(out, Tensor)
    shape = (kernels.sum_block_count(inputs), units)
    partial = Tensor(f"{out.name} in parts", shape, out.dtype)
    instead = {
        gather: [dataclasses.replace(gather, sizes=with_size(gather, 5, 1))],
        forward: [
            dataclasses.replace(
                forward, kind="dense_partial", outputs=(partial,),
                inputs=forward.inputs[:2], function=None, scalars=(),
            ),
            dataclasses.replace(
                forward, kind="dense_join", inputs=(*forward.inputs, partial),
                sizes=with_size(forward, 7, 1),
            ),
        ],
        backward: [dataclasses.replace(backward, sizes=with_size(backward, 8, 1))],
    }  # fmt: skip
    return [new for op in ops for new in instead.get(op, [op])]


# ---- meetings -----------------------------------------------------------------------

# How many operations that have to wait are passed over in search of one that has not.
_WINDOW = 24


def phases(ops: Sequence[Op], rows: int, threads: int) -> Phases:
    """Puts operations on batches of `rows` in an order with few meetings.

    An operation comes before one that stood before it only where neither looks at what
    the other writes.
    """
    pieces = {op: _pieces(op, rows, threads) for op in ops}
    accesses = _Accesses(ops, pieces)
    done: list[Op] = []
    numbers: list[int] = []
    waiting = list(ops)
    number = 0
    first: _Touched | None = None
    while waiting:
        here, passed = _Touched(), _Touched()
        later: list[Op] = []
        for i, op in enumerate(waiting):
            if len(later) > _WINDOW:
                later.extend(waiting[i:])
                break
            own = accesses.of(op)
            if passed.any_conflict(own, ordered=True) or here.any_conflict(own):
                later.append(op)
                passed.add(own)
            else:
                done.append(op)
                numbers.append(number)
                here.add(own)
        if first is None:
            first = here
        waiting = later
        number += 1
    joined = number > 1 and first is not None and not _conflict_in_next(first, here)
    halts = [i for i, op in enumerate(done) if _may_halt(op)]
    joined = joined and not any(numbers[i] == numbers[-1] for i in halts)
    return Phases(done, numbers, joined, [pieces[op] for op in done])


def _conflict_in_next(first: _Touched, last: _Touched) -> bool:
    """Whether the first phase of the next step conflicts with the last one of this. The
    next batch may have fewer rows, so that the same part is not the same rows."""
    return first.any_conflict(
        dataclasses.replace(access, part=_NO_PART)
        if access.part[:1] == ("rows",)
        else access
        for access in last.all
    )


def one_by_one(ops: Sequence[Op]) -> Phases:
    """Operations in their order, all threads meeting after each."""
    return Phases(list(ops), list(range(len(ops))), False, [0] * len(ops))


def _pieces(op: Op, rows: int, threads: int) -> int:
    large = op.kind in _UPDATES and op.sizes[0] >= _LARGE_UPDATE and op.sizes[1] >= 0
    if op.kind in _PRODUCTS and _rows(op) is None:
        blocks = op.kind == "dense_backward_weight" and size_of(op, 8)
        large = flops(op, rows) >= _LARGE_PRODUCT and not blocks
    return _PIECES * threads if large else 0


class _Touched:
    """What operations have touched."""

    def __init__(self) -> None:
        self.all: list[Access] = []
        self._by_holder: dict[object, list[Access]] = {}

    def add(self, accesses: Iterable[Access]) -> None:
        """Takes in what one more operation touches."""
        for access in accesses:
            self.all.append(access)
            self._by_holder.setdefault(access.memory[0], []).append(access)

    def any_conflict(self, others: Iterable[Access], *, ordered: bool = False) -> bool:
        """Whether one of these writes what one of the others touches, or the other way
        round, not counting what each thread does to its own part; with `ordered` that
        counts, too."""
        return any(
            _conflict(own, other, ordered)
            for other in others
            for own in self._by_holder.get(other.memory[0], ())
        )


def _conflict(a: Access, b: Access, ordered: bool) -> bool:
    if not (a.writes or b.writes):
        return False
    _, begin, end = a.memory
    _, other, other_end = b.memory
    if begin >= other_end or other >= end:
        return False
    same = a.part == b.part != _NO_PART
    return ordered or not (same and (a.part == _THREAD_0 or begin == other))


# What an operation that may end the step touches, and what comes after it for good.
_GOING_ON: Memory = ("whether the step goes on", 0, 1)


def _in_place(op: Op) -> bool:
    """Whether doing an operation again, in a step that went on after a halt, would
    change a tensor again."""
    read = {operand.root for operand in op.inputs if isinstance(operand, Tensor)}
    return any(isinstance(o, Tensor) and o.root in read for o in op.outputs)


def _may_halt(op: Op) -> bool:
    return op.call is not None or (op.kind == "loss_total" and bool(op.sizes[1]))


class _Accesses:
    """What each operation touches."""

    def __init__(self, ops: Sequence[Op], pieces: dict[Op, int]):
        held = {id(array): array for op in ops for array in _arrays(op)}
        self._regions = _regions(list(held.values()))
        self._known = {op: self._find(op, bool(pieces[op])) for op in ops}
        everything = list({a.memory for found in self._known.values() for a in found})
        for op in ops:
            if op.call is not None:  # may look at anything
                self._known[op] = [Access(m, _NO_PART, True) for m in everything]

    def of(self, op: Op) -> list[Access]:
        """What an operation touches."""
        return self._known[op]

    def _find(self, op: Op, in_pieces: bool) -> list[Access]:
        parts = _no_part if in_pieces else _parts(op)
        found = []
        for i, operand in enumerate(op.operands):
            writes = i < len(op.outputs)
            if operand is not None:
                part = parts(operand, i)
                found.append(Access(self._memory(operand), part, writes))
        if op.guard is not None:
            found.append(Access(self._memory(op.guard), _NO_PART, False))
        lasting = any(isinstance(o, Held | Variable) for o in op.outputs)
        lasting = (lasting and op.kind not in _GRADIENTS) or _in_place(op)
        part = _THREAD_0 if op.kind in _ALONE else _NO_PART
        if _may_halt(op) or lasting:
            found.append(Access(_GOING_ON, part, _may_halt(op)))
        return found

    def _memory(self, operand: Operand) -> Memory:
        if isinstance(operand, Tensor):
            return operand.root, 0, 1
        array = _array(operand)
        begin, end = _ends(array)
        return self._regions[id(array)], begin, end


def _arrays(op: Op) -> list[np.ndarray]:
    operands = (*op.operands, op.guard)
    return [_array(o) for o in operands if isinstance(o, Held | Variable)]


def _array(operand: Operand) -> np.ndarray:
    assert isinstance(operand, Held | Variable)
    return operand.array if isinstance(operand, Held) else operand.value


def _ends(array: np.ndarray) -> tuple[int, int]:
    """Addresses of the first byte and of the one past the last."""
    begin = array.ctypes.data
    last = sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True))
    return begin, begin + (last + array.itemsize if array.size else 0)


def _regions(arrays: list[np.ndarray]) -> dict[int, int]:
    """A number for each array; those that share memory have the same."""
    numbers: dict[int, int] = {}
    number, reached = 0, 0
    for array in sorted(arrays, key=_ends):
        begin, end = _ends(array)
        number += begin >= reached
        reached = max(reached, end)
        numbers[id(array)] = number
    return numbers


# ---- parts --------------------------------------------------------------------------


def _no_part(operand: Operand, i: int) -> Part:
    return _NO_PART


def _parts(op: Op) -> Callable[[Operand, int], Part]:
    """A function of an operand and its position that says how threads divide it."""
    kind, sizes, n_out = op.kind, op.sizes, len(op.outputs)
    if kind in _ALONE:
        return lambda operand, i: _THREAD_0
    whole = {n_out + i for i in _WHOLE.get(kind, ())}
    rows = _rows(op)
    if rows is not None:
        return lambda operand, i: (
            rows if _per_sample(operand) and i not in whole else _NO_PART
        )
    if kind in ("gather", "dense_partial"):
        k = sizes[2] if kind == "gather" else sizes[1]
        return lambda operand, i: ("blocks", k)
    if kind == "dense_backward_weight":
        return functools.partial(_part_of_gradient, op)
    if kind in _UPDATES:
        size, grain = sizes[:2]
        part = ("blocks", size // -grain) if grain < 0 else ("grains", size, grain)
        return lambda operand, i: part if i <= n_out else _NO_PART
    return _no_part


def _rows(op: Op) -> Part | None:
    """The part of the rows that a thread has; None if threads do not share rows."""
    flagged = op.kind in ("dense_forward", "dense_backward_input") and size_of(op, 7)
    if op.kind in _BY_ROWS or op.kind in _ROW_LOSSES:
        return "rows", op.sizes[0]
    if flagged:
        return "rows", op.sizes[0]
    split = op.kind == "gather" and size_of(op, 5)
    if op.kind in ("gather", "gather_labels") and not split:
        return "rows", 1
    return None


def _per_sample(operand: Operand) -> bool:
    return isinstance(operand, Tensor) and operand.per_sample


def _part_of_gradient(op: Op, operand: Operand, i: int) -> Part:
    from fastnn._core import kernels

    _, inputs, units, row_weight, *_ = op.sizes
    if size_of(op, 8):
        return ("blocks", inputs) if i < 2 else _NO_PART
    if units == 1 or i:  # of a single unit threads share whole lines
        return _NO_PART
    return "grains", inputs * row_weight, kernels.TILE_ROWS * row_weight
