"""One kind of success at thresholds where another one is high enough."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.metrics.thresholds import ThresholdMetric, ratio

__all__ = [
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]


class _Best(ThresholdMetric):
    """The best `dependent` among thresholds whose `constrained` is at least a value."""

    _direction = "up"
    constrained: str
    dependent: str

    def __init__(
        self,
        argument: str,
        value: float,
        num_thresholds: int,
        class_id: int | None,
        name: str | None,
        dtype: npt.DTypeLike | None,
    ):
        if not 0 <= value <= 1:
            raise ValueError(
                f"Expected `{argument}` to be from 0 to 1. Received: {argument}={value}"
            )
        if num_thresholds <= 0:
            raise ValueError(
                f"Expected `num_thresholds` to be above 0. Received: {num_thresholds=}"
            )
        self.value = value
        self.num_thresholds = num_thresholds
        steps = np.linspace(0, 1, num_thresholds).tolist()
        self.thresholds = steps if num_thresholds > 1 else [0.5]
        super().__init__(self.thresholds, name, dtype, class_id=class_id)
        self._build(1)

    def result(self) -> float:
        reached = getattr(self, self.constrained)() >= self.value
        found = np.where(reached, getattr(self, self.dependent)(), 0)
        return float(found.max(initial=0))

    def _sensitivity(self) -> np.ndarray:
        true, missed = self.true_positives.value, self.false_negatives.value
        return ratio(true, true + missed)

    def _specificity(self) -> np.ndarray:
        true, false = self.true_negatives.value, self.false_positives.value
        return ratio(true, true + false)

    def _precision(self) -> np.ndarray:
        true, false = self.true_positives.value, self.false_positives.value
        return ratio(true, true + false)


class SensitivityAtSpecificity(_Best):
    """The best recall among thresholds whose specificity is high enough

    Sensitivity is true positives / (true positives + false negatives), specificity
    true negatives / (true negatives + false positives).

    Args:
        specificity: What is high enough, from 0 to 1.
        num_thresholds: How many thresholds from 0 to 1 are tried.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If `specificity` is not from 0 to 1, or there are no thresholds.
    """

    constrained, dependent = "_specificity", "_sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.specificity = specificity
        super().__init__(
            "specificity", specificity, num_thresholds, class_id, name, dtype
        )


class SpecificityAtSensitivity(_Best):
    """The best specificity among thresholds whose sensitivity is high enough

    Sensitivity is true positives / (true positives + false negatives), specificity
    true negatives / (true negatives + false positives).

    Args:
        sensitivity: What is high enough, from 0 to 1.
        num_thresholds: How many thresholds from 0 to 1 are tried.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If `sensitivity` is not from 0 to 1, or there are no thresholds.
    """

    constrained, dependent = "_sensitivity", "_specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.sensitivity = sensitivity
        super().__init__(
            "sensitivity", sensitivity, num_thresholds, class_id, name, dtype
        )


class PrecisionAtRecall(_Best):
    """The best precision among thresholds whose recall is high enough

    Precision is true positives / (true positives + false positives), recall true
    positives / (true positives + false negatives).

    Args:
        recall: What is high enough, from 0 to 1.
        num_thresholds: How many thresholds from 0 to 1 are tried.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If `recall` is not from 0 to 1, or there are no thresholds.
    """

    constrained, dependent = "_sensitivity", "_precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.recall = recall
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_Best):
    """The best recall among thresholds whose precision is high enough

    Precision is true positives / (true positives + false positives), recall true
    positives / (true positives + false negatives).

    Args:
        precision: What is high enough, from 0 to 1.
        num_thresholds: How many thresholds from 0 to 1 are tried.
        class_id: The only column that counts; by default all do.
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.

    Raises:
        ValueError: If `precision` is not from 0 to 1, or there are no thresholds.
    """

    constrained, dependent = "_precision", "_sensitivity"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        self.precision = precision
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)
