"""Doors of `softmax.pxi`."""

from fastnn._core.doors.base import Base, dtype_of, require, require_matrices, unpad


class SoftmaxDoors(Base):
    def _rows_forward(self, name, out, inp):
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, inp=inp)
        result = self._padded(out)
        self._run(
            name,
            dtype,
            out.shape[0],
            (result, self._padded(inp)),
            (1, out.shape[1], result.shape[1]),
        )
        unpad(out, result)

    def _rows_backward(self, name, dinp, dout, out):
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout, out=out)
        result = self._padded(dinp)
        self._run(
            name,
            dtype,
            dinp.shape[0],
            (result, self._padded(dout), self._padded(out)),
            (1, dinp.shape[1], result.shape[1]),
        )
        unpad(dinp, result)

    def softmax_forward(self, out, inp):
        """out := softmax of each row of inp; (rows, n)"""
        self._rows_forward("softmax_forward", out, inp)

    def softmax_backward(self, dinp, dout, out):
        """dinp := out * (dout - sum(dout * out)) for each row; (rows, n)"""
        self._rows_backward("softmax_backward", dinp, dout, out)

    def log_softmax_forward(self, out, inp):
        """out := log of the softmax of each row of inp; (rows, n)"""
        self._rows_forward("log_softmax_forward", out, inp)

    def log_softmax_backward(self, dinp, dout, out):
        """dinp := dout - exp(out) * sum(dout) for each row; (rows, n)"""
        self._rows_backward("log_softmax_backward", dinp, dout, out)

    def sparsemax_forward(self, out, inp):
        """out := the point of the simplex next to each row of inp; (rows, n)"""
        self._rows_forward("sparsemax_forward", out, inp)

    def sparsemax_backward(self, dinp, dout, out):
        """dinp := dout - mean(dout) over those with out > 0, for each row; (rows, n)"""
        self._rows_backward("sparsemax_backward", dinp, dout, out)

    def glu_forward(self, out, inp):
        """out := a * sigmoid(b); (rows, n), (rows, 2 n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out)
        require("inp", inp, (out.shape[0], 2 * out.shape[1]), dtype)
        result, x = self._padded(out), self._padded(inp)
        self._run(
            "glu_forward",
            dtype,
            out.shape[0],
            (result, x),
            (1, out.shape[1], result.shape[1], x.shape[1]),
        )
        unpad(out, result)

    def glu_backward(self, dinp, dout, inp):
        """(da, db) := dout * (s, a * s * (1 - s)); (rows, 2 n), (rows, n), (rows, 2
        n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dout=dout)
        require("inp", inp, (dout.shape[0], 2 * dout.shape[1]), dtype)
        require("dinp", dinp, inp.shape, dtype)
        result, d = self._padded(dinp), self._padded(dout)
        self._run(
            "glu_backward",
            dtype,
            dinp.shape[0],
            (result, d, self._padded(inp)),
            (1, dout.shape[1], d.shape[1], result.shape[1]),
        )
        unpad(dinp, result)
