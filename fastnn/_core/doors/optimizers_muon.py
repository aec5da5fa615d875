"""Doors of `optimizers_muon.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    SUM_CHUNK,
    Base,
    dtype_of,
    require,
    require_matrix,
    unpad,
)


class OptimizersMuonDoors(Base):
    def muon_direction(self, out, momentum, grad, keep, nesterov):
        """momentum := keep * momentum + grad; out := grad + keep * momentum or
        momentum"""
        dtype, copies = self._vectors(out=out, momentum=momentum, grad=grad)
        self._run(
            "muon_direction",
            dtype,
            1,
            copies,
            (copies[0].size, 0, bool(nesterov)),
            (keep,),
        )
        unpad(out, copies[0])
        unpad(momentum, copies[1])

    def normalized_transposes(self, out, out_transposed, inp):
        """out := inp / (|inp| + 1e-7); out_transposed := out.T"""
        dtype = dtype_of(out)
        require_matrix("out", out)
        require("inp", inp, out.shape, dtype)
        require("out_transposed", out_transposed, out.shape[::-1], dtype)
        copy, turned = self._padded(inp), self._padded(out_transposed)
        n = -(-copy.size // SUM_CHUNK)
        partial = np.empty(n)
        self._run("squares", dtype, 1, (partial, copy), (copy.size, 0, 0))
        self._run(
            "normalized_transposes",
            dtype,
            1,
            (copy, turned, partial),
            (*out.shape, copy.shape[1], turned.shape[1], n),
        )
        unpad(out, copy)
        unpad(out_transposed, turned)

    def mixed_product(self, out, out_transposed, left, right, base, alpha, beta):
        """out := alpha * (left @ right) + beta * base; out_transposed := out.T"""
        dtype = dtype_of(out)
        for name, array in (("out", out), ("left", left)):
            require_matrix(name, array)
        rows, columns = out.shape
        depth = left.shape[1]
        require("left", left, (rows, depth), dtype)
        require("right", right, (depth, columns), dtype)
        if out_transposed is not None:
            require("out_transposed", out_transposed, (columns, rows), dtype)
        if base is not None:
            require("base", base, out.shape, dtype)
        copy, turned, padded_left = (
            self._padded(out),
            self._padded(out_transposed),
            self._padded(left),
        )
        self._run(
            "mixed_product",
            dtype,
            1,
            (copy, turned, padded_left, self._padded(right), self._padded(base)),
            (
                rows,
                columns,
                depth,
                copy.shape[1],
                padded_left.shape[1],
                0 if turned is None else turned.shape[1],
            ),
            (alpha, beta),
        )
        unpad(out, copy)
        unpad(out_transposed, turned)

    def symmetric_product(self, out, left, right, base, alpha, beta):
        """out := alpha * (left @ right) + beta * base, known to be symmetric"""
        dtype = dtype_of(out)
        require_matrix("left", left)
        rows, depth = left.shape
        require("left", left, (rows, depth), dtype)
        require("right", right, (depth, rows), dtype)
        require("out", out, (rows, rows), dtype)
        if base is not None:
            require("base", base, out.shape, dtype)
        copy, padded_left = self._padded(out), self._padded(left)
        self._run(
            "symmetric_product",
            dtype,
            1,
            (copy, padded_left, self._padded(right), self._padded(base)),
            (rows, depth, copy.shape[1], padded_left.shape[1]),
            (alpha, beta),
        )
        unpad(out, copy)

    def muon_update(self, weight, change, learning_rate, factor):
        """weight -= learning_rate * factor * change"""
        dtype = dtype_of(weight)
        require_matrix("weight", weight)
        require("change", change, weight.shape, dtype)
        copy = self._padded(weight)
        self._run(
            "muon_update",
            dtype,
            1,
            (copy, self._padded(change), np.array([learning_rate], np.float64)),
            (*weight.shape, copy.shape[1]),
            (factor,),
        )
        unpad(weight, copy)
