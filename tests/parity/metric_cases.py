"""Metrics with their arguments, and batches that suit them."""

import numpy as np

ROWS = 8  # of all batches alike: Keras compiles anew for each shape


def probabilities(rng, *shape):
    scores = rng.uniform(0.02, 1, size=(*shape, 4))
    return scores / scores.sum(axis=-1, keepdims=True)


# kind -> (generator, rows) -> (y_true, y_pred)
KINDS = {
    "bits": lambda r, n: (r.integers(0, 2, (n, 1)), r.uniform(size=(n, 1))),
    "flat": lambda r, n: (r.integers(0, 2, n), r.uniform(size=n)),
    "many bits": lambda r, n: (r.integers(0, 2, (n, 4)), r.uniform(size=(n, 4))),
    "scores": lambda r, n: (r.integers(0, 2, (n, 4)), r.normal(size=(n, 4)) * 2),
    "one-hot": lambda r, n: (np.eye(4)[r.integers(0, 4, n)], probabilities(r, n)),
    "labels": lambda r, n: (r.integers(0, 4, n), probabilities(r, n)),
    "columns of labels": lambda r, n: (r.integers(0, 4, (n, 1)), probabilities(r, n)),
    "deep labels": lambda r, n: (r.integers(0, 4, (n, 2)), probabilities(r, n, 2)),
    "deep one-hot": lambda r, n: (
        np.eye(4)[r.integers(0, 4, (n, 2))], probabilities(r, n, 2),
    ),
    "values": lambda r, n: (r.normal(size=(n, 4)), r.normal(size=(n, 4))),
    "deep values": lambda r, n: (r.normal(size=(n, 2, 4)), r.normal(size=(n, 2, 4))),
    "positive": lambda r, n: (r.uniform(0.1, 3, (n, 4)), r.uniform(0.1, 3, (n, 4))),
    "signs": lambda r, n: (2 * r.integers(0, 2, (n, 4)) - 1, r.normal(size=(n, 4))),
    "classes": lambda r, n: (r.integers(0, 4, (n, 2)), r.integers(0, 4, (n, 2))),
    "sorted": lambda r, n: (r.integers(0, 4, n), np.argsort(r.normal(size=(n, 4)))),
}  # fmt: skip

AUCS = [
    {},
    {"num_thresholds": 7},
    {"num_thresholds": 2},
    {"curve": "PR"},
    {"curve": "pr", "num_thresholds": 12},
    {"curve": "PRGAIN", "num_thresholds": 12},
    {"summation_method": "minoring", "num_thresholds": 9},
    {"summation_method": "majoring", "num_thresholds": 9},
    {"curve": "PR", "summation_method": "majoring", "num_thresholds": 9},
    {"curve": "PR", "summation_method": "minoring"},
    {"thresholds": [0.5, 0.1, 0.3]},
    {"thresholds": [0.25, 0.5, 0.75]},
]
MANY_AUCS = [
    {"multi_label": True},
    {"multi_label": True, "num_labels": 4, "curve": "PR"},
    {
        "multi_label": True,
        "thresholds": [0.2, 0.7],
        "label_weights": [1.0, 2.0, 0.5, 0.7],
    },
    {"multi_label": True, "label_weights": [0.0, 2.0, 0.5, 0.7], "curve": "PR"},
    {"label_weights": [1.0, 2.0, 0.5, 0.7], "num_thresholds": 20},
    {"label_weights": [1.0, 2.0, 0.5, 0.7], "thresholds": [0.2, 0.3, 0.9]},
]
COUNTS = ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"]
SHARES = ["Precision", "Recall"]
BEST = {
    "SensitivityAtSpecificity": "specificity",
    "SpecificityAtSensitivity": "sensitivity",
    "PrecisionAtRecall": "recall",
    "RecallAtPrecision": "precision",
}
MEANS = {
    "values": ["MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError"],
    "deep values": ["MeanSquaredError", "RootMeanSquaredError", "CosineSimilarity"],
}
OVERLAPS = {"num_classes": 4, "target_class_ids": [1, 3]}

# (metric, arguments, kinds of batches)
METRICS = [
    ("Accuracy", {}, ["classes", "flat"]),
    ("BinaryAccuracy", {}, ["bits", "flat", "many bits"]),
    ("BinaryAccuracy", {"threshold": 0.3}, ["bits", "many bits"]),
    ("CategoricalAccuracy", {}, ["one-hot", "deep one-hot"]),
    ("SparseCategoricalAccuracy", {}, ["labels", "columns of labels", "deep labels"]),
    ("TopKCategoricalAccuracy", {"k": 1}, ["one-hot", "deep one-hot"]),
    ("TopKCategoricalAccuracy", {"k": 3}, ["one-hot", "deep one-hot"]),
    *(
        ("SparseTopKCategoricalAccuracy", {"k": k}, ["labels", "columns of labels"])
        for k in (1, 2, 5)
    ),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, ["deep labels"]),
    ("SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}, ["sorted"]),
    *((name, {}, [kind]) for kind, names in MEANS.items() for name in names),
    ("CosineSimilarity", {}, ["values"]),
    ("MeanAbsolutePercentageError", {}, ["values"]),
    ("MeanSquaredLogarithmicError", {}, ["positive"]),
    ("LogCoshError", {}, ["values", "deep values"]),
    ("Hinge", {}, ["signs", "many bits"]),
    ("SquaredHinge", {}, ["signs", "many bits"]),
    ("CategoricalHinge", {}, ["one-hot"]),
    ("KLDivergence", {}, ["positive", "one-hot"]),
    ("Poisson", {}, ["positive"]),
    ("CosineSimilarity", {"axis": 1}, ["deep values"]),
    *(
        (name, arguments, [kind])
        for name in ("PearsonCorrelation", "ConcordanceCorrelation")
        for kind, arguments in (("values", {}), ("deep values", {"axis": 1}))
    ),
    ("BinaryCrossentropy", {}, ["bits", "many bits"]),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, ["many bits"]),
    ("BinaryCrossentropy", {"from_logits": True}, ["scores"]),
    ("CategoricalCrossentropy", {}, ["one-hot", "deep one-hot"]),
    ("CategoricalCrossentropy", {"from_logits": True}, ["one-hot"]),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, ["one-hot"]),
    ("SparseCategoricalCrossentropy", {}, ["labels", "deep labels"]),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, ["labels"]),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, ["labels"]),
    ("CategoricalCrossentropy", {"axis": 1}, ["deep one-hot"]),
    *((name, {}, ["bits", "flat", "many bits"]) for name in COUNTS),
    *((name, {"thresholds": [0.7, 0.2, 0.4]}, ["many bits"]) for name in COUNTS),
    *((name, {"thresholds": [0, 0.5, 1]}, ["many bits"]) for name in COUNTS),
    *((name, {}, ["bits", "flat", "many bits", "scores"]) for name in SHARES),
    *(
        (name, arguments, ["many bits"])
        for name in SHARES
        for arguments in (
            {"thresholds": 0.3},
            {"thresholds": [0.7, 0.2]},
            {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]},
            {"top_k": 2},
            {"top_k": 2, "thresholds": 0.6},
            {"class_id": 1},
            {"class_id": 2, "top_k": 1},
        )
    ),
    *(
        (name, {argument: value, **arguments}, ["many bits"])
        for name, argument in BEST.items()
        for value, arguments in (
            (0.5, {}), (0.8, {"num_thresholds": 11}), (0.4, {"num_thresholds": 1}),
        )
    ),
    *((name, {arg: 0.5, "class_id": 1}, ["many bits"]) for name, arg in BEST.items()),
    ("AUC", {}, ["bits", "flat"]),
    *(("AUC", arguments, ["many bits"]) for arguments in AUCS),
    *(("AUC", arguments, ["many bits"]) for arguments in MANY_AUCS),
    ("AUC", {"from_logits": True}, ["scores"]),
    *(
        (name, {"average": average, "threshold": threshold}, ["many bits"])
        for name in ("F1Score", "FBetaScore")
        for average in (None, "micro", "macro", "weighted")
        for threshold in (None, 0.4)
    ),
    ("FBetaScore", {"beta": 2.5, "average": "macro"}, ["many bits"]),
    *(
        ("R2Score", {"class_aggregation": aggregation}, ["values"])
        for aggregation in (None, "uniform_average", "variance_weighted_average")
    ),
    ("R2Score", {"num_regressors": 2}, ["values"]),
    ("IoU", OVERLAPS, ["classes"]),
    ("IoU", {**OVERLAPS, "ignore_class": 1}, ["classes"]),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, ["classes"]),
    ("IoU", {**OVERLAPS, "sparse_y_pred": False}, ["labels", "deep labels"]),
    ("IoU", {**OVERLAPS, "dtype": "float32"}, ["classes"]),
    ("MeanIoU", {"num_classes": 4}, ["classes"]),
    ("OneHotIoU", OVERLAPS, ["one-hot", "deep one-hot"]),
    ("OneHotMeanIoU", {"num_classes": 4}, ["one-hot"]),
    ("BinaryIoU", {}, ["bits", "many bits"]),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, ["many bits"]),
]  # fmt: skip

# Metrics of which each prediction may have a weight of its own.
BY_ELEMENT = {*COUNTS, *SHARES, *BEST, "AUC", "R2Score", "BinaryAccuracy"}
BY_ELEMENT |= {"RootMeanSquaredError", "Accuracy"}
IN_ONE_LINE = {"IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU"}


def weights_for(rng, name, arguments, y_true, y_pred):
    """Weights of each rank that both libraries take."""
    rows = len(y_true)
    yield None
    if name in IN_ONE_LINE:
        sparse = arguments.get("sparse_y_pred", not name.startswith("OneHot"))
        labels = y_pred.size if sparse else y_pred.size // 4
        yield rng.integers(1, 4, labels).astype("int32")
        return
    yield rng.uniform(0.1, 2, rows).astype("float32")
    if y_pred.ndim == 2 and name not in ("F1Score", "FBetaScore"):
        yield rng.uniform(0.1, 2, (rows, 1)).astype("float32")
    if y_pred.ndim == 2 and name in BY_ELEMENT and "class_id" not in arguments:
        yield rng.uniform(0.1, 2, y_pred.shape).astype("float32")


def batches(kind):
    """Three batches, the same at each call."""
    rng = np.random.default_rng(11)
    whole = kind in ("classes", "sorted")
    for _ in range(3):
        y_true, y_pred = KINDS[kind](rng, ROWS)
        y_true = y_true.astype("int32" if whole or "label" in kind else "float32")
        yield y_true, y_pred.astype("int32" if whole else "float32")


def weighted_batches(name, arguments, kind):
    """(y_true, y_pred, sample_weight), one for each kind of weights, at least two."""
    rng = np.random.default_rng(12)
    first, *_ = made = list(batches(kind))
    weights = [*weights_for(rng, name, arguments, *first), None]
    return [(*made[i % 3], weight) for i, weight in enumerate(weights)]
