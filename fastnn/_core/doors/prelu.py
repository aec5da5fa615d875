"""Doors of `prelu.pxi`."""

import numpy as np

from fastnn._core.doors.base import (
    CHUNKS,
    Base,
    dtype_of,
    require,
    require_matrix,
    require_places,
    unpad,
)


class PreluDoors(Base):
    def _turns(self, dtype, inp, alpha):
        """the period of alpha, checked"""
        require_matrix("inp", inp)
        require_matrix("alpha", alpha)
        require("alpha", alpha, (alpha.shape[0], inp.shape[1]), dtype)
        if not alpha.shape[0] or inp.shape[0] % alpha.shape[0]:
            raise ValueError(
                f"alpha: {alpha.shape[0]} rows do not divide {inp.shape[0]}"
            )
        return alpha.shape[0]

    def prelu_forward(self, out, inp, alpha):
        """out := alpha * inp where inp < 0 else inp; (rows, n), (period, n)"""
        dtype = dtype_of(inp)
        period = self._turns(dtype, inp, alpha)
        require("out", out, inp.shape, dtype)
        result = self._padded(out)
        self._run(
            "prelu_forward",
            dtype,
            inp.shape[0],
            (result, self._padded(inp), self._padded(alpha)),
            (1, inp.shape[1], result.shape[1], period),
        )
        unpad(out, result)

    def prelu_backward(self, dinp, dalpha, dout, inp, alpha):
        """gradients of prelu_forward; dinp or dalpha may be None"""
        dtype = dtype_of(inp)
        period = self._turns(dtype, inp, alpha)
        for name, array in (("dinp", dinp), ("dout", dout), ("dalpha", dalpha)):
            if array is not None:
                shape = alpha.shape if name == "dalpha" else inp.shape
                require(name, array, shape, dtype)
        result, total, x = map(self._padded, (dinp, dalpha, inp))
        rows, n = inp.shape
        parts = (
            None
            if dalpha is None
            else self._padded(np.zeros((CHUNKS * period, n), dtype))
        )
        self._run(
            "prelu_backward",
            dtype,
            rows // period,
            (result, parts, self._padded(dout), x, self._padded(alpha)),
            (period, n, x.shape[1], period),
        )
        if parts is not None:
            self._run(
                "sum_parts",
                dtype,
                rows // period,
                (total, None, parts),
                (1, period, n, x.shape[1], 1),
            )
        unpad(dinp, result)
        unpad(dalpha, total)

    def spread(self, out, inp, index):
        """out := inp[index]; (n,), (m,), (n,) int32"""
        dtype = dtype_of(inp)
        require("inp", inp, (inp.size,), dtype)
        require_places("index", index, inp.size)
        require("out", out, index.shape, dtype)
        result = self._padded(out)
        self._run(
            "spread",
            dtype,
            1,
            (result, self._padded(inp), np.ascontiguousarray(index)),
            (out.size,),
        )
        unpad(out, result)

    def collect(self, out, inp, places, order, first):
        """out[places[k]] := sum of inp[order[first[k] : first[k + 1]]]"""
        dtype = dtype_of(inp)
        require("inp", inp, (inp.size,), dtype)
        require("out", out, (out.size,), dtype)
        require_places("places", places, out.size)
        require_places("order", order, inp.size)
        require_places("first", first, order.size + 1)
        require("first", first, (places.size + 1,), np.int32)
        if len(set(places.tolist())) != places.size:
            raise ValueError("places: expected each once")
        if first[places.size] != order.size:
            raise ValueError(f"order: expected {first[places.size]} places")
        result = self._padded(out)
        self._run(
            "collect",
            dtype,
            1,
            (
                result,
                self._padded(inp),
                *map(np.ascontiguousarray, (places, order, first)),
            ),
            (places.size,),
        )
        unpad(out, result)
