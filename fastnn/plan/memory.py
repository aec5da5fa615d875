"""Where each tensor of a plan lies: two that live at one time never share a byte."""

from __future__ import annotations

import dataclasses

from fastnn.plan.sharing import Phases
from fastnn.plan.tensor import Op, Tensor
from fastnn.variable import LINE

__all__ = ["Layout", "lifetimes", "plan_memory"]


@dataclasses.dataclass(frozen=True)
class Layout:
    """Offsets of tensors, in bytes, within an arena of `size` bytes."""

    offsets: dict[Tensor, int]
    size: int


def lifetimes(
    ops: list[Op], phases: Phases | None = None
) -> dict[Tensor, tuple[int, int]]:
    """{tensor: (first, last operation that touches it)}, of those that have memory;
    with `phases` the first and the last phase."""
    spans: dict[Tensor, tuple[int, int]] = {}
    for index, op in zip(
        phases.numbers if phases else range(len(ops)), ops, strict=True
    ):
        for operand in op.operands:
            if isinstance(operand, Tensor):
                first, _ = spans.get(operand.root, (index, index))
                spans[operand.root] = (first, index)
    return spans


def plan_memory(
    ops: list[Op],
    capacity: int,
    kept: tuple[Tensor, ...] = (),
    phases: Phases | None = None,
) -> Layout:
    """Places the tensors of `ops`, the largest first, each at the lowest free offset.

    Args:
        ops: The plan.
        capacity: Rows of the largest batch.
        kept: Tensors that must survive to the end of a step.
        phases: Of these operations, if threads do not meet after each: what is touched
            in one phase lives at one time.
    """
    spans = lifetimes(ops, phases)
    if phases is not None and phases.joined:
        # the next step may have begun with it before this one is at its end
        end = phases.numbers[-1]
        spans = {t: (a, b if a else end) for t, (a, b) in spans.items()}
    for tensor in (t.root for t in kept):
        if tensor in spans:
            spans[tensor] = (spans[tensor][0], len(ops))
    placed: list[tuple[int, int, tuple[int, int]]] = []  # begin, end, span
    offsets: dict[Tensor, int] = {}
    for tensor in sorted(spans, key=lambda t: -t.nbytes(capacity)):
        span = spans[tensor]
        size = -(-max(tensor.nbytes(capacity), 1) // LINE) * LINE
        at = 0
        for begin, end, other in sorted(placed):
            alive_together = span[0] <= other[1] and other[0] <= span[1]
            if alive_together and at < end and begin < at + size:
                at = end
        placed.append((at, at + size, span))
        offsets[tensor] = at
    return Layout(offsets, max((end for _, end, _ in placed), default=0))
