"""Doors of `repeats.pxi`."""

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


class RepeatsDoors(Base):
    def _repeat(self, name, result_like, given, one, many, n):
        dtype = dtype_of(result_like)
        require_matrix("one of them", one)
        require("one of them", one, one.shape, dtype)
        require("the repeated", many, (one.shape[0] * n, one.shape[1]), dtype)
        result = self._padded(result_like)
        self._run(
            name,
            dtype,
            one.shape[0],
            (result, self._padded(given)),
            (1, n, one.shape[1], result.shape[1]),
        )
        unpad(result_like, result)

    def repeat_forward(self, out, inp, n):
        """out[i * n + r] := inp[i]; (rows * n, width), (rows, width)"""
        self._repeat("repeat_forward", out, inp, inp, out, n)

    def repeat_backward(self, dinp, dout, n):
        """dinp[i] := sum of dout[i * n + r] over r; (rows, width), (rows * n, width)"""
        self._repeat("repeat_backward", dinp, dout, dinp, dout, n)
