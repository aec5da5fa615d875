"""What the tests of every public class need to know about metrics."""

import numpy as np

LABELS = np.array([2, 0, 1, 1, 0, 2])
PREDICTED = np.array([2, 0, 1, 0, 0, 1])
SCORES = np.array(
    [[0.2, 0.7, 0.1], [0.3, 0.3, 0.4], [0.9, 0.05, 0.05], [0.1, 0.6, 0.3]]
)
TARGETS = np.array([[0.0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]])

REQUIRED = {
    "IoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "MeanIoU": {"num_classes": 3},
    "MeanMetricWrapper": {"fn": "mean_squared_error"},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.4},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.6},
    "SpecificityAtSensitivity": {"sensitivity": 0.4},
    "SparseTopKCategoricalAccuracy": {"k": 1},
}

SECOND_VALUES = {
    "average": "micro",
    "beta": 2.0,
    "class_aggregation": None,
    "class_id": 1,
    "curve": "PR",
    "from_sorted_ids": True,
    "k": 2,
    "label_weights": [1.0, 2.0, 3.0],
    "multi_label": True,
    "num_classes": 2,
    "num_labels": 3,
    "num_regressors": 3,
    "num_thresholds": 3,
    "precision": 0.95,
    "recall": 0.95,
    "sensitivity": 0.95,
    "sparse_y_pred": False,
    "sparse_y_true": False,
    "specificity": 0.95,
    "summation_method": "majoring",
    "target_class_ids": [1],
    "thresholds": [0.35, 0.65],
    "top_k": 2,
}

SECOND_VALUES_OF = {
    ("MeanIoU", "num_classes"): 4,
    ("OneHotIoU", "sparse_y_pred"): True,
    ("OneHotMeanIoU", "sparse_y_pred"): True,
    ("TopKCategoricalAccuracy", "k"): 1,
}

BESIDE_OF = {
    ("IoU", "axis"): (-1, {"sparse_y_true": False, "sparse_y_pred": False}),
    ("MeanIoU", "axis"): (-1, {"sparse_y_true": False, "sparse_y_pred": False}),
}


def _labels(sparse, labels):
    """Labels, or another set of them with one entry for each class."""
    return labels if sparse else np.eye(3)[np.roll(labels, 1)]


def batch(metric):
    """(y_true, y_pred) that suit a metric; only values for a mean or a sum."""
    kind = type(metric).__name__
    if kind in ("Mean", "Sum"):
        return (SCORES,)
    if kind == "BinaryIoU":
        return TARGETS[:, 0], SCORES[:, 0]
    if hasattr(metric, "sparse_y_true"):
        return tuple(
            _labels(*pair)
            for pair in (
                (metric.sparse_y_true, LABELS), (metric.sparse_y_pred, PREDICTED),
            )
        )  # fmt: skip
    if getattr(metric, "target", "values") == "labels":
        # one for each row, or one for each column if the classes lie along the rows
        labels = [1, 0, 1] if getattr(metric, "axis", -1) == 0 else [1, 0, 1, 2]
        return np.array(labels), SCORES
    return TARGETS, SCORES


def behaviour(metric):
    """The state after a batch, and the result."""
    metric.update_state(*batch(metric))
    state = [(v.name, v.dtype, v.value.tolist()) for v in metric.variables]
    return state, np.asarray(metric.result()).tolist()
