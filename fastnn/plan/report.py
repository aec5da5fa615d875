"""A plan that prints itself."""

from __future__ import annotations

from collections.abc import Sequence

from fastnn.plan.costs import flops, traffic
from fastnn.plan.tensor import Held, Op, Operand, Tensor

__all__ = ["describe"]

_TITLES = ("layer", "operation", "result", "bytes", "flops", "time", "share")


def describe(title: str, ops: Sequence[Op], rows: int, seconds: Sequence[float]) -> str:
    """The plan as a table: operation, shape, memory traffic, arithmetic, time."""
    total = sum(seconds)
    table = [_TITLES]
    for op, time in zip(ops, seconds, strict=True):
        table.append((
            op.layer or "-",
            _name(op),
            _shape(op, rows),
            _quantity(traffic(op, rows), "B"),
            _quantity(flops(op, rows), ""),
            f"{time * 1e6:.2f} us",
            f"{100 * time / total:.0f} %" if total else "-",
        ))  # fmt: skip
    work = sum(flops(op, rows) for op in ops)
    widths = [max(len(row[i]) for row in table) for i in range(len(_TITLES))]
    lines = [title, *(_line(row, widths) for row in table)]
    speed = f", {work / total * 1e-9:.1f} Gflop/s" if total else ""
    lines.append(
        f"one step of {rows} rows: {total * 1e6:.1f} us, "
        f"{_quantity(work, 'flop')}{speed}, on one thread"
    )
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join([*left, *right]).rstrip()


def _name(op: Op) -> str:
    if op.function is None:
        return op.kind
    return f"{op.kind} + {op.function[0]}"


def _shape(op: Op, rows: int) -> str:
    first: Operand = next((o for o in op.operands if o is not None), None)
    if isinstance(first, Tensor):
        return str((rows, *first.shape))
    if isinstance(first, Held):
        return str(first.array.shape)
    return "-" if first is None else str(first.shape)


def _quantity(n: float, unit: str) -> str:
    prefixes = ["", "k", "M", "G"]
    while n >= 1000 and len(prefixes) > 1:
        n /= 1000
        prefixes.pop(0)
    number = f"{n:.0f}" if prefixes[0] == "" else f"{n:.3g}"
    return f"{number} {prefixes[0]}{unit}".rstrip()
