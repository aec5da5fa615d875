"""Doors of `metric_sums.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix


class MetricSumsDoors(Base):
    def _sums_of(
        self, name, outputs, scratch, pred, target, weight, further, sizes, scalars=()
    ):
        """Run an operation on copies of the sums, then write them back."""
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        require("target", target, pred.shape, dtype)
        rows, width = pred.shape
        if weight is not None:
            require("weight", weight, (rows,), dtype)
            weight = np.ascontiguousarray(weight)
        sums = [np.array(array) for array in outputs]
        scores, truth = self._padded(pred), self._padded(target)
        self._run(
            name,
            dtype,
            rows,
            (*sums, *scratch, scores, truth, weight, *further),
            (1, width, scores.shape[1], truth.shape[1], *sizes),
            scalars,
        )
        for array, result in zip(outputs, sums, strict=False):
            array[...] = result

    def threshold_counts(
        self,
        counts,
        pred,
        target,
        weight,
        thresholds,
        column_weight,
        least,
        column,
        top_k,
    ):
        """counts (4, thresholds, labels) += weight of true positives, false positives,
        true negatives, false negatives; least: None unless the thresholds are 0, ..., 1
        in even steps, else how many of them every pred counts as exceeding"""
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        width = pred.shape[1]
        require("thresholds", thresholds, (thresholds.size,), dtype)
        labels = counts.shape[2] if counts.ndim == 3 else 1
        if labels not in (1, width):
            raise ValueError(
                f"counts: expected 1 or {width} labels. Received: {labels}"
            )
        require("counts", counts, (4, thresholds.size, labels), np.float64)
        if column_weight is not None:
            require("column_weight", column_weight, (width,), dtype)
            column_weight = np.ascontiguousarray(column_weight)
        if not -1 <= column < max(width, 1) or top_k < 0:
            raise ValueError(f"expected a column of pred. Received: {column}, {top_k}")
        order = np.argsort(thresholds, kind="stable")
        n = thresholds.size
        self._sums_of(
            "threshold_counts",
            (counts,),
            (np.empty((labels, 2, n + 1)),),
            pred,
            target,
            weight,
            (thresholds[order], order.astype(np.int32), column_weight),
            (n, labels, column, top_k),
            (0, 0) if least is None else (n - 1, least),
        )

    def f_score_sums(self, sums, pred, target, weight, threshold):
        """sums (4, labels) += weight of true positives, false positives, false
        negatives, targets; threshold NaN: the largest of each row is positive"""
        require_matrix("pred", pred)
        labels = sums.shape[1] if sums.ndim == 2 else 1
        if labels not in (1, pred.shape[1]):
            raise ValueError(
                f"sums: expected 1 or {pred.shape[1]} labels. Received: {labels}"
            )
        require("sums", sums, (4, labels), np.float64)
        self._sums_of(
            "f_score_sums",
            (sums,),
            (),
            pred,
            target,
            weight,
            (),
            (labels,),
            (threshold,),
        )

    def r2_sums(self, sums, samples, pred, target, weight):
        """sums (4, width) += of weight * (target^2, target, (target - pred)^2, 1);
        samples += number of values"""
        require_matrix("pred", pred)
        require("sums", sums, (4, pred.shape[1]), np.float64)
        require("samples", samples, (1,), np.float64)
        self._sums_of("r2_sums", (sums, samples), (), pred, target, weight, (), ())
