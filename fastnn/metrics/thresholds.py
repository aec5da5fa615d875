"""Counts of right and wrong predictions at thresholds."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.config import epsilon
from fastnn.dtypes import as_real
from fastnn.losses.rows import match_ranks
from fastnn.metrics.metric import Metric
from fastnn.plan.tensor import Held
from fastnn.variable import Variable

__all__ = ["ThresholdMetric", "parse_thresholds", "ratio"]

_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class ThresholdMetric(Metric):
    """A metric that follows from how many predictions are truly or falsely above or
    below thresholds.

    A target counts as positive if it is not zero, a prediction if it is above the
    threshold.

    Args:
        thresholds: The thresholds.
        name: Name of the metric.
        dtype: "float32" (the default) or "float64". Counts are in float64.
        top_k: How many of the largest predictions of a row can be positive; None for
            all.
        class_id: The only column that counts; None for all.

    Attributes:
        counted: {place among the counts of the kernel: the variable that it is}.
        by_label: Whether columns are counted apart.
        column_weights: Weights of the columns, or None.
        from_logits: Whether predictions are to be passed through sigmoid first.
    """

    counted: ClassVar[dict[int, str]] = dict(enumerate(_COUNTS))
    by_label = False
    column_weights: np.ndarray | None = None
    from_logits = False

    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def __init__(
        self,
        thresholds: Sequence[float],
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
    ):
        super().__init__(dtype, name)
        self.top_k = None if top_k is None else operator.index(top_k)
        self.class_id = None if class_id is None else operator.index(class_id)
        self._at = np.asarray(thresholds, np.float64)
        self._least = _least_exceeded(self._at)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch.

        Args:
            y_true: Targets, zero or not, in the shape of `y_pred`.
            y_pred: Predictions, (rows,) or (rows, ..., n).
            sample_weight: Weights of the rows, or of each prediction.

        Raises:
            ValueError: If the shapes do not fit.
        """
        pred, true, weight = self._arrays(y_true, y_pred, sample_weight)
        width = pred.shape[1]
        if not self._width_fits(width):
            raise ValueError(
                f"Expected predictions that {self.name!r} can count: "
                f"{self._wanted()}. Received: y_pred.shape={np.shape(y_pred)}"
            )
        self._build(width)
        columns = self.column_weights
        if columns is not None:
            columns = columns.astype(self.dtype)
        column = -1 if self.class_id is None else self.class_id % width
        if weight is None or weight.shape[1] == 1:
            rows = None if weight is None else weight[:, 0]
            self._add(pred, true, rows, columns, column, self.top_k or 0)
            return
        if columns is not None:
            weight = weight * columns
        pred = _without_the_rest(pred, self.top_k)
        some = slice(None) if column < 0 else slice(column, column + 1)
        self._add_each(*(a[:, some] for a in (pred, true, weight)))

    def fits(self, prediction, target):
        whole = not self.by_label or len(prediction.shape) == 1
        fits = whole and self._width_fits(prediction.width)
        return fits and super().fits(prediction, target)

    def lower(self, builder, prediction, target, weight):
        width, thresholds = prediction.width, len(self._at)
        self._build(width)
        labels = width if self.by_label else 1
        order = np.argsort(self._at, kind="stable")
        settings = {"thresholds": self._at[order].astype(builder.dtype)}
        settings["order"] = order.astype(np.int32)
        held = [Held(name, array) for name, array in settings.items()]
        columns = None
        if self.column_weights is not None:
            columns = Held("weights", self.column_weights.astype(builder.dtype))
        if self.from_logits:
            prediction = builder.forward(
                "elementwise", prediction, shape=prediction.shape, function="sigmoid"
            )
        bins = labels * 2 * (thresholds + 1)
        histogram = builder.tensor(
            "histogram", (bins,), "float64", padded=False, per_sample=False
        )
        builder.emit(
            "threshold_counts",
            (Held("counts", self._sums), histogram),
            (prediction, target, weight, *held, columns),
            sizes=(
                prediction.height, width, prediction.row, target.row, thresholds,
                labels, -1 if self.class_id is None else self.class_id % width,
                self.top_k or 0,
            ),
            scalars=(0, 0) if self._least is None else (thresholds - 1, self._least),
        )  # fmt: skip

    def _build(self, width: int) -> None:
        """Makes the counts, once it is known of how many labels."""
        if not self._planes:
            shape = (len(self._at), width) if self.by_label else (len(self._at),)
            self._add_planes(len(_COUNTS), shape, self.counted)

    def _width_fits(self, width: int) -> bool:
        """Whether there are the columns that are asked for."""
        if self.column_weights is not None and len(self.column_weights) != width:
            return False
        class_fits = self.class_id is None or -width <= self.class_id < width
        return class_fits and (self.top_k is None or 0 < self.top_k <= width)

    def _wanted(self) -> str:
        return f"top_k={self.top_k}, class_id={self.class_id}"

    def _arrays(self, y_true, y_pred, sample_weight):
        """Predictions and targets, (rows, n), and weights, (rows, n or 1)."""
        pred = as_real(y_pred, self.dtype, name="y_pred")
        true = as_real(y_true, self.dtype, name="y_true")
        true, pred = match_ranks(true, pred)
        flat = pred.ndim == 1 and self.class_id is not None
        if flat or pred.ndim == 0 or true.shape != pred.shape:
            raise ValueError(
                "Expected y_true and y_pred to have one shape, (rows,) or (rows, ..., "
                "n), with columns if `class_id` is given. "
                f"Received: y_true.shape={true.shape}, y_pred.shape={pred.shape}"
            )
        if self.from_logits:
            from fastnn.activations import sigmoid

            pred = sigmoid(pred)
        shape = (-1, pred.shape[-1] if pred.ndim > 1 else 1)
        weight = None
        if sample_weight is not None:
            weight = _element_weights(sample_weight, pred, self.dtype)
        return pred.reshape(shape), true.reshape(shape), weight

    def _add(self, pred, true, weight, columns=None, column=-1, top_k=0,
             at=slice(None)):  # fmt: skip
        """Adds rows to the counts, or to those of the label `at`."""
        from fastnn._core.doors import doors

        counts = self._sums.reshape(len(_COUNTS), len(self._at), -1)[..., at]
        thresholds = self._at.astype(self.dtype)
        doors.threshold_counts(
            counts, pred, true, weight, thresholds, columns, self._least, column, top_k
        )

    def _add_each(self, pred, true, weight) -> None:
        """Adds predictions that have a weight each."""
        if not self.by_label:
            self._add(pred.reshape(-1, 1), true.reshape(-1, 1), weight.reshape(-1))
            return
        for i in range(pred.shape[1]):
            some = slice(i, i + 1)
            self._add(pred[:, some], true[:, some], weight[:, i], at=some)

    def _shown(self, values: np.ndarray) -> float | np.ndarray:
        """A number for one threshold, else an array."""
        return float(values[0]) if len(values) == 1 else values.astype(self.dtype)


def parse_thresholds(thresholds: Any, default: float = 0.5) -> list[float]:
    """Returns one or several thresholds as a list.

    Args:
        thresholds: A number, several, or None for the default.
        default: What stands for None.

    Raises:
        ValueError: If one of them is not from 0 to 1.
    """
    if thresholds is None:
        return [default]
    listed = list(thresholds) if np.ndim(thresholds) else [thresholds]
    wrong = [t for t in listed if t is None or not 0 <= t <= 1]
    if wrong:
        raise ValueError(
            f"Expected `thresholds` to be numbers from 0 to 1. Received: {wrong}"
        )
    return [float(t) for t in listed]


def ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> np.ndarray:
    """Returns part / whole, and 0 where whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part), np.asarray(whole))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


def _least_exceeded(thresholds: np.ndarray) -> int | None:
    """How many of even thresholds every prediction exceeds; None if they are not."""
    if len(thresholds) < 3:
        return None
    even = np.linspace(0, 1, len(thresholds))
    if not np.allclose(np.clip(thresholds, 0, 1), even, atol=epsilon()):
        return None
    return int(thresholds[0] < 0 or thresholds[-1] > 1)


def _element_weights(
    sample_weight: npt.ArrayLike, pred: np.ndarray, dtype: str
) -> np.ndarray:
    """Weights as a matrix of as many rows as predictions have, of one column if that
    is the weight of all of a row."""
    weight = as_real(sample_weight, dtype, name="sample_weight")
    given = weight.shape
    if weight.ndim < pred.ndim:
        weight = weight.reshape(*given, *[1] * (pred.ndim - weight.ndim))
    elif weight.ndim == pred.ndim + 1 and given[-1] == 1:
        weight = weight[..., 0]
    by_row = pred.ndim == 1 or weight.shape[-1:] == (1,)
    shape = (*pred.shape[:-1], 1) if by_row and pred.ndim > 1 else pred.shape
    try:
        weight = np.broadcast_to(weight, shape)
    except ValueError:
        raise ValueError(
            f"Expected sample_weight to fit predictions of shape {pred.shape}. "
            f"Received: sample_weight.shape={given}"
        ) from None
    return weight.reshape(-1, 1 if by_row else shape[-1])


def _without_the_rest(pred: np.ndarray, top_k: int | None) -> np.ndarray:
    """The predictions, all but the k largest of a row made smaller than any."""
    if top_k is None:
        return pred
    pred = pred.copy()
    order = np.argsort(-pred, axis=1, kind="stable")
    np.put_along_axis(pred, order[:, top_k:], -np.inf, axis=1)
    return pred
