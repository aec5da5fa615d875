"""Orthogonal matrices."""

from __future__ import annotations

import math

import numpy as np

from fastnn.initializers.initializer import RandomInitializer
from fastnn.random import Seed

__all__ = ["Orthogonal"]


class Orthogonal(RandomInitializer):
    """Draws a matrix whose columns, or rows if these are fewer, are orthogonal and of
    norm `gain`; all such matrices are equally likely.

    Weights of more than two axes are that matrix, (all axes but the last, last axis),
    in another shape. The matrix is Q of the QR decomposition of normal values, its
    columns turned so that the diagonal of R is positive.

    Saxe et al., 2014, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks"; Mezzadri, 2007, "How to generate random matrices from the
    classical compact groups".

    Args:
        gain: Factor of the matrix.
        seed: An integer, a `SeedGenerator` or None.
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None):
        super().__init__(seed)
        self.gain = gain

    def draw(self, generator, shape, dtype):
        if len(shape) < 2:
            raise ValueError(
                f"Expected a shape of at least two axes. Received: {shape=}"
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        size = max(rows, columns), min(rows, columns)
        q, r = np.linalg.qr(generator.standard_normal(size))
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)
        q = q.T if rows < columns else q
        return (self.gain * q).reshape(shape).astype(dtype)
