"""Doors of `losses.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


class LossesDoors(Base):
    def _loss(
        self,
        name,
        dpred,
        values,
        out,
        pred,
        target,
        weight,
        scale,
        settings=(),
        columns=None,
    ):
        """Run a loss as the plan does, its reduction a sum; `columns`: settings (n,)"""
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        rows = pred.shape[0]
        require("values", values, (rows,), np.float64)
        for label, array in (("dpred", dpred), ("out", out)):
            if array is not None:
                require(label, array, pred.shape, dtype)
        labels = target.dtype == np.int32
        require(
            "target",
            target,
            (rows,) if labels else pred.shape,
            np.int32 if labels else dtype,
        )
        if labels and rows and not 0 <= target.min() <= target.max() < pred.shape[1]:
            raise ValueError(f"target: expected labels from 0 to {pred.shape[1] - 1}")
        if weight is not None:
            require("weight", weight, (rows,), dtype)
            weight = np.ascontiguousarray(weight)
        if columns is not None:
            require("alpha", columns, pred.shape[1:], dtype)
            columns = np.ascontiguousarray(columns)
        logits, result, gradient = (
            self._padded(pred),
            self._padded(pred),
            self._padded(dpred),
        )
        truth = np.ascontiguousarray(target) if labels else self._padded(target)
        total = np.zeros(rows)
        self._run(
            name,
            dtype,
            rows,
            (total, gradient, result, logits, truth, weight, None, columns),
            (1, pred.shape[1], logits.shape[1], 0 if labels else truth.shape[1], 0),
            (scale, *settings),
        )
        values[...] = total
        unpad(dpred, gradient)
        unpad(out, result)

    def label_mask(self, mask, labels, ignored):
        """mask := 0 where labels == ignored else 1; (n,)"""
        dtype = dtype_of(mask)
        require("labels", labels, mask.shape, np.int32)
        require("mask", mask, (mask.size,), dtype)
        result = np.zeros(mask.size, dtype)
        self._run(
            "label_mask",
            dtype,
            mask.size,
            (result, np.ascontiguousarray(labels)),
            (1, ignored),
        )
        mask[...] = result
