"""Metrics while a model is trained and evaluated."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training


def metric(name, **arguments):
    """k -> a metric."""
    return lambda k: getattr(k.metrics, name)(**arguments)


def absolute(y_true, y_pred):
    return abs(y_true - y_pred)


WEIGHTS = np.random.default_rng(5).uniform(0.1, 2, 48).astype("float32")


# {name: (units, activation, loss, targets, metrics)}, every second one with weights:
# few, because Keras's compiler takes seconds for each; what is not here is tested in
# tests/metrics/test_in_models.py against the same metric outside a model
IN_TRAINING = {
    "binary": (
        1, "sigmoid", "binary_crossentropy", "binary",
        ["accuracy", "AUC", "mse", "accuracy", "recall",
         metric("Precision", thresholds=[0.6, 0.45])],
    ),
    "several binary": (
        4, "sigmoid", "binary_crossentropy", "binary",
        ["binary_accuracy", metric("Precision", top_k=2, class_id=1), "acc",
         metric("FBetaScore", beta=2.0, threshold=0.5),
         metric("SensitivityAtSpecificity", specificity=0.5, num_thresholds=20)],
    ),
    "logits": (
        3, None, lambda k: k.losses.BinaryCrossentropy(from_logits=True), "binary",
        [metric("BinaryCrossentropy", from_logits=True),
         metric("AUC", from_logits=True, thresholds=[0.3, 0.7, 0.4]),
         metric("BinaryAccuracy", threshold=0.0)],
    ),
    "categorical": (
        4, "softmax", "categorical_crossentropy", "one_hot",
        ["accuracy", "f1_score", "CategoricalCrossentropy",
         metric("TopKCategoricalAccuracy", k=2), metric("OneHotMeanIoU", num_classes=4),
         metric("F1Score", average="weighted"), metric("Precision", top_k=1)],
    ),
    "sparse": (
        4, "softmax", "sparse_categorical_crossentropy", "labels",
        ["accuracy", "acc", metric("SparseTopKCategoricalAccuracy", k=2),
         metric("SparseCategoricalCrossentropy"),
         metric("MeanIoU", num_classes=4, sparse_y_pred=False)],
    ),
    "regression": (
        3, None, "mse", "values",
        ["mae", "MSE", "root_mean_squared_error", metric("R2Score"), absolute, "msle",
         metric("R2Score", class_aggregation=None), metric("CosineSimilarity"),
         metric("ConcordanceCorrelation", axis=0), metric("PearsonCorrelation")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("group", IN_TRAINING)
def test_in_training(group):
    units, activation, loss, targets, asked = IN_TRAINING[group]

    def arguments(k):
        made = [m if isinstance(m, str) or m is absolute else m(k) for m in asked]
        for number, one in enumerate(made):
            if hasattr(one, "update_state"):
                one.name = f"metric_{number}"
        return {"metrics": made[::2], "weighted_metrics": made[1::2]}

    case = Case(
        lambda k: [
            k.Input((6,)),
            k.layers.Dense(5, activation="tanh"),
            k.layers.Dense(units, activation=activation),
        ],
        loss=loss,
        optimizer=lambda k: k.optimizers.Adam(0.02),
        compile=arguments,
        targets=targets,
        fit={"sample_weight": WEIGHTS},
        evaluate={"sample_weight": WEIGHTS[::-1].copy()},
    )
    assert_same_training(case)
