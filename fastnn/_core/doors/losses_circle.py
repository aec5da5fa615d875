"""Doors of `losses_circle.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


class LossesCircleDoors(Base):
    def circle(
        self,
        dpred,
        values,
        mask,
        pred,
        labels,
        weight,
        scale,
        gamma,
        margin,
        remove_diagonal,
    ):
        """values := circle loss of each row; mask := values > 0"""
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        rows = pred.shape[0]
        require("values", values, (rows,), np.float64)
        require("mask", mask, (rows,), dtype)
        require("labels", labels, (rows,), np.int32)
        if dpred is not None:
            require("dpred", dpred, pred.shape, dtype)
        if weight is not None:
            require("weight", weight, (rows,), dtype)
            weight = np.ascontiguousarray(weight)
        points, gradient = self._padded(pred), self._padded(dpred)
        total, counted = np.zeros(rows), np.zeros(rows, dtype)
        self._run(
            "circle",
            dtype,
            rows,
            (
                total,
                gradient,
                counted,
                np.zeros(rows),
                points,
                np.ascontiguousarray(labels),
                weight,
            ),
            (1, pred.shape[1], points.shape[1], 0, 0),
            (scale, gamma, margin, remove_diagonal),
        )
        values[...] = total
        mask[...] = counted
        unpad(dpred, gradient)
