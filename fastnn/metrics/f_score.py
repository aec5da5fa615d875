"""The F score.

Source: van Rijsbergen, 1979, "Information retrieval", chapter 7.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.dtypes import as_real
from fastnn.metrics.metric import Metric
from fastnn.plan.tensor import Held
from fastnn.variable import Variable

__all__ = ["F1Score", "FBetaScore"]

_AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """(1 + beta^2) precision * recall / (beta^2 precision + recall) of each class

    Args:
        average: None for one score for each class; "macro" for their mean; "weighted"
            for their mean with the number of targets of each as weight; "micro" for the
            score of all classes counted together.
        beta: How many times more recall counts than precision; a float.
        threshold: Above it a prediction is positive; by default the largest one of a
            row is.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sums are in float64.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    _direction = "up"
    _names: ClassVar = (
        "true_positives", "false_positives", "false_negatives", "intermediate_weights",
    )  # fmt: skip
    true_positives: Variable
    false_positives: Variable
    false_negatives: Variable
    intermediate_weights: Variable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(dtype, name)
        if average not in _AVERAGES:
            raise ValueError(
                f"Expected `average` to be one of {_AVERAGES}. Received: {average=}"
            )
        _require_float("beta", beta, np.inf)
        if threshold is not None:
            _require_float("threshold", threshold, 1.0)
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch.

        Args:
            y_true: Targets, (rows, classes).
            y_pred: Predictions, (rows, classes).
            sample_weight: Weights of the rows.

        Raises:
            ValueError: If the shapes do not fit.
        """
        from fastnn._core.doors import doors

        pred = as_real(y_pred, self.dtype, name="y_pred")
        true = as_real(y_true, self.dtype, name="y_true")
        if (
            pred.ndim != 2
            or pred.shape != true.shape
            or not self._width_fits(pred.shape)
        ):
            raise ValueError(
                "Expected y_true and y_pred to have one shape, (rows, classes), the "
                f"same for every batch. Received: y_true.shape={true.shape}, "
                f"y_pred.shape={pred.shape}"
            )
        self._build(pred.shape[1])
        weight = row_weights(sample_weight, len(pred), self.dtype)
        sums = self._sums.reshape(4, -1)
        doors.f_score_sums(sums, pred, true, weight, self._above)

    def result(self) -> float | np.ndarray:
        if not self._planes:
            return 0.0
        true, false, missed, targets = self._sums
        small, square = epsilon(), self.beta**2
        precision = true / (true + false + small)
        recall = true / (true + missed + small)
        score = (
            precision * recall / (square * precision + recall + small) * (1 + square)
        )
        if self.average == "weighted":
            return float((score * (targets / (targets.sum() + small))).sum())
        return score.astype(self.dtype) if self.average is None else float(score.mean())

    def fits(self, prediction, target):
        shape = (0, *prediction.shape)
        fits = len(shape) == 2 and self._width_fits(shape)
        return fits and super().fits(prediction, target)

    def lower(self, builder, prediction, target, weight):
        self._build(prediction.width)
        builder.emit(
            "f_score_sums",
            (Held("sums", self._sums),),
            (prediction, target, weight),
            sizes=(
                1, prediction.width, prediction.row, target.row,
                prediction.width if self.average != "micro" else 1,
            ),
            scalars=(self._above,),
        )  # fmt: skip

    @property
    def _above(self) -> float:
        """The threshold of the kernel: NaN for none."""
        return np.nan if self.threshold is None else self.threshold

    def _build(self, classes: int) -> None:
        if not self._planes:
            shape = () if self.average == "micro" else (classes,)
            self._add_planes(4, shape, dict(enumerate(self._names)))

    def _width_fits(self, shape: tuple[int, ...]) -> bool:
        return not self._planes or self._sums.shape[1:] in ((), shape[1:])


class F1Score(FBetaScore):
    """2 precision * recall / (precision + recall) of each class

    Args:
        average: As in `FBetaScore`.
        threshold: As in `FBetaScore`.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sums are in float64.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(average, 1.0, threshold, name, dtype)


def row_weights(weight: Any, rows: int, dtype: str) -> np.ndarray | None:
    """Returns one weight for each row.

    Raises:
        ValueError: If there are not so many.
    """
    if weight is None:
        return None
    array = as_real(weight, dtype, name="sample_weight")
    flat = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.shape not in ((), (rows,)):
        raise ValueError(
            f"Expected sample_weight to have one weight for each of {rows} rows. "
            f"Received: sample_weight.shape={array.shape}"
        )
    return np.broadcast_to(flat, (rows,))


def _require_float(argument: str, value: Any, most: float) -> None:
    if not isinstance(value, float) or not 0 < value <= most:
        raise ValueError(
            f"Expected `{argument}` to be a float above 0, at most {most}. "
            f"Received: {argument}={value!r}"
        )
