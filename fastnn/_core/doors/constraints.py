"""Doors of `constraints.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require_matrix, unpad


class ConstraintsDoors(Base):
    def norm_constraint(self, weight, low, high, rate, epsilon, groups, across):
        """weight *= factor, such that the norm over b, d (and the columns, if across)
        lies in [low, high]; groups = (a, b, c, d), of which the rows are the product"""
        dtype = dtype_of(weight)
        require_matrix("weight", weight)
        if len(groups) != 4 or np.prod(groups) != len(weight) or min(groups) < 0:
            raise ValueError(
                f"groups: expected four sizes with the product {len(weight)}. "
                f"Received: {groups}"
            )
        copy = self._padded(weight)
        self._run(
            "norm_constraint",
            dtype,
            1,
            (copy,),
            (*groups, copy.shape[1], bool(across)),
            (low, high, rate, epsilon),
        )
        unpad(weight, copy)

    def non_negative_constraint(self, weight):
        """weight := 0 where weight < 0"""
        dtype = dtype_of(weight)
        if weight.ndim != 1:
            raise ValueError(f"weight: expected 1 axis. Received shape: {weight.shape}")
        copy = self._padded(weight)
        self._run("non_negative_constraint", dtype, 1, (copy,), (copy.size,))
        unpad(weight, copy)
