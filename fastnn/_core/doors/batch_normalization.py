"""Doors of `batch_normalization.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    CHUNKS,
    Base,
    dtype_of,
    require,
    require_matrices,
    require_matrix,
    unpad,
)


class BatchNormalizationDoors(Base):
    def _parts_for(self, n, dtype):
        return self._padded(np.zeros((2 * CHUNKS, n), dtype))

    def batch_statistics(self, mean, variance, inp, mask, epsilon):
        """mean, variance := of the rows of inp (whose mask is not 0); (n,), (rows,
        n)"""
        dtype = dtype_of(inp)
        require_matrix("inp", inp)
        rows, n = inp.shape
        require("mean", mean, (n,), dtype)
        require("variance", variance, (n,), dtype)
        if mask is not None:
            require("mask", mask, (rows,), dtype)
        x, masks, parts = (
            self._padded(inp),
            self._padded(mask),
            self._parts_for(n, dtype),
        )
        results = [self._padded(mean), self._padded(variance)]
        sizes = (1, n, x.shape[1])
        self._run("batch_moments", dtype, rows, (parts, x, masks), sizes)
        self._run(
            "batch_statistics", dtype, rows, (*results, parts, masks), sizes, (epsilon,)
        )
        unpad(mean, results[0])
        unpad(variance, results[1])

    def normalization_scale(
        self, inverse, scale, after, variance, gamma, beta, correction, epsilon
    ):
        """inverse, scale, after := what to multiply by and to add; (n,), correction (2,
        n)"""
        dtype = dtype_of(variance)
        arrays = {
            "inverse": inverse,
            "scale": scale,
            "after": after,
            "variance": variance,
        }
        for name, array in {**arrays, "gamma": gamma, "beta": beta}.items():
            if array is not None:
                require(name, array, (variance.size,), dtype)
        if correction is not None:
            require("correction", correction, (2, variance.size), dtype)
        results = [self._padded(array) for array in (inverse, scale, after)]
        self._run(
            "normalization_scale",
            dtype,
            1,
            (*results, *map(self._padded, (variance, gamma, beta, correction))),
            (variance.size, results[0].shape[1]),
            (epsilon,),
        )
        for array, result in zip((inverse, scale, after), results, strict=False):
            unpad(array, result)

    def batch_normalization_backward(
        self,
        dinp,
        dgamma,
        dbeta,
        dout,
        inp,
        mean,
        inverse,
        scale,
        correction,
        mask,
        epsilon,
    ):
        """gradients of (inp - mean) * scale + beta, mean and scale = inverse * gamma *
        r being made of the rows of inp; (rows, n), (n,), correction (2, n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout, inp=inp)
        rows, n = dinp.shape
        vectors = {
            "dgamma": dgamma,
            "dbeta": dbeta,
            "mean": mean,
            "inverse": inverse,
            "scale": scale,
        }
        for name, array in vectors.items():
            require(name, array, (n,), dtype)
        if correction is not None:
            require("correction", correction, (2, n), dtype)
        if mask is not None:
            require("mask", mask, (rows,), dtype)
        result, d, x = map(self._padded, (dinp, dout, inp))
        parts = self._parts_for(n, dtype)
        gamma, beta, m, i, s, r, masks = map(
            self._padded, (dgamma, dbeta, mean, inverse, scale, correction, mask)
        )
        slope, shift = np.zeros_like(gamma), np.zeros_like(gamma)
        sizes = (1, n, result.shape[1])
        self._run("batch_normalization_sums", dtype, rows, (parts, d, x, m), sizes)
        self._run(
            "batch_normalization_gradients",
            dtype,
            rows,
            (gamma, beta, slope, shift, parts, i, s, r, masks),
            sizes,
            (epsilon,),
        )
        self._run(
            "batch_normalization_backward",
            dtype,
            rows,
            (result, d, x, m, s, slope, shift, masks),
            sizes,
        )
        for array, padded in ((dinp, result), (dgamma, gamma), (dbeta, beta)):
            unpad(array, padded)

    def moving_average(self, average, value, momentum):
        """average := average * momentum + value * (1 - momentum); (n,)"""
        dtype = dtype_of(average)
        require("average", average, (average.size,), dtype)
        require("value", value, (average.size,), dtype)
        copy = self._padded(average)
        self._run(
            "moving_average",
            dtype,
            1,
            (copy, self._padded(value)),
            (average.size,),
            (momentum,),
        )
        unpad(average, copy)
