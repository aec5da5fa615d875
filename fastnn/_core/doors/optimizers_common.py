"""Doors of `optimizers_common.pxi`."""

import numpy as np

from fastnn._core.doors.base import SUM_CHUNK, Base, dtype_of, require, unpad


class OptimizersCommonDoors(Base):
    def _vectors(self, **arrays):
        """The dtype of vectors of one length, and padded copies of them."""
        (_, first), *_ = arrays.items()
        dtype = dtype_of(first)
        if first.ndim != 1:
            raise ValueError(f"expected 1 axis. Received shape: {first.shape}")
        for name, array in arrays.items():
            require(name, array, first.shape, dtype)
        return dtype, [self._padded(array) for array in arrays.values()]

    def weight_decay(self, weight, learning_rate, decay):
        """weight -= weight * decay * learning_rate"""
        dtype, (copy,) = self._vectors(weight=weight)
        self._run(
            "weight_decay",
            dtype,
            1,
            (copy, np.array([learning_rate])),
            (copy.size,),
            (decay,),
        )
        unpad(weight, copy)

    def clip_values(self, grad, limit):
        """grad := clip(grad, -limit, limit)"""
        dtype, (copy,) = self._vectors(grad=grad)
        self._run("clip_values", dtype, 1, (copy,), (copy.size,), (limit,))
        unpad(grad, copy)

    def clip_norm(self, grad, limit, whole):
        """grad *= limit / max(norm of grad, limit); whole: NaN if the norm is
        infinite"""
        dtype, (copy,) = self._vectors(grad=grad)
        n = -(-copy.size // SUM_CHUNK)
        partial = np.empty(n)
        self._run("squares", dtype, 1, (partial, copy), (copy.size, 0, 0))
        self._run(
            "clip_norm",
            dtype,
            1,
            (copy, partial),
            (copy.size, 0, 0, n, bool(whole)),
            (limit,),
        )
        unpad(grad, copy)

    def average_update(self, average, weight, keep):
        """average := keep * average + (1 - keep) * weight"""
        dtype, copies = self._vectors(average=average, weight=weight)
        clock = np.array([0, 0, 0, keep], np.float64)
        self._run("average_update", dtype, 1, (*copies, clock), (copies[0].size,))
        unpad(average, copies[0])

    def accumulate(self, total, grad, due, count):
        """due: grad := (grad + total) / count, total := 0; else total += grad"""
        dtype, copies = self._vectors(total=total, grad=grad)
        clock = np.array([0, due, 0, 0], np.float64)
        self._run("accumulate", dtype, 1, (*copies, clock), (copies[0].size,), (count,))
        unpad(total, copies[0])
        unpad(grad, copies[1])

    def unscale(self, grad, factor):
        """grad /= factor; returns whether all were finite"""
        dtype, (copy,) = self._vectors(grad=grad)
        finite = np.ones(1)
        self._run(
            "unscale",
            dtype,
            1,
            (copy, finite, np.array([factor], np.float64)),
            (copy.size,),
        )
        unpad(grad, copy)
        return bool(finite[0])
