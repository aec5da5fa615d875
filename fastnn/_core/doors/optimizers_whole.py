"""Doors of `optimizers_whole.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix, unpad


class OptimizersWholeDoors(Base):
    def adafactor_update(
        self,
        weight,
        velocity,
        row_mean,
        column_mean,
        grad,
        learning_rate,
        beta_2_decay,
        epsilon_1,
        epsilon_2,
        clip_threshold,
        step,
    ):
        """Adafactor; weight: (matrices * rows, columns), row_mean: (matrices, rows) or
        None for a weight that is one row; step counts from 1"""
        dtype = dtype_of(weight)
        require_matrix("weight", weight)
        if row_mean is not None:
            require_matrix("row_mean", row_mean)
        matrices = 1 if row_mean is None else len(row_mean)
        height, columns = weight.shape
        rows = height // max(matrices, 1)
        for name, array, shape in (
            ("velocity", velocity, weight.shape),
            ("grad", grad, weight.shape),
            ("row_mean", row_mean, (matrices, rows)),
            ("column_mean", column_mean, (matrices, columns)),
        ):
            if array is not None:
                require(name, array, shape, dtype)
        if (row_mean is None and height != 1) or matrices * rows != height:
            raise ValueError(
                f"weight: expected whole matrices. Received: {weight.shape}"
            )
        arrays = weight, velocity, row_mean, column_mean
        copies = [self._padded(array) for array in arrays]
        settings = [learning_rate, beta_2_decay, epsilon_1, epsilon_2, clip_threshold]
        self._run(
            "adafactor_update",
            dtype,
            1,
            (
                *copies,
                self._padded(grad),
                np.array(settings, np.float64),
                np.array([step], np.float64),
            ),
            (
                matrices,
                rows,
                columns,
                copies[0].shape[1],
                0 if row_mean is None else copies[2].shape[1],
            ),
        )
        for array, copy in zip(arrays, copies, strict=False):
            unpad(array, copy)
