"""Division of a matrix by its largest singular value, in the steps of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder
    from fastnn.plan.rules.rule import Gradients
    from fastnn.variable import Variable

__all__ = ["SpectralDivision"]

_SHORTEST = 1e-7


class SpectralDivision:
    """Divides a kernel for the length of a step.

    The gradient of the divisor goes through the kernel, not through the vectors u, v.
    A kernel that is trained is put back before its update.

    Args:
        kernel: Matrix, or more axes, of which the last is that of the columns.
        vector_u: (1, columns), the estimate of the singular vector.
        iterations: Of the power method, in each step.
    """

    def __init__(self, kernel: Variable, vector_u: Variable, iterations: int):
        self._kernel = kernel
        self._vector_u = vector_u
        self._iterations = iterations

    def record(self, builder: Builder) -> None:
        """Records the division, and what the backward pass does about it."""
        operands = (self._kernel, self._vector_u)
        builder.emit("python", operands, (), call=self._divide)
        builder.after_backward.append(lambda of: self._record_return(builder, of))

    def _record_return(self, builder: Builder, gradient_of: Gradients) -> None:
        gradient = gradient_of(self._kernel)
        if gradient is not None:
            builder.emit("python", (gradient, self._kernel), (), call=self._put_back)

    def _divide(self, kernel: np.ndarray, vector_u: np.ndarray) -> None:
        self._whole = kernel.copy()
        self._sigma: Any = None
        matrix = self._whole.reshape(-1, kernel.shape[-1])
        if not matrix.any():
            return
        u = vector_u.copy()
        for _ in range(self._iterations):
            v = _unit(u @ matrix.T)
            u = _unit(v @ matrix)
        self._outer = (v.T @ u).reshape(kernel.shape)
        self._sigma = (v @ matrix @ u.T).item()
        vector_u[...] = u
        kernel /= self._sigma

    def _put_back(self, gradient: np.ndarray, kernel: np.ndarray) -> None:
        if self._sigma is not None:
            gradient -= (gradient * kernel).sum() * self._outer
            gradient /= self._sigma
        kernel[...] = self._whole


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.maximum(np.sqrt((vector * vector).sum()), _SHORTEST)
