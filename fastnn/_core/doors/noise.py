"""Doors of `noise.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrices, unpad


class NoiseDoors(Base):
    def dropout_forward(
        self, out, mask, inp, source, rate, scale, shift, dropped, single, key, step
    ):
        """out := inp * scale + shift where kept else dropped; mask := kept; (rows,
        n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, inp=inp)
        require("mask", mask, out.shape, np.uint8)
        rows, height, per_sample = out.shape[0], 1, 1
        if source is not None:
            require("source", source, (out.shape[0],), np.int32)
            rows, height, per_sample = min(out.shape[0], 1), out.shape[0], 0
            source = np.ascontiguousarray(source)
        result = self._padded(out)
        kept = np.zeros(result.shape, np.uint8)
        self._run(
            "dropout_forward",
            dtype,
            rows,
            (result, kept, self._padded(inp), source),
            (height, out.shape[1], result.shape[1], per_sample, single),
            (rate, scale, shift, dropped),
            key=key,
            iteration=step,
        )
        unpad(out, result)
        unpad(mask, kept)

    def dropout_backward(self, dinp, dout, mask, scale):
        """dinp := dout * scale where mask else 0; (rows, n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout)
        require("mask", mask, dinp.shape, np.uint8)
        result = self._padded(dinp)
        kept = np.zeros(result.shape, np.uint8)
        kept[: mask.shape[0], : mask.shape[1]] = mask
        self._run(
            "dropout_backward",
            dtype,
            dinp.shape[0],
            (result, self._padded(dout), kept),
            (1, dinp.shape[1], result.shape[1]),
            (scale,),
        )
        unpad(dinp, result)

    def gaussian_noise_forward(self, out, inp, stddev, key, step):
        """out := inp + stddev * normal; (rows, n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, inp=inp)
        result = self._padded(out)
        self._run(
            "gaussian_noise_forward",
            dtype,
            out.shape[0],
            (result, self._padded(inp)),
            (1, out.shape[1], result.shape[1]),
            (stddev,),
            key=key,
            iteration=step,
        )
        unpad(out, result)

    def gaussian_dropout_forward(self, out, noise, inp, stddev, key, step):
        """noise := 1 + stddev * normal; out := inp * noise; (rows, n)"""
        dtype = dtype_of(out)
        require_matrices(dtype, out=out, noise=noise, inp=inp)
        result, factors = self._padded(out), self._padded(noise)
        self._run(
            "gaussian_dropout_forward",
            dtype,
            out.shape[0],
            (result, factors, self._padded(inp)),
            (1, out.shape[1], result.shape[1]),
            (stddev,),
            key=key,
            iteration=step,
        )
        unpad(out, result)
        unpad(noise, factors)

    def gaussian_dropout_backward(self, dinp, dout, noise):
        """dinp := dout * noise; (rows, n)"""
        dtype = dtype_of(dinp)
        require_matrices(dtype, dinp=dinp, dout=dout, noise=noise)
        result = self._padded(dinp)
        self._run(
            "gaussian_dropout_backward",
            dtype,
            dinp.shape[0],
            (result, self._padded(dout), self._padded(noise)),
            (1, dinp.shape[1], result.shape[1]),
        )
        unpad(dinp, result)
