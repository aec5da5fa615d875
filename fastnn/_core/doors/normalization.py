"""Doors of `normalization.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    CHUNKS,
    Base,
    dtype_of,
    require,
    require_matrix,
    unpad,
)


class NormalizationDoors(Base):
    def _blocks(self, dtype, inp, gamma, beta, height, across):
        """(samples, sizes) of blocks of `height` rows, `across` side by side;
        checked"""
        require_matrix("inp", inp)
        rows, n = inp.shape
        if height < 1 or across < 1 or rows % height or n % across:
            raise ValueError(f"blocks: {height}, {across} do not divide {inp.shape}")
        for name, array in (("gamma", gamma), ("beta", beta)):
            if array is not None:
                require(name, array, (height if across == 1 else 1, n), dtype)
        row = self._padded(inp).shape[1]
        sizes = (1, across, height, n // across, row, row if across == 1 else 0)
        return rows // height, sizes

    def normalization_forward(
        self, out, mean, inverse, inp, gamma, beta, height, across, mode, epsilon
    ):
        """out := (inp - mean) * inverse * gamma + beta, blocks of `height` rows and one
        of `across` parts of the columns; (rows, n), (blocks,), gamma (height, n) or (1,
        n)"""
        dtype = dtype_of(inp)
        samples, sizes = self._blocks(dtype, inp, gamma, beta, height, across)
        require("out", out, inp.shape, dtype)
        for name, array in (("mean", mean), ("inverse", inverse)):
            require(name, array, (samples * across,), dtype)
        results = [self._padded(array) for array in (out, mean, inverse)]
        self._run(
            "normalization_forward",
            dtype,
            samples,
            (*results, *map(self._padded, (inp, gamma, beta))),
            (*sizes, mode),
            (epsilon,),
        )
        for array, result in zip((out, mean, inverse), results, strict=False):
            unpad(array, result)

    def normalization_backward(
        self,
        dinp,
        dgamma,
        dbeta,
        dout,
        inp,
        mean,
        inverse,
        gamma,
        height,
        across,
        mode,
        epsilon,
    ):
        """gradients of normalization_forward; dinp or dgamma and dbeta may be None"""
        dtype = dtype_of(inp)
        samples, sizes = self._blocks(dtype, inp, gamma, None, height, across)
        lines, n = (height if across == 1 else 1), inp.shape[1]
        given = {"dinp": dinp, "dout": dout, "dgamma": dgamma, "dbeta": dbeta}
        for name, array in given.items():
            if array is not None:
                shape = (lines, n) if name in ("dgamma", "dbeta") else inp.shape
                require(name, array, shape, dtype)
        for name, array in (("mean", mean), ("inverse", inverse)):
            require(name, array, (samples * across,), dtype)
        results = [self._padded(array) for array in (dinp, dgamma, dbeta)]
        parts = None
        if dgamma is not None:
            parts = self._padded(np.zeros((2 * CHUNKS * lines, n), dtype))
        self._run(
            "normalization_backward",
            dtype,
            samples,
            (results[0], parts, *map(self._padded, (dout, inp, mean, inverse, gamma))),
            (*sizes, mode),
            (epsilon,),
        )
        if parts is not None:
            self._run(
                "sum_parts",
                dtype,
                samples,
                (results[1], results[2], parts),
                (1, lines, n, parts.shape[1], 2),
            )
        for array, result in zip((dinp, dgamma, dbeta), results, strict=False):
            unpad(array, result)
