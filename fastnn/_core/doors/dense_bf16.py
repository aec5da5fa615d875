"""Doors of `dense_bf16.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, require, require_matrix, unpad


class DenseBf16Doors(Base):
    def dense_bf16_forward(
        self, out, inp, weight, bias, function="linear", alpha=0.0, beta=0.0, gamma=0.0
    ):
        """out := f(bfloat16(inp) @ bfloat16(weight) + bias); float32 (rows, units),
        (rows, inputs), (inputs, units), (units,) or None"""
        dtype = np.dtype(np.float32)
        require_matrix("weight", weight)
        require_matrix("inp", inp)
        inputs, units = weight.shape
        require("weight", weight, (inputs, units), dtype)
        require("inp", inp, (inp.shape[0], inputs), dtype)
        require("out", out, (inp.shape[0], units), dtype)
        if bias is not None:
            require("bias", bias, (units,), dtype)
        o, x, w = self._padded(out), self._padded(inp), self._padded(weight)
        self._run(
            "dense_bf16_forward",
            dtype,
            out.shape[0],
            (o, x, w, self._padded(bias)),
            (1, inputs, units, o.shape[1], x.shape[1], w.shape[1]),
            (alpha, beta, gamma),
            function=self._function(dtype, function, 0),
        )
        unpad(out, o)

    def dense_bf16_backward_weight(self, dweight, inp, dout):
        """dweight := bfloat16(inp).T @ bfloat16(dout); float32 (inputs, units),
        (rows, inputs), (rows, units)"""
        dtype = np.dtype(np.float32)
        require_matrix("dweight", dweight)
        inputs, units = dweight.shape
        require("dweight", dweight, (inputs, units), dtype)
        require_matrix("inp", inp)
        require("inp", inp, (inp.shape[0], inputs), dtype)
        require("dout", dout, (inp.shape[0], units), dtype)
        w, x, d = self._padded(dweight), self._padded(inp), self._padded(dout)
        self._run(
            "dense_bf16_backward_weight",
            dtype,
            inp.shape[0],
            (w, x, d),
            (1, inputs, units, w.shape[1], x.shape[1], d.shape[1]),
        )
        unpad(dweight, w)

    def dense_bf16_backward_input(
        self,
        dinp,
        dout,
        weight,
        kept,
        function="linear",
        alpha=0.0,
        beta=0.0,
        gamma=0.0,
    ):
        """dinp := (bfloat16(dout) @ bfloat16(weight).T) * f'(kept); float32
        (rows, inputs), (rows, units), (inputs, units), (rows, inputs) or None"""
        dtype = np.dtype(np.float32)
        require_matrix("weight", weight)
        inputs, units = weight.shape
        require("weight", weight, (inputs, units), dtype)
        require_matrix("dinp", dinp)
        require("dinp", dinp, (dinp.shape[0], inputs), dtype)
        require("dout", dout, (dinp.shape[0], units), dtype)
        if function != "linear":
            require("kept", kept, dinp.shape, dtype)
        x, d, w = self._padded(dinp), self._padded(dout), self._padded(weight)
        self._run(
            "dense_bf16_backward_input",
            dtype,
            dinp.shape[0],
            (x, d, w, self._padded(kept)),
            (1, inputs, units, x.shape[1], d.shape[1], w.shape[1]),
            (alpha, beta, gamma),
            function=self._function(dtype, function, 1),
        )
        unpad(dinp, x)
