"""Doors of `embedding.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    Base,
    dtype_of,
    require,
    require_matrices,
    require_matrix,
    unpad,
)


class EmbeddingDoors(Base):
    def embedding_forward(self, out, codes, weight):
        """out := weight[codes]; (rows, n), (rows,), (entries, n)"""
        dtype = dtype_of(out)
        require_matrix("out", out)
        require_matrix("weight", weight)
        require("codes", codes, (out.shape[0],), np.int32)
        require("weight", weight, (weight.shape[0], out.shape[1]), dtype)
        result = self._padded(out)
        self._run(
            "embedding_forward",
            dtype,
            out.shape[0],
            (result, np.ascontiguousarray(codes), self._padded(weight)),
            (1, *weight.shape, result.shape[1]),
        )
        unpad(out, result)

    def embedding_backward(self, dweight, dout, codes):
        """dweight[c] := sum of dout where codes == c; (entries, n), (rows, n),
        (rows,)"""
        dtype = dtype_of(dweight)
        require_matrix("dweight", dweight)
        require_matrix("dout", dout)
        require("dout", dout, (dout.shape[0], dweight.shape[1]), dtype)
        require("codes", codes, (dout.shape[0],), np.int32)
        result = self._padded(dweight)
        self._run(
            "embedding_backward",
            dtype,
            dout.shape[0],
            (result, self._padded(dout), np.ascontiguousarray(codes)),
            (1, *dweight.shape, result.shape[1]),
        )
        unpad(dweight, result)

    def masking_forward(self, out, mask, inp, value):
        """mask := whether anything in a row is not value; out := inp where mask else
        0"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, inp=inp)
        require("mask", mask, (out.shape[0],), dtype)
        result, kept = self._padded(out), self._padded(mask)
        self._run(
            "masking_forward",
            dtype,
            out.shape[0],
            (result, kept, self._padded(inp)),
            (1, out.shape[1], result.shape[1]),
            (value,),
        )
        unpad(out, result)
        unpad(mask, kept)

    def masking_backward(self, dinp, dout, mask):
        """dinp := dout where mask else 0; (rows, n), (rows,)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout)
        require("mask", mask, (dinp.shape[0],), dtype)
        result = self._padded(dinp)
        self._run(
            "masking_backward",
            dtype,
            dinp.shape[0],
            (result, self._padded(dout), self._padded(mask)),
            (1, dinp.shape[1], result.shape[1]),
        )
        unpad(dinp, result)

    def codes_mask(self, mask, codes):
        """mask := codes != 0; (n,)"""
        dtype = dtype_of(mask)
        require("mask", mask, (mask.size,), dtype)
        require("codes", codes, mask.shape, np.int32)
        result = self._padded(mask)
        self._run(
            "codes_mask",
            dtype,
            mask.shape[0],
            (result, np.ascontiguousarray(codes)),
            (1,),
        )
        unpad(mask, result)

    def masked_weights(self, out, mask, weight, mean):
        """out := mask * weight; for a mean times rows / sum of mask; (rows,)"""
        dtype = dtype_of(out)
        for name, array in (("out", out), ("mask", mask), ("weight", weight)):
            if array is not None:
                require(name, array, (out.size,), dtype)
        result = self._padded(out)
        self._run(
            "masked_weights",
            dtype,
            out.shape[0],
            (result, self._padded(mask), self._padded(weight)),
            (1, 1, mean),
        )
        unpad(out, result)
