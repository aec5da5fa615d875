"""From operations to a program: memory, addresses, machine code."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from fastnn._core import engine, kernels, operations
from fastnn.plan.memory import Layout, plan_memory
from fastnn.plan.sharing import for_threads, one_by_one, phases
from fastnn.plan.tensor import VIEWS, Held, Op, Operand, Tensor
from fastnn.variable import Variable, padded_zeros

__all__ = ["Bound", "Memory", "bind"]


@dataclasses.dataclass(frozen=True)
class Memory:
    """The memory of a plan's tensors.

    Attributes:
        block: Bytes.
        layout: Where each tensor lies in them.
        capacity: Rows of the largest batch.
    """

    block: np.ndarray
    layout: Layout
    capacity: int

    def view(self, tensor: Tensor) -> np.ndarray:
        """A tensor as an array, (capacity, *shape)."""
        offset = self.layout.offsets[tensor.root]
        return tensor.view(self.block[offset:], self.capacity)

    def address(self, operand: Operand) -> int:
        """Where an operand begins; 0 for None."""
        if operand is None:
            return 0
        if isinstance(operand, Tensor):
            return self.block.ctypes.data + self.layout.offsets[operand.root]
        return _array(operand).ctypes.data


@dataclasses.dataclass(frozen=True)
class Bound:
    """A plan in memory: its operations, numbered as in the program that runs them;
    those without code are left out."""

    ops: list[Op]
    program: engine.Program
    memory: Memory


def bind(
    ops: list[Op],
    capacity: int,
    dtype: str,
    kept: tuple[Tensor, ...] = (),
    threads: int = 1,
) -> Bound:
    """Gives a plan memory and makes it a program.

    Args:
        ops: The plan.
        capacity: Rows of the largest batch.
        dtype: "float32" or "float64".
        kept: Tensors that must survive to the end of a step.
        threads: The threads that the division of work is made for; any number may run
            the program.
    """
    ops = [op for op in ops if op.kind not in VIEWS]
    shared = one_by_one(ops)
    if threads > 1:
        shared = phases(for_threads(ops, capacity, threads), capacity, threads)
    ops = shared.ops
    layout = plan_memory(ops, capacity, kept, shared)
    block = padded_zeros((1, max(layout.size, 1)), np.uint8)[0]
    memory = Memory(block, layout, capacity)
    run = operations(dtype)
    specs = [
        (*_spec(op, memory, dtype, run), meets, pieces)
        for op, meets, pieces in zip(ops, shared.meets, shared.pieces, strict=True)
    ]
    outside = [
        operand
        for op in ops
        for operand in (*op.operands, op.guard)
        if isinstance(operand, Held | Variable)
    ]
    keep = (block, [_array(operand) for operand in outside])
    return Bound(ops, engine.Program(specs, capacity, keep), memory)


def _spec(op: Op, memory: Memory, dtype: str, run: dict[str, int]) -> tuple:
    if op.call is not None:
        call = _with_views(op, op.call, memory)
        guard = memory.address(op.guard)
        return engine.python_operation(), call, (), (), 0, 0, guard
    function = 0
    if op.function is not None:
        name, direction = op.function
        function = kernels.functions(dtype)[name][direction == "backward"]
    addresses = [memory.address(operand) for operand in op.operands]
    guard = memory.address(op.guard)
    return run[op.kind], addresses, op.sizes, op.scalars, function, op.key, guard


def _array(operand: Held | Variable) -> np.ndarray:
    """The array that an operand outside the plan's memory lies in."""
    return operand.array if isinstance(operand, Held) else operand.value


def _with_views(
    op: Op, function: Callable[..., None], memory: Memory
) -> Callable[[int, int], None]:
    """A "python" operation's function, given its operands as arrays: those of the plan
    cut to the rows of the batch, those outside it whole."""
    getters = [_getter(operand, memory) for operand in op.operands]

    def call(rows: int, iteration: int) -> None:
        function(*[get(rows) for get in getters])

    return call


def _getter(operand: Operand, memory: Memory) -> Callable[[int], np.ndarray | None]:
    if operand is None:
        return lambda rows: None
    if isinstance(operand, Tensor):
        view = memory.view(operand)
        return lambda rows: view[:rows]
    array = _array(operand)
    return lambda rows: array
