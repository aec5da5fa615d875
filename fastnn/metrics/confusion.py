"""Counts of right and wrong predictions, precision and recall.

Source: Manning, Raghavan and Schuetze, 2008, "Introduction to information retrieval",
chapter 8.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy.typing as npt

from fastnn.metrics.thresholds import ThresholdMetric, parse_thresholds, ratio
from fastnn.variable import Variable

__all__ = [
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
]

# Below any prediction: with `top_k` the largest ones are positive whatever they are.
_BELOW_ALL = -1e10


class _Count(ThresholdMetric):
    """The weight of predictions of one kind, which a subclass names."""

    _attributes_of_arguments: ClassVar = {"thresholds": "init_thresholds"}
    accumulator: Variable

    def __init__(
        self,
        thresholds: Any = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.init_thresholds = thresholds
        self.thresholds = parse_thresholds(thresholds)
        super().__init__(self.thresholds, name, dtype)
        self._build(1)

    def result(self):
        return self._shown(self.accumulator.value)


class TruePositives(_Count):
    """The weight of predictions above a threshold whose target is not zero

    Args:
        thresholds: One threshold from 0 to 1, or several; by default 0.5.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Attributes:
        accumulator: The counts, one for each threshold.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {0: "accumulator"}


class FalsePositives(_Count):
    """The weight of predictions above a threshold whose target is zero

    Args:
        thresholds: One threshold from 0 to 1, or several; by default 0.5.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Attributes:
        accumulator: The counts, one for each threshold.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {1: "accumulator"}


class TrueNegatives(_Count):
    """The weight of predictions not above a threshold whose target is zero

    Args:
        thresholds: One threshold from 0 to 1, or several; by default 0.5.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Attributes:
        accumulator: The counts, one for each threshold.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {2: "accumulator"}


class FalseNegatives(_Count):
    """The weight of predictions not above a threshold whose target is not zero

    Args:
        thresholds: One threshold from 0 to 1, or several; by default 0.5.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Attributes:
        accumulator: The counts, one for each threshold.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {3: "accumulator"}


class _Share(ThresholdMetric):
    """Precision or recall."""

    _attributes_of_arguments: ClassVar = {"thresholds": "init_thresholds"}
    _direction = "up"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        default = 0.5 if top_k is None else _BELOW_ALL
        self.init_thresholds = thresholds
        self.thresholds = parse_thresholds(thresholds, default)
        super().__init__(self.thresholds, name, dtype, top_k, class_id)
        self._build(1)


class Precision(_Share):
    """true positives / (true positives + false positives), 0 without any

    Args:
        thresholds: One threshold from 0 to 1, or several, which give an array; by
            default 0.5, or with `top_k` none.
        top_k: How many of the largest predictions of a row can be positive; by default
            all.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {0: "true_positives", 1: "false_positives"}

    def result(self):
        true, false = self.true_positives.value, self.false_positives.value
        return self._shown(ratio(true, true + false))


class Recall(_Share):
    """true positives / (true positives + false negatives), 0 without any

    Args:
        thresholds: One threshold from 0 to 1, or several, which give an array; by
            default 0.5, or with `top_k` none.
        top_k: How many of the largest predictions of a row can be positive; by default
            all.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If a threshold is not from 0 to 1.
    """

    counted: ClassVar = {0: "true_positives", 3: "false_negatives"}

    def result(self):
        true, missed = self.true_positives.value, self.false_negatives.value
        return self._shown(ratio(true, true + missed))
