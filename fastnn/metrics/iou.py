"""Intersection over union of classes.

Source: Everingham et al., 2010, "The Pascal visual object classes challenge".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.caller import warn
from fastnn.config import epsilon
from fastnn.metrics.metric import Metric
from fastnn.variable import Variable

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


class IoU(Metric):
    """The mean over classes of true positives / (true positives + false positives +
    false negatives)

    Classes without targets and predictions do not count, nor do labels that are none of
    the classes.

    Args:
        num_classes: Number of classes.
        target_class_ids: The classes over which the mean is taken.
        name: Name of the metric; by default that of the class.
        dtype: Type of the counts, "int32" (the default), "float32" or "float64";
            integer counts cut off fractions of weights.
        ignore_class: Targets with this label do not count; None for none.
        sparse_y_true: Whether targets are labels rather than one entry for each class.
        sparse_y_pred: Whether predictions are labels rather than one entry for each.
        axis: The axis of the classes, where they have one.

    Attributes:
        total_cm: Number of targets of a class (row) that are predicted as a class.

    Raises:
        ValueError: If a target class is none of the classes.
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(dtype, name)
        self.num_classes = int(num_classes)
        self.target_class_ids = ids = list(target_class_ids)
        if not ids or not all(-num_classes <= i < num_classes for i in ids):
            raise ValueError(
                f"Expected `target_class_ids` to be some of {num_classes} classes. "
                f"Received: {target_class_ids=}"
            )
        self.ignore_class = ignore_class
        self.sparse_y_true = bool(sparse_y_true)
        self.sparse_y_pred = bool(sparse_y_pred)
        self.axis = axis
        self.total_cm = Variable(
            np.zeros((self.num_classes, self.num_classes), self.dtype),
            name="total_confusion_matrix",
            trainable=False,
        )
        self._variables.append(self.total_cm)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch.

        Args:
            y_true: Labels of any shape, or with an axis of classes.
            y_pred: As `y_true`, for as many rows.
            sample_weight: Weights of the labels.

        Raises:
            ValueError: If the shapes do not fit.
        """
        true = self._labels(y_true, self.sparse_y_true)
        pred = self._labels(y_pred, self.sparse_y_pred)
        if true.shape != pred.shape:
            raise ValueError(
                "Expected y_true and y_pred to hold as many labels. Received: "
                f"y_true.shape={np.shape(y_true)}, y_pred.shape={np.shape(y_pred)}"
            )
        weight = self._weights(sample_weight, true.shape)
        inside = (true >= 0) & (true < self.num_classes)
        inside &= (pred >= 0) & (pred < self.num_classes)
        if self.ignore_class is not None:
            inside &= true != self.ignore_class
        places = true[inside] * self.num_classes + pred[inside]
        counts = np.bincount(places, weight[inside], self.total_cm.value.size)
        matrix = counts.reshape(self.total_cm.shape)
        self.total_cm.value[...] += matrix.astype(self.dtype)

    def result(self) -> float:
        matrix = self.total_cm.value.astype(np.float64)
        hits = np.diag(matrix)
        union = matrix.sum(axis=0) + matrix.sum(axis=1) - hits
        hits, union = hits[self.target_class_ids], union[self.target_class_ids]
        shares = np.where(union > 1e-9, hits / (union + epsilon()), 0)
        return float(shares.sum() / ((union > 1e-9).sum() + epsilon()))

    def _checked_dtype(self, dtype):
        if dtype is None or dtype in ("int", "int32", np.int32):
            return "int32"
        return super()._checked_dtype(dtype)

    def _labels(self, values: npt.ArrayLike, sparse: bool) -> np.ndarray:
        array = np.asarray(values)
        labels = array if sparse else np.argmax(array, axis=self.axis)
        if labels.dtype.kind == "f" and self.dtype != "int32":
            # what lies between two classes counts as the lower one
            labels = np.where(labels < 0, -1, labels)
        return labels.reshape(-1).astype(np.int64)

    def _weights(self, sample_weight: Any, shape: tuple[int, ...]) -> np.ndarray:
        if sample_weight is None:
            return np.ones(shape)
        weight = np.asarray(sample_weight)
        if self.dtype == "int32" and weight.dtype.kind == "f":
            if hasattr(sample_weight, "dtype"):
                warn(
                    "Expected integers as weights of a metric with integer counts, "
                    f"which cut off fractions. Received: dtype={weight.dtype}"
                )
            weight = weight.astype(np.int32)
        weight = weight.astype(np.float64)
        try:
            return np.broadcast_to(weight.reshape(-1) if weight.ndim else weight, shape)
        except ValueError:
            raise ValueError(
                f"Expected sample_weight to fit {shape[0]} labels. "
                f"Received: sample_weight.shape={weight.shape}"
            ) from None


class BinaryIoU(IoU):
    """`IoU` of the two classes of a yes or no

    Args:
        target_class_ids: The classes over which the mean is taken: 0, 1 or both.
        threshold: From it on a prediction counts as 1.
        name: Name of the metric; by default that of the class.
        dtype: As in `IoU`.

    Raises:
        ValueError: If a target class is neither 0 nor 1.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
    ):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        above = np.asarray(y_pred, np.float32) >= np.float32(self.threshold)
        super().update_state(y_true, above.astype(np.int32), sample_weight)


class MeanIoU(IoU):
    """The mean `IoU` of all classes

    Args:
        num_classes: Number of classes.
        name: Name of the metric; by default that of the class.
        dtype, ignore_class, sparse_y_true, sparse_y_pred, axis: As in `IoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ):
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class,
            sparse_y_true, sparse_y_pred, axis,
        )  # fmt: skip


class OneHotIoU(IoU):
    """`IoU` for targets with one entry for each class

    Args:
        num_classes: Number of classes.
        target_class_ids: The classes over which the mean is taken.
        name: Name of the metric; by default that of the class.
        dtype, ignore_class, sparse_y_pred, axis: As in `IoU`.

    Raises:
        ValueError: If a target class is none of the classes.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class,
            sparse_y_true=False, sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip


class OneHotMeanIoU(MeanIoU):
    """The mean `IoU` of all classes for targets with one entry for each class

    Args:
        num_classes: Number of classes.
        name: Name of the metric; by default that of the class.
        dtype, ignore_class, sparse_y_pred, axis: As in `IoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: npt.DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ):
        super().__init__(
            num_classes, name, dtype, ignore_class,
            sparse_y_true=False, sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip
