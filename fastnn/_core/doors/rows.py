"""Doors of `rows.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


class RowsDoors(Base):
    def permute(self, out, inp):
        """out := inp.T, all of it one sample; (columns, rows), (rows, columns)"""
        dtype = dtype_of(out)
        require_matrix("inp", inp)
        require("inp", inp, inp.shape, dtype)
        require("out", out, inp.shape[::-1], dtype)
        result, x = self._padded(out), self._padded(inp)
        self._run(
            "permute",
            dtype,
            1,
            (result, x, np.arange(inp.shape[1])),
            (*out.shape, result.shape[1], x.size, x.shape[1]),
        )
        unpad(out, result)
