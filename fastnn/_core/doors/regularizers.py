"""Doors of `regularizers.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    Base,
    dtype_of,
    require,
    require_matrices,
    require_matrix,
    unpad,
)


class RegularizersDoors(Base):
    def l1_l2_backward(self, dweight, weight, l1, l2):
        """dweight += l1 * sign(weight) + 2 * l2 * weight"""
        dtype = dtype_of(dweight)
        require("weight", weight, dweight.shape, dtype)
        result = self._padded(dweight)
        self._run(
            "l1_l2_backward",
            dtype,
            1,
            (result, self._padded(weight)),
            (result.size,),
            (l1, l2),
        )
        unpad(dweight, result)

    def l1_l2_value(self, weight, l1, l2):
        """l1 * sum of |weight| + l2 * sum of weight^2"""
        log, copy = np.zeros(2), self._padded(weight)
        self._run(
            "l1_l2_value", dtype_of(weight), 1, (log, copy), (copy.size,), (l1, l2)
        )
        return float(log[1])

    def activity_values(self, values, inp, l1, l2):
        """values := l1 * sum of |inp| + l2 * sum of inp^2 of each row; (rows,), (rows,
        n)"""
        dtype = dtype_of(inp)
        require_matrix("inp", inp)
        require("values", values, (inp.shape[0],), np.float64)
        padded, result = self._padded(inp), np.zeros(inp.shape[0])
        self._run(
            "activity_values",
            dtype,
            inp.shape[0],
            (result, padded),
            (1, inp.shape[1], padded.shape[1]),
            (l1, l2),
        )
        values[...] = result

    def activity_backward(self, dinp, dout, inp, l1, l2):
        """dinp := dout + l1 * sign(inp) + 2 * l2 * inp; (rows, n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout, inp=inp)
        result, rows = self._padded(dinp), dinp.shape[0]
        self._run(
            "activity_backward",
            dtype,
            rows,
            (result, self._padded(dout), self._padded(inp)),
            (1, dinp.shape[1], result.shape[1]),
            (l1 * rows, l2 * rows),
        )
        unpad(dinp, result)
