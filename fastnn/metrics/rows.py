"""Means over rows whose values a kernel computes within a plan."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import as_real
from fastnn.losses.loss import CompiledLoss
from fastnn.losses.rows import match_ranks
from fastnn.metrics.mean import MeanMetricWrapper
from fastnn.naming import to_snake_case
from fastnn.plan.row_losses import row_losses, row_values
from fastnn.plan.tensor import Held

__all__ = ["LossMetric", "RowMetric"]


class RowMetric(MeanMetricWrapper):
    """The mean of a function's values, which a kernel computes within a plan.

    Attributes:
        kernel: The kernel of the values.
        scalars: The kernel's settings, after its arrays.
        target: "values" if `y_true` has the shape of `y_pred`, "labels" if it holds the
            index of a class for each row.
    """

    kernel: str
    scalars: tuple[float, ...] = ()
    target: str = "values"

    def fits(self, prediction, target):
        if self.target == "labels":
            return target.dtype == "int32"
        return super().fits(prediction, target)

    def lower(self, builder, prediction, target, weight):
        values = self._record_values(builder, prediction, target)
        sums = Held("sums", self._sums)
        builder.emit(
            "mean_accumulate", (sums,), (values, weight), sizes=(prediction.height,)
        )

    def _record_values(self, builder, prediction, target):
        return row_values(builder, self.kernel, self.scalars, prediction, target)


class LossMetric(RowMetric):
    """The mean of a loss's values.

    Args:
        name: Name of the metric; by default that of the class.
        dtype: "float32" (the default) or "float64".

    Attributes:
        loss_class: The loss.
        usual_name: Name of the metric if it is not that of the class.
    """

    _direction = "down"
    loss_class: ClassVar[type[CompiledLoss]]
    usual_name: str | None = None

    def __init__(self, name: str | None = None, dtype: npt.DTypeLike | None = None):
        self._wrap(name, dtype)

    def _wrap(
        self, name: str | None, dtype: npt.DTypeLike | None, **arguments: Any
    ) -> None:
        """What constructors call with the arguments of the loss."""
        loss = self.loss_class(dtype=dtype, **arguments)
        name = name or self.usual_name or to_snake_case(type(self).__name__)
        super().__init__(loss.call, name, dtype)
        self._loss = loss
        self.target = loss.target
        self.from_logits = loss.from_logits
        vars(self).update({key: getattr(loss, key) for key in arguments})

    @property
    def kernel(self) -> str:  # type: ignore[override]
        logits_kernel = self._loss.logits_kernel if self.from_logits else None
        return logits_kernel or self._loss.kernel

    @property
    def scalars(self) -> tuple[float, ...]:  # type: ignore[override]
        loss = self._loss
        return loss.logits_scalars if self.from_logits else loss.scalars

    def fits(self, prediction, target):
        loss = self._loss
        last = loss.axis in (-1, len(prediction.shape)) and loss.ignored is None
        return last and super().fits(prediction, target)

    def _values(self, y_true, y_pred):
        return self.fn(y_true, as_real(y_pred, self.dtype, name="y_pred"))

    def _weights(self, y_true, values, sample_weight):
        mask = self._loss.mask(np.asarray(y_true), values)
        if mask is None:
            return sample_weight
        weight = as_real(sample_weight, np.float64, name="sample_weight")
        return match_ranks(np.asarray(mask, np.float64), weight)[0] * weight

    def _record_values(self, builder, prediction, target):
        out = None
        if self.from_logits:
            out = builder.tensor("probabilities", prediction.shape)
        kernel, scalars = self.kernel, self.scalars
        return row_losses(builder, kernel, scalars, prediction, target, out=out)
