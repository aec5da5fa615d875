"""What a plan is made of: tensors and operations, as plain data."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from fastnn.variable import Variable, padded_width

__all__ = ["VIEWS", "Held", "Op", "Operand", "Tensor", "size_of", "with_size"]

VIEWS = ("activity", "view")
"""Operations without code: their results are their inputs, seen in another way."""


@dataclasses.dataclass(eq=False)
class Tensor:
    """A value that lives for a part of a step, in memory that the plan gives it.

    Attributes:
        name: For reports.
        shape: Of one sample, without the batch axis.
        dtype: Name of the element type.
        padded: Whether rows along the last axis are padded to whole cache lines.
        per_sample: False for scratch memory, whose size does not depend on the batch.
        base: The tensor in whose memory it lies; None if it has memory of its own.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    padded: bool = True
    per_sample: bool = True
    base: Tensor | None = None

    @property
    def root(self) -> Tensor:
        """The tensor that has the memory."""
        return self if self.base is None else self.base.root

    @property
    def height(self) -> int:
        """Rows of the stored matrix for each sample."""
        return math.prod(self.shape[:-1])

    @property
    def width(self) -> int:
        """Elements of a row."""
        return self.shape[-1] if self.shape else 1

    @property
    def row(self) -> int:
        """Elements from the start of a row to the start of the next."""
        itemsize = np.dtype(self.dtype).itemsize
        return padded_width(self.width, itemsize) if self.padded else self.width

    def nbytes(self, capacity: int) -> int:
        """Bytes that it takes for batches of up to `capacity` rows."""
        samples = capacity if self.per_sample else 1
        return samples * self.height * self.row * np.dtype(self.dtype).itemsize

    def can_be_viewed_as(self, shape: tuple[int, ...]) -> bool:
        """Whether a tensor of another shape has its elements in the same places."""
        if not self.padded:
            return True
        other = Tensor(self.name, shape, self.dtype)
        gapless = self.row == self.width and other.row == other.width
        return gapless or (self.height, self.width) == (other.height, other.width)

    def view(self, memory: np.ndarray, capacity: int) -> np.ndarray:
        """The tensor as an array, (capacity, *shape), over its bytes."""
        samples = capacity if self.per_sample else 1
        rows = memory[: self.nbytes(capacity)].view(self.dtype)
        rows = rows.reshape(samples, *self.shape[:-1], self.row)
        return rows[..., : self.width].reshape(samples, *self.shape)


@dataclasses.dataclass(eq=False)
class Held:
    """Memory that outlives the plan: a gradient, a slot, a sum, settings."""

    name: str
    array: np.ndarray


Operand = Tensor | Held | Variable | None


@dataclasses.dataclass(eq=False)
class Op:
    """One operation of a plan.

    Attributes:
        kind: Its name in the table of kernels; "python" for one that calls `call`.
        outputs, inputs: Operands, in the order of the kernel. It writes to outputs
            only, and to scratch memory.
        sizes, scalars, key: Settings of the kernel.
        function: Element-wise kernel that runs inside it, and its direction.
        layer: The layer that it belongs to, for reports.
        call: What a "python" operation calls, with one array per operand.
        backward: The layer, or the derivative, that differentiates it.
        guard: A number in float64 that turns the operation off while it is 0.
    """

    kind: str
    outputs: tuple[Operand, ...]
    inputs: tuple[Operand, ...]
    sizes: tuple[int, ...] = ()
    scalars: tuple[float, ...] = ()
    function: tuple[str, str] | None = None
    key: int = 0
    layer: str = ""
    call: Callable[..., Any] | None = None
    backward: Any = None
    guard: Held | None = None

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (*self.outputs, *self.inputs)


def size_of(op: Op, position: int) -> int:
    """A size of an operation; those that are not given are 0."""
    return op.sizes[position] if position < len(op.sizes) else 0


def with_size(op: Op, position: int, value: int) -> tuple[int, ...]:
    """The sizes of an operation, with another one at a position."""
    sizes = [*op.sizes, *(0,) * (position + 1 - len(op.sizes))]
    sizes[position] = value
    return tuple(sizes)
