"""Metrics, what training is watched by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastnn.losses import (
    Loss,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from fastnn.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from fastnn.metrics.auc import AUC
from fastnn.metrics.best import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from fastnn.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from fastnn.metrics.correlation import (
    ConcordanceCorrelation,
    CosineSimilarity,
    PearsonCorrelation,
    concordance_correlation,
    cosine_similarity,
    pearson_correlation,
)
from fastnn.metrics.f_score import F1Score, FBetaScore
from fastnn.metrics.iou import (
    BinaryIoU,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
)
from fastnn.metrics.loss_metrics import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from fastnn.metrics.mean import Mean, MeanMetricWrapper, Sum
from fastnn.metrics.metric import Metric
from fastnn.metrics.r2_score import R2Score
from fastnn.metrics.rows import LossMetric
from fastnn.naming import to_snake_case
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

_CLASS_OF_FUNCTION = {
    accuracy: Accuracy,
    binary_accuracy: BinaryAccuracy,
    binary_crossentropy: BinaryCrossentropy,
    categorical_accuracy: CategoricalAccuracy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_hinge: CategoricalHinge,
    concordance_correlation: ConcordanceCorrelation,
    cosine_similarity: CosineSimilarity,
    hinge: Hinge,
    kl_divergence: KLDivergence,
    log_cosh: LogCoshError,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    pearson_correlation: PearsonCorrelation,
    poisson: Poisson,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    squared_hinge: SquaredHinge,
    sparse_top_k_categorical_accuracy: SparseTopKCategoricalAccuracy,
    top_k_categorical_accuracy: TopKCategoricalAccuracy,
}

_FUNCTIONS = Room(
    "function for a metric",
    [
        *_CLASS_OF_FUNCTION,
        binary_focal_crossentropy,
        categorical_focal_crossentropy,
        huber,
    ],
)

_ROOM = Room(
    "metric",
    [
        AUC,
        Accuracy,
        BinaryAccuracy,
        BinaryCrossentropy,
        BinaryIoU,
        CategoricalAccuracy,
        CategoricalCrossentropy,
        CategoricalHinge,
        ConcordanceCorrelation,
        CosineSimilarity,
        F1Score,
        FBetaScore,
        FalseNegatives,
        FalsePositives,
        Hinge,
        IoU,
        KLDivergence,
        LogCoshError,
        Mean,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanIoU,
        MeanMetricWrapper,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        OneHotIoU,
        OneHotMeanIoU,
        PearsonCorrelation,
        Poisson,
        Precision,
        PrecisionAtRecall,
        R2Score,
        Recall,
        RecallAtPrecision,
        RootMeanSquaredError,
        SensitivityAtSpecificity,
        SparseCategoricalAccuracy,
        SparseCategoricalCrossentropy,
        SparseTopKCategoricalAccuracy,
        SpecificityAtSensitivity,
        SquaredHinge,
        Sum,
        TopKCategoricalAccuracy,
        TrueNegatives,
        TruePositives,
    ],
    aliases={
        name: cls
        for short, cls in {
            "bce": BinaryCrossentropy,
            "mae": MeanAbsoluteError,
            "mape": MeanAbsolutePercentageError,
            "mse": MeanSquaredError,
            "msle": MeanSquaredLogarithmicError,
        }.items()
        for name in (short, short.upper())
    },
)


def get(identifier: Any) -> Metric | Callable[..., Any] | None:
    """Returns the metric that `identifier` stands for.

    Args:
        identifier: A name ("mse", "MeanSquaredError"), a configuration, a metric, its
            class, any function of (y_true, y_pred), or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not callable(found):
        raise ValueError(
            "Expected the name or the configuration of a metric, or a function of "
            f"(y_true, y_pred). Received: {identifier!r}"
        )
    return found


def function(identifier: Any) -> Callable[..., Any]:
    """Returns the function of (y_true, y_pred) that `identifier` stands for.

    Args:
        identifier: A function, or the name or configuration of one.

    Raises:
        ValueError: If it is none of these.
    """
    found = _FUNCTIONS.lookup(identifier)
    if not callable(found):
        raise ValueError(
            f"Expected a function of (y_true, y_pred). Received: {identifier!r}"
        )
    return found


def resolve(
    identifier: Any, loss: Loss | None, output_units: int, labels: bool = False
) -> Metric:
    """Returns what a plan accumulates for one entry of `metrics=[...]`.

    "accuracy" (or "acc") and "crossentropy" (or "ce") become binary for one output,
    sparse where targets are labels, else categorical.

    Args:
        identifier: What `get` takes.
        loss: The model's loss.
        output_units: Length of the last axis of the model's output.
        labels: Whether the targets look like labels, where the loss does not tell.

    Raises:
        ValueError: If `identifier` is not known.
    """
    if isinstance(identifier, str) and identifier.lower() in _BY_LOSS:
        return _by_loss(identifier, loss, output_units, labels)
    found = get(identifier)
    if found is None:
        raise ValueError(f"Expected a metric. Received: {identifier!r}")
    if isinstance(found, Metric):
        if isinstance(identifier, str):
            found.name = identifier
        return found
    cls = _CLASS_OF_FUNCTION.get(found)
    if cls is not None:
        return cls(name=found.__name__)
    return MeanMetricWrapper(found, name=_name_of(found))


def _name_of(function: Callable[..., Any]) -> str:
    kind = getattr(function, "__name__", type(function).__name__)
    return getattr(function, "name", None) or to_snake_case(kind)


_BY_LOSS = {
    "accuracy": (BinaryAccuracy, SparseCategoricalAccuracy, CategoricalAccuracy),
    "crossentropy": (
        BinaryCrossentropy,
        SparseCategoricalCrossentropy,
        CategoricalCrossentropy,
    ),
}
_BY_LOSS["acc"] = _BY_LOSS["accuracy"]
_BY_LOSS["ce"] = _BY_LOSS["crossentropy"]


def _by_loss(name: str, loss: Loss | None, output_units: int, labels: bool) -> Metric:
    binary, sparse, categorical = _BY_LOSS[name.lower()]
    if loss is not None and loss.compiled:
        labels = loss.target == "labels"
    cls: Any = sparse if labels else categorical
    cls = binary if output_units == 1 else cls
    if getattr(loss, "from_logits", False) and issubclass(cls, LossMetric):
        return cls(name=name, from_logits=True)
    return cls(name=name)


def serialize(metric: Metric | Callable[..., Any]) -> Any:
    """Returns the metric's configuration as plain data."""
    return _config.serialize(metric)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Metric | Callable[..., Any]:
    """Returns the metric that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
