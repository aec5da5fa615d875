"""Outputs of layers that look at all rows of a batch at one time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastnn._core import engine
from fastnn.plan.binding import bind
from fastnn.plan.rules.dropout import shares_rows
from fastnn.plan.tensor import Op
from fastnn.variable import Variable

__all__ = ["WholeBatch", "couples_rows"]


def couples_rows(ops: list[Op]) -> bool:
    """Whether what becomes of a row depends on the others, or leaves something behind:
    then they cannot go through the operations in blocks."""
    return any(
        op.kind == "batch_moments"
        or shares_rows(op)
        or any(isinstance(operand, Variable) for operand in op.outputs)
        for op in ops
    )


class WholeBatch:
    """Runs operations on all rows at one time.

    Args:
        ops: The operations.
        dtype: "float32" or "float64".
        threads_for: Maps a number of rows to a number of threads.
        result: Returns memory for the outputs of `x`: `out`, once it is checked, or a
            new array.

    Attributes:
        chunk: The most rows of a batch.
    """

    chunk = 1 << 31

    def __init__(
        self,
        ops: list[Op],
        dtype: str,
        threads_for: Callable[[int], int],
        result: Callable[[np.ndarray, Any], np.ndarray],
    ):
        self._ops = ops
        self._dtype = dtype
        self._threads_for = threads_for
        self.result = result

    def run(self, x: np.ndarray, out: Any = None) -> np.ndarray:
        """The outputs for `x`, in `out` if it is given."""
        result, rows = self.result(x, out), len(x)
        if rows:
            program: engine.Program = bind(self._ops, rows, self._dtype).program
            program.bind(x, result)
            program.run(rows, rows, 0, 1, threads=self._threads_for(rows))
        return result

    def run_one(self, x: np.ndarray, out: Any = None) -> np.ndarray:
        """The outputs for one sample, without the axis of rows."""
        outputs = self.run(x[np.newaxis], None if out is None else out[np.newaxis])
        return outputs[0] if out is None else out
