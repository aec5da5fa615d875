"""The area under a curve.

Sources: Fawcett, 2006, "An introduction to ROC analysis"; Davis and Goadrich, 2006,
"The relationship between precision-recall and ROC curves"; Flach and Kull, 2015,
"Precision-recall-gain curves".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.metrics.thresholds import ThresholdMetric, ratio

__all__ = ["AUC"]

_CURVES = ("ROC", "PR", "PRGAIN")
_METHODS: dict[str, Any] = {
    "interpolation": lambda left, right: (left + right) / 2,
    "majoring": np.maximum,
    "minoring": np.minimum,
}


class AUC(ThresholdMetric):
    """The area under a curve whose points belong to thresholds

    ROC: true positive rate over false positive rate; PR: precision over recall; PRGAIN:
    precision gain over recall gain. The area is a sum over neighbouring thresholds; for
    PR with "interpolation", true positives are interpolated between them.

    Args:
        num_thresholds: How many thresholds from 0 to 1, both included.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: What stands for the height between two points: their mean
            ("interpolation"), the lower ("minoring") or the higher one ("majoring").
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64". The counts are in float64.
        thresholds: Thresholds between 0 and 1, which are added; instead of
            `num_thresholds`.
        multi_label: Whether each column has a curve of its own; the result is the mean
            of their areas.
        num_labels: Number of columns with `multi_label`; by default what comes first.
        label_weights: Weights of the columns: with `multi_label` of their areas, else
            of their predictions.
        from_logits: Whether predictions are to be passed through sigmoid first.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> fastnn.metrics.AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.75
    """

    _attributes_of_arguments: ClassVar = {"thresholds": "_between"}
    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: npt.ArrayLike | None = None,
        from_logits: bool = False,
    ):
        self.curve = _known("curve", curve, _CURVES)
        self.summation_method = _known("summation_method", summation_method, _METHODS)
        self._between = None if thresholds is None else sorted(map(float, thresholds))
        self.num_thresholds = _number_of(num_thresholds, self._between)
        inner = self._between
        if inner is None:
            inner = np.linspace(0, 1, self.num_thresholds)[1:-1].tolist()
        super().__init__([-epsilon(), *inner, 1 + epsilon()], name, dtype)
        if num_labels and not multi_label:
            raise ValueError(
                "Expected `num_labels` only with multi_label=True. "
                f"Received: {num_labels=}, {multi_label=}"
            )
        self.multi_label = self.by_label = bool(multi_label)
        self.num_labels = num_labels
        self.label_weights = label_weights
        weights = None if label_weights is None else np.array(label_weights, np.float64)
        self._label_weights = weights
        self.column_weights = None if multi_label else weights
        self.from_logits = bool(from_logits)
        if not multi_label or num_labels:
            self._build(num_labels or 1)

    @property
    def thresholds(self) -> list[float]:
        """All thresholds, with those that are added below 0 and above 1."""
        return self._at.tolist()

    def result(self) -> float:
        if not self._planes:
            return 0.0
        areas = self._areas()
        if not self.multi_label:
            return float(areas)
        if self._label_weights is None:
            return float(areas.mean())
        weights = self._label_weights
        return float(ratio((areas * weights).sum(), weights.sum()))

    def _areas(self) -> np.ndarray:
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._interpolated_area()
        x, y = self._points()
        heights = _METHODS[self.summation_method](y[:-1], y[1:])
        return ((x[:-1] - x[1:]) * heights).sum(axis=0)

    def _points(self) -> tuple[np.ndarray, np.ndarray]:
        """The curve, one point for each threshold."""
        tp, fp, tn, fn = self._sums
        if self.curve == "ROC":
            return ratio(fp, fp + tn), ratio(tp, tp + fn)
        if self.curve == "PR":
            return ratio(tp, tp + fn), ratio(tp, tp + fp)
        odds = ratio(tp + fn, tn + fp)
        gains = [
            np.where(tp == 0, 0, 1 - odds * ratio(wrong, tp)) for wrong in (fn, fp)
        ]
        return np.maximum(gains[0], 0), np.where(tp == 0, 1, gains[1])

    def _interpolated_area(self) -> np.ndarray:
        """Davis and Goadrich: true positives are linear in predicted positives."""
        tp, fp, _, fn = self._sums
        positive = tp + fp
        gained, further = tp[:-1] - tp[1:], positive[:-1] - positive[1:]
        slope = ratio(gained, np.maximum(further, 0))
        intercept = tp[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        quotient = np.where(both, ratio(positive[:-1], positive[1:]), 1)
        area = slope * (gained + intercept * np.log(quotient))
        return ratio(area, np.maximum(tp[1:] + fn[1:], 0)).sum(axis=0)

    def _width_fits(self, width):
        known = self._sums.shape[2:] if self._planes and self.multi_label else (width,)
        weights = self._label_weights
        fits = weights is None or weights.shape == (width,)
        return fits and known == (width,) and super()._width_fits(width)

    def _wanted(self):
        return f"num_labels={self.num_labels}, label_weights={self.label_weights}"

    def _arrays(self, y_true, y_pred, sample_weight):
        if self.multi_label and np.ndim(y_pred) != 2:
            raise ValueError(
                "Expected y_pred to have two axes, (rows, labels), for "
                f"multi_label=True. Received: y_pred.shape={np.shape(y_pred)}"
            )
        return super()._arrays(y_true, y_pred, sample_weight)


def _known(argument: str, value: Any, known: Any) -> str:
    """Returns a name as it is known, whatever its case."""
    names = {name.lower(): name for name in known}
    if not isinstance(value, str) or value.lower() not in names:
        raise ValueError(
            f"Expected `{argument}` to be one of {list(known)}. "
            f"Received: {argument}={value!r}"
        )
    return names[value.lower()]


def _number_of(num_thresholds: int, between: list[float] | None) -> int:
    if between is not None:
        return len(between) + 2
    if num_thresholds <= 1:
        raise ValueError(
            f"Expected `num_thresholds` to be above 1. Received: {num_thresholds=}"
        )
    return num_thresholds
