"""From operations to a program: memory, addresses, machine code."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from fastnn._core import engine, kernels
from fastnn.plan.memory import Layout, plan_memory
from fastnn.plan.tensor import Held, Op, Operand, Tensor
from fastnn.variable import padded_zeros

__all__ = ["Bound", "bind"]


@dataclasses.dataclass
class Bound:
    """A plan in memory.

    Attributes:
        ops: The operations, as the program numbers them.
        program: Runs them.
        capacity: Rows of the largest batch.
        memory: The arena of the tensors, bytes.
        layout: Where each tensor lies in it.
    """

    ops: list[Op]
    program: engine.Program
    capacity: int
    memory: np.ndarray
    layout: Layout

    def view(self, tensor: Tensor) -> np.ndarray:
        """A tensor as an array, (capacity, *shape)."""
        return tensor.view(self.memory[self.layout.offsets[tensor] :], self.capacity)


def bind(
    ops: list[Op], capacity: int, dtype: str, kept: tuple[Tensor, ...] = ()
) -> Bound:
    """Gives a plan memory and makes it a program.

    Args:
        ops: The plan.
        capacity: Rows of the largest batch.
        dtype: "float32" or "float64".
        kept: Tensors that must survive to the end of a step.
    """
    layout = plan_memory(ops, capacity, kept)
    memory = padded_zeros((1, max(layout.size, 1)), np.uint8)[0]
    bound = Bound(ops, None, capacity, memory, layout)
    operations, functions = kernels.operations(dtype), kernels.functions(dtype)
    specs = [_spec(op, bound, operations, functions) for op in ops]
    keep = (memory, [_owner(operand) for op in ops for operand in op.operands])
    bound.program = engine.Program(specs, capacity, keep)
    return bound


def _spec(op: Op, bound: Bound, operations, functions) -> tuple:
    if op.kind == "python":
        call = _with_views(op, bound)
        return engine.python_operation(), call, (), (), 0, 0
    function = 0
    if op.function is not None:
        name, direction = op.function
        function = functions[name][0 if direction == "forward" else 1]
    addresses = [_address(operand, bound) for operand in op.operands]
    return operations[op.kind], addresses, op.sizes, op.scalars, function, op.key


def _address(operand: Operand, bound: Bound) -> int:
    if operand is None:
        return 0
    if isinstance(operand, Tensor):
        return bound.memory.ctypes.data + bound.layout.offsets[operand]
    return _owner(operand).ctypes.data


def _owner(operand: Operand) -> np.ndarray | None:
    """The array that an operand outside the plan's memory lies in."""
    if isinstance(operand, Held):
        return operand.array
    return None if operand is None or isinstance(operand, Tensor) else operand.value


def _with_views(op: Op, bound: Bound) -> Callable[[int, int], None]:
    """The function of a "python" operation, given its operands as arrays."""
    views = [
        bound.view(operand) if isinstance(operand, Tensor) else _owner(operand)
        for operand in op.operands
    ]
    per_sample = [isinstance(o, Tensor) and o.per_sample for o in op.operands]
    function = op.call

    def call(rows: int, iteration: int) -> None:
        function(*[
            view[:rows] if sliced and view is not None else view
            for view, sliced in zip(views, per_sample, strict=True)
        ])  # fmt: skip

    return call
