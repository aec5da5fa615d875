"""The coefficient of determination."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastnn.caller import warn
from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.metric import Metric
from fastnn.plan.tensor import Held
from fastnn.variable import Variable

__all__ = ["R2Score"]

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2) of each output

    Args:
        class_aggregation: None for one score for each output; "uniform_average" for
            their mean; "variance_weighted_average" for their mean with the variances of
            the targets as weights.
        num_regressors: Number of independent regressors for the adjusted score; 0 for
            the standard one.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". The sums are in float64.

    Raises:
        ValueError: If an argument has a wrong value.
    """

    _direction = "up"
    squared_sum: Variable
    sum: Variable
    residual: Variable
    count: Variable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(dtype, name)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"Expected `class_aggregation` to be one of {_AGGREGATIONS}. "
                f"Received: {class_aggregation=}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Expected `num_regressors` to be at least 0. "
                f"Received: {num_regressors=}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", "float64", "num_samples")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch.

        Args:
            y_true: Targets, (rows, outputs).
            y_pred: Predictions, (rows, outputs).
            sample_weight: Weights of the rows, or of each output.

        Raises:
            ValueError: If the shapes do not fit.
        """
        pred = as_real(y_pred, self.dtype, name="y_pred")
        true, pred = match_ranks(as_real(y_true, self.dtype, name="y_true"), pred)
        if pred.ndim != 2 or true.shape != pred.shape or not self._fits(pred.shape[1:]):
            raise ValueError(
                "Expected y_true and y_pred to have one shape, (rows, outputs), the "
                f"same for every batch. Received: y_true.shape={true.shape}, "
                f"y_pred.shape={pred.shape}"
            )
        weight = _weights(sample_weight, pred.shape)
        self._build(pred.shape[1])
        true, error = true.astype(np.float64), true - pred.astype(np.float64)
        for plane, terms in enumerate((true * true, true, error * error, 1.0)):
            self._sums[plane] += (weight * terms).sum(axis=0)
        self.num_samples.value += true.size

    def result(self) -> float | np.ndarray:
        if not self._planes:
            return 0.0
        squares, total, residual, count = self._sums
        with np.errstate(divide="ignore", invalid="ignore"):
            variation = squares - total * (total / count)
            scores = 1 - residual / variation
            scores = np.where(np.isinf(scores), 0, scores)
            if self.class_aggregation == "variance_weighted_average":
                scores = (variation * scores).sum() / variation.sum()
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        scores = self._adjusted(scores)
        return scores.astype(self.dtype) if scores.ndim else float(scores)

    def _adjusted(self, scores: np.ndarray) -> np.ndarray:
        """The score corrected for the number of regressors, if there is one."""
        last = float(self.num_samples) - 1
        if self.num_regressors == 0:
            return scores
        if self.num_regressors >= last:
            warn(
                "Expected more samples than regressors for the adjusted R2 score; this "
                f"is the standard one. Received: num_regressors={self.num_regressors}, "
                f"{last + 1:.0f} samples"
            )
            return scores
        return 1 - (1 - scores) * last / (last - self.num_regressors)

    def fits(self, prediction, target):
        fits = len(prediction.shape) == 1 and self._fits(prediction.shape)
        return fits and super().fits(prediction, target)

    def lower(self, builder, prediction, target, weight):
        self._build(prediction.width)
        samples = Held("samples", self.num_samples.value)
        builder.emit(
            "r2_sums",
            (Held("sums", self._sums), samples),
            (prediction, target, weight),
            sizes=(1, prediction.width, prediction.row, target.row),
        )

    def _build(self, outputs: int) -> None:
        if not self._planes:
            names = ("squared_sum", "sum", "residual", "count")
            self._add_planes(4, (outputs,), dict(enumerate(names)))

    def _fits(self, outputs: tuple[int, ...]) -> bool:
        return not self._planes or self._sums.shape[1:] == outputs


def _weights(sample_weight: npt.ArrayLike | None, shape: tuple[int, ...]) -> np.ndarray:
    """Weights in the shape of the predictions."""
    if sample_weight is None:
        return np.ones(shape)
    weight = as_real(sample_weight, np.float64, name="sample_weight")
    try:
        return np.broadcast_to(weight[:, None] if weight.ndim == 1 else weight, shape)
    except ValueError:
        raise ValueError(
            f"Expected sample_weight to fit predictions of shape {shape}. "
            f"Received: sample_weight.shape={weight.shape}"
        ) from None
