"""Doors of `preprocessing.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    Base,
    dtype_of,
    require,
    require_matrices,
    require_matrix,
    unpad,
)


class PreprocessingDoors(Base):
    def normalization_settings(
        self, before, scale, after, mean, variance, index, epsilon, invert
    ):
        """before, scale, after := what affine_forward normalizes with; (n,)"""
        dtype = dtype_of(before)
        for name, array in (("before", before), ("scale", scale), ("after", after)):
            require(name, array, (before.size,), dtype)
        for name, array in (("mean", mean), ("variance", variance)):
            require(name, array, (mean.size,), dtype)
        require("index", index, (before.size,), np.int32)
        if index.size and not 0 <= index.min() <= index.max() < mean.size:
            raise ValueError(f"index: expected indices of {mean.size} means")
        results = [self._padded(before), self._padded(scale), self._padded(after)]
        self._run(
            "normalization_settings",
            dtype,
            1,
            (
                *results,
                self._padded(mean),
                self._padded(variance),
                np.ascontiguousarray(index),
            ),
            (before.shape[0], invert),
            (epsilon,),
        )
        for array, result in zip((before, scale, after), results, strict=False):
            unpad(array, result)

    def affine_forward(self, out, inp, before, scale, after):
        """out := (inp - before) * scale + after; (rows, n) and (period, n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, inp=inp)
        require_matrices(dtype, before=before, scale=scale, after=after)
        require("before", before, (before.shape[0], out.shape[1]), dtype)
        result = self._padded(out)
        self._run(
            "affine_forward",
            dtype,
            out.shape[0],
            (
                result,
                self._padded(inp),
                self._padded(before),
                self._padded(scale),
                self._padded(after),
            ),
            (1, out.shape[1], result.shape[1], max(before.shape[0], 1)),
        )
        unpad(out, result)

    def affine_backward(self, dinp, dout, scale):
        """dinp := dout * scale; (rows, n) and (period, n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout)
        require_matrix("scale", scale)
        require("scale", scale, (scale.shape[0], dinp.shape[1]), dtype)
        result = self._padded(dinp)
        self._run(
            "affine_backward",
            dtype,
            dinp.shape[0],
            (result, self._padded(dout), self._padded(scale)),
            (1, dinp.shape[1], result.shape[1], max(scale.shape[0], 1)),
        )
        unpad(dinp, result)

    def digitize(self, out, inp, boundaries):
        """out := the bin of each number; (rows, n) int32, and (bins - 1,)"""
        dtype = dtype_of(inp)
        require_matrix("inp", inp)
        require("out", out, inp.shape, np.int32)
        require("boundaries", boundaries, (boundaries.size,), dtype)
        padded = self._padded(inp)
        result = np.zeros(out.shape, np.int32)
        self._run(
            "digitize",
            dtype,
            out.shape[0],
            (result, padded, self._padded(boundaries)),
            (1, out.shape[1], padded.shape[1], boundaries.shape[0]),
        )
        out[...] = result

    def encode_forward(self, out, codes, weight, count):
        """out := one column for each category, set or counted; (rows, depth)"""
        dtype = dtype_of(out)
        require_matrix("out", out)
        require_matrix("codes", codes)
        require("codes", codes, (out.shape[0], codes.shape[1]), np.int32)
        if weight is not None:
            require("weight", weight, (out.shape[1],), dtype)
        result = self._padded(out)
        self._run(
            "encode_forward",
            dtype,
            out.shape[0],
            (result, np.ascontiguousarray(codes), self._padded(weight)),
            (1, codes.shape[1], out.shape[1], result.shape[1], count),
        )
        unpad(out, result)

    def codes_to_values(self, out, codes):
        """out := codes; (rows, n)"""
        dtype = dtype_of(out)
        require_matrix("out", out)
        require("codes", codes, out.shape, np.int32)
        result = self._padded(out)
        self._run(
            "codes_to_values",
            dtype,
            out.shape[0],
            (result, np.ascontiguousarray(codes)),
            (1, out.shape[1], result.shape[1]),
        )
        unpad(out, result)

    def values_to_codes(self, codes, inp):
        """codes := inp without its fraction; (rows, n)"""
        dtype = dtype_of(inp)
        require_matrix("inp", inp)
        require("codes", codes, inp.shape, np.int32)
        padded = self._padded(inp)
        result = np.zeros(codes.shape, np.int32)
        self._run(
            "values_to_codes",
            dtype,
            inp.shape[0],
            (result, padded),
            (1, inp.shape[1], padded.shape[1]),
        )
        codes[...] = result
