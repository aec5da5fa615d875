"""Doors of `sums.pxi`."""

from fastnn._core.doors.base import (
    Base,
    dtype_of,
    require,
    require_matrices,
    require_matrix,
    unpad,
)


class SumsDoors(Base):
    def add(self, out, a, b):
        """out := a + b"""
        dtype = dtype_of(out)
        require_matrix("out", out)
        require("a", a, out.shape, dtype)
        require("b", b, out.shape, dtype)
        copy = self._padded(out)
        self._run(
            "add",
            dtype,
            out.shape[0],
            (copy, self._padded(a), self._padded(b)),
            (1, out.shape[1], copy.shape[1], 1),
        )
        unpad(out, copy)

    def add_scaled_forward(self, out, a, b, scale):
        """out := a + scale * b; (rows, n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, a=a, b=b)
        copy = self._padded(out)
        self._run(
            "add_scaled_forward",
            dtype,
            out.shape[0],
            (copy, self._padded(a), self._padded(b)),
            (1, out.shape[1], copy.shape[1]),
            (scale,),
        )
        unpad(out, copy)

    def add_scaled_backward(self, db, dout, scale):
        """db := scale * dout; (rows, n)"""
        dtype = dtype_of(db)
        require_matrices(dtype, db=db, dout=dout)
        copy = self._padded(db)
        self._run(
            "add_scaled_backward",
            dtype,
            db.shape[0],
            (copy, self._padded(dout)),
            (1, db.shape[1], copy.shape[1]),
            (scale,),
        )
        unpad(db, copy)
