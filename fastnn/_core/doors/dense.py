"""Doors of `dense.pxi` and `dense_bf16.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


def _type_for(name, array):
    """The dtype of an array; products of bfloat16 operands are of float32."""
    if name.startswith("dense_bf16"):
        require("operands", array, array.shape, np.float32)
    return dtype_of(array)


class DenseDoors(Base):
    def _forward(self, name, out, inp, weight, bias, function, *settings):
        dtype = _type_for(name, out)
        require_matrix("out", out)
        require_matrix("weight", weight)
        inputs, units = weight.shape
        require("weight", weight, (inputs, units), dtype)
        require("inp", inp, (out.shape[0], inputs), dtype)
        require("out", out, (inp.shape[0], units), dtype)
        if bias is not None:
            require("bias", bias, (units,), dtype)
        o, x, w = self._padded(out), self._padded(inp), self._padded(weight)
        self._run(
            name,
            dtype,
            out.shape[0],
            (o, x, w, self._padded(bias)),
            (1, inputs, units, o.shape[1], x.shape[1], w.shape[1]),
            settings,
            function=self._function(dtype, function, 0),
        )
        unpad(out, o)

    def _backward_weight(self, name, dweight, inp, dout):
        dtype = _type_for(name, dweight)
        require_matrix("dweight", dweight)
        inputs, units = dweight.shape
        require_matrix("inp", inp)
        require("inp", inp, (inp.shape[0], inputs), dtype)
        require("dout", dout, (inp.shape[0], units), dtype)
        w, x, d = self._padded(dweight), self._padded(inp), self._padded(dout)
        self._run(
            name,
            dtype,
            inp.shape[0],
            (w, x, d),
            (1, inputs, units, w.shape[1], x.shape[1], d.shape[1]),
        )
        unpad(dweight, w)

    def _backward_input(self, name, dinp, dout, weight, kept, function, *settings):
        dtype = _type_for(name, dinp)
        require_matrix("weight", weight)
        inputs, units = weight.shape
        require("weight", weight, (inputs, units), dtype)
        require_matrix("dinp", dinp)
        require("dinp", dinp, (dinp.shape[0], inputs), dtype)
        require("dout", dout, (dinp.shape[0], units), dtype)
        if function != "linear":
            require("kept", kept, dinp.shape, dtype)
        x, d, w = self._padded(dinp), self._padded(dout), self._padded(weight)
        scratch = None
        sizes = [1, inputs, units, x.shape[1], d.shape[1], w.shape[1]]
        if name == "dense_backward_input":
            scratch = self._padded(np.zeros(self.input_scratch(inputs, units), dtype))
            sizes.append(scratch.shape[1])
        self._run(
            name,
            dtype,
            dinp.shape[0],
            (x, d, w, self._padded(kept), scratch),
            sizes,
            settings,
            function=self._function(dtype, function, 1),
        )
        unpad(dinp, x)

    def dense_forward(
        self, out, inp, weight, bias, function="linear", alpha=0.0, beta=0.0, gamma=0.0
    ):
        """out := f(inp @ weight + bias); (rows, units), (rows, inputs),
        (inputs, units), (units,) or None"""
        self._forward(
            "dense_forward", out, inp, weight, bias, function, alpha, beta, gamma
        )

    def dense_backward_weight(self, dweight, inp, dout):
        """dweight := inp.T @ dout; (inputs, units), (rows, inputs), (rows, units)"""
        self._backward_weight("dense_backward_weight", dweight, inp, dout)

    def dense_backward_bias(self, dbias, dout):
        """dbias := sum of dout over rows; (units,), (rows, units)"""
        dtype = dtype_of(dbias)
        require_matrix("dout", dout)
        require("dbias", dbias, (dout.shape[1],), dtype)
        require("dout", dout, (dout.shape[0], dbias.shape[0]), dtype)
        b, d = self._padded(dbias), self._padded(dout)
        self._run(
            "dense_backward_bias",
            dtype,
            dout.shape[0],
            (b, d),
            (1, dbias.shape[0], d.shape[1]),
        )
        unpad(dbias, b)

    def dense_backward_input(
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
        """dinp := (dout @ weight.T) * f'; (rows, inputs), (rows, units), (inputs,
        units), (rows, inputs) or None: output or input of f, whichever its backward
        reads"""
        name = "dense_backward_input"
        self._backward_input(
            name, dinp, dout, weight, kept, function, alpha, beta, gamma
        )

    def dense_bf16_forward(
        self, out, inp, weight, bias, function="linear", alpha=0.0, beta=0.0, gamma=0.0
    ):
        """as dense_forward, of bfloat16(inp) and bfloat16(weight); float32"""
        self._forward(
            "dense_bf16_forward", out, inp, weight, bias, function, alpha, beta, gamma
        )

    def dense_bf16_backward_weight(self, dweight, inp, dout):
        """as dense_backward_weight, of bfloat16(inp) and bfloat16(dout); float32"""
        self._backward_weight("dense_bf16_backward_weight", dweight, inp, dout)

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
        """as dense_backward_input, of bfloat16(dout) and bfloat16(weight); float32"""
        name = "dense_bf16_backward_input"
        self._backward_input(
            name, dinp, dout, weight, kept, function, alpha, beta, gamma
        )
