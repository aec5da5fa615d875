"""Doors of `metrics.pxi`."""

import numpy as np

from fastnn._core.doors.base import Base, dtype_of, require, require_matrix


class MetricsDoors(Base):
    def _row_metric(self, name, values, pred, target, scalar=0.0):
        dtype = dtype_of(pred)
        require_matrix("pred", pred)
        rows = pred.shape[0]
        require("values", values, (rows,), np.float64)
        labels = target.dtype == np.int32
        require(
            "target",
            target,
            (rows,) if labels else pred.shape,
            np.int32 if labels else dtype,
        )
        truth = np.ascontiguousarray(target) if labels else self._padded(target)
        scores = self._padded(pred)
        total = np.zeros(rows)
        self._run(
            name,
            dtype,
            rows,
            (total, scores, truth),
            (1, pred.shape[1], scores.shape[1], 0 if labels else truth.shape[1]),
            (scalar,),
        )
        values[...] = total

    def binary_accuracy(self, values, pred, target, threshold):
        """values := share of columns of each row where target is (pred > threshold)"""
        self._row_metric("binary_accuracy", values, pred, target, threshold)

    def categorical_accuracy(self, values, pred, target):
        """values := argmax(pred) == argmax(target) of each row"""
        self._row_metric("categorical_accuracy", values, pred, target)

    def sparse_categorical_accuracy(self, values, pred, labels):
        """values := argmax(pred) == label of each row"""
        self._row_metric("sparse_categorical_accuracy", values, pred, labels)

    def top_k_categorical_accuracy(self, values, pred, target, k):
        """values := whether pred is among its k largest at argmax(target) of each
        row"""
        self._row_metric("top_k_categorical_accuracy", values, pred, target, k)

    def sparse_top_k_categorical_accuracy(self, values, pred, labels, k):
        """values := whether pred is among its k largest at the label of each row"""
        self._row_metric("sparse_top_k_categorical_accuracy", values, pred, labels, k)

    def cosine(self, values, pred, target, epsilon):
        """values := cosine of the angle between pred and target of each row"""
        self._row_metric("cosine", values, pred, target, epsilon)

    def pearson_correlation(self, values, pred, target, epsilon):
        """values := correlation of pred and target of each row"""
        self._row_metric("pearson_correlation", values, pred, target, epsilon)

    def concordance_correlation(self, values, pred, target, epsilon):
        """values := concordance of pred and target of each row"""
        self._row_metric("concordance_correlation", values, pred, target, epsilon)

    def mean_accumulate(self, total, values, weight):
        """total += [sum of weight * values, sum of weight]"""
        require("total", total, (2,), np.float64)
        require("values", values, (values.size,), np.float64)
        dtype = np.dtype(np.float64) if weight is None else dtype_of(weight)
        if weight is not None:
            require("weight", weight, values.shape, dtype)
            weight = np.ascontiguousarray(weight)
        sums = np.array(total)
        self._run(
            "mean_accumulate",
            dtype,
            values.shape[0],
            (sums, np.ascontiguousarray(values), weight),
            (1,),
        )
        total[...] = sums
