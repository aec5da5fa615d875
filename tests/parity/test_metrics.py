"""Metrics: on arrays, batch by batch, with weights of every rank."""

import numpy as np
import pytest

from parity.harness import both, raise_alike
from parity.metric_cases import BEST, METRICS, OVERLAPS, batches, weighted_batches


def metric(name, **arguments):
    """k -> a metric."""
    return lambda k: getattr(k.metrics, name)(**arguments)


def name_of(value):
    return value if isinstance(value, str) else None


CASES = [
    pytest.param(
        name,
        arguments,
        kind,
        id="-".join([name, *(f"{k}={v}" for k, v in arguments.items()), kind]),
    )
    for name, arguments, kinds in METRICS
    for kind in kinds
]


@pytest.mark.filterwarnings("ignore:You are passing weight")
@pytest.mark.parametrize(("name", "arguments", "kind"), CASES)
def test_batch_by_batch(name, arguments, kind):
    made = weighted_batches(name, arguments, kind)

    def run(k):
        measure = getattr(k.metrics, name)(name="one", **arguments)
        results = []
        for batch in made:
            measure.update_state(*batch)
            results.append(np.asarray(measure.result()))
        state = {v.name: np.asarray(v) for v in measure.variables}
        measure.reset_state()
        reset = [np.asarray(v) for v in measure.variables]
        again = np.asarray(measure(*made[0]))
        return results, state, reset, again, [measure.name, measure.dtype]

    both(run, rtol=2e-5)


@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_of_values(name):
    values = [
        (3.0, None),
        (3.0, 2.0),
        ([1.0, 3, 5, 7], None),
        ([1.0, 3, 5, 7], [1.0, 1, 0, 0]),
        ([1.0, 3, 5, 7], 0.5),
        ([[1.0, 3], [5, 7]], None),
        ([[1.0, 3], [5, 7]], [1.0, 0.5]),
        ([[1.0, 3], [5, 7]], [[1.0, 0.5], [0, 2]]),
        ([[1.0, 3], [5, 7]], [[1.0], [2]]),
        (np.arange(12.0).reshape(2, 3, 2), [1.0, 2]),
        (np.arange(12.0).reshape(2, 3, 2), [[1.0, 2, 3], [4, 5, 6]]),
    ]

    def run(k):
        measure = getattr(k.metrics, name)()
        results = []
        for value, weight in values:
            results.append(np.asarray(measure(value, sample_weight=weight)))
        return results, {v.name: np.asarray(v) for v in measure.variables}

    both(run)


FUNCTIONS = [
    ("binary_accuracy", {}, "many bits"),
    ("binary_accuracy", {"threshold": 0.3}, "bits"),
    ("categorical_accuracy", {}, "deep one-hot"),
    ("sparse_categorical_accuracy", {}, "deep labels"),
    ("sparse_categorical_accuracy", {}, "columns of labels"),
    ("top_k_categorical_accuracy", {"k": 2}, "one-hot"),
    ("sparse_top_k_categorical_accuracy", {"k": 2}, "labels"),
    ("sparse_top_k_categorical_accuracy", {"k": 2, "from_sorted_ids": True}, "sorted"),
    ("pearson_correlation", {}, "values"),
    ("pearson_correlation", {"axis": 0}, "values"),
    ("concordance_correlation", {}, "deep values"),
    ("concordance_correlation", {"axis": 0}, "values"),
    ("mean_squared_error", {}, "values"),
    ("mean_absolute_error", {}, "deep values"),
    ("binary_crossentropy", {}, "many bits"),
    ("categorical_crossentropy", {}, "one-hot"),
    ("sparse_categorical_crossentropy", {}, "labels"),
    ("hinge", {}, "signs"),
    ("kl_divergence", {}, "positive"),
    ("huber", {"delta": 0.5}, "values"),
    ("binary_focal_crossentropy", {}, "many bits"),
]


@pytest.mark.parametrize(("name", "arguments", "kind"), FUNCTIONS, ids=name_of)
def test_functions(name, arguments, kind):
    y_true, y_pred = next(batches(kind))
    both(lambda k: np.asarray(getattr(k.metrics, name)(y_true, y_pred, **arguments)))


def absolute(y_true, y_pred, power=1):
    return abs(y_true - y_pred) ** power


def test_wrapper():
    y_true, y_pred = next(batches("values"))

    def run(k):
        measure = k.metrics.MeanMetricWrapper(absolute, name="one", power=3)
        measure.update_state(y_true, y_pred, np.linspace(0, 1, 8, dtype="float32"))
        return float(measure.result()), measure.name

    both(run)


NAMES = ["AUC", "auc", "mse", "MSE", "MeanSquaredError", "mean_squared_error", "bce"]
NAMES += ["Precision", "recall", "f1_score", "F1Score", "BCE", "mae", "MAE", "r2_score"]
NAMES += ["binary_accuracy", "BinaryAccuracy", "true_positives", "mape", "MSLE"]
NAMES += ["kl_divergence", "KLDivergence", "log_cosh_error", "hinge", "poisson"]


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    both(lambda k: type(k.metrics.get(name)).__name__)


def test_automatic_names():
    def run(k):
        k.utils.clear_session()
        classes = ["AUC", "AUC", "Precision", "Precision", "MeanSquaredError", "Sum"]
        classes += ["MeanSquaredError", "TruePositives", "F1Score", "Mean", "R2Score"]
        classes += ["Recall", "BinaryIoU", "BinaryIoU", "CosineSimilarity", "Poisson"]
        classes += ["LogCoshError", "KLDivergence", "Hinge", "SquaredHinge"]
        return [getattr(k.metrics, name)().name for name in classes]

    both(run)


CONFIGS = [
    ("AUC", {}),
    ("AUC", {"curve": "PR", "thresholds": [0.7, 0.2], "name": "a"}),
    ("AUC", {"multi_label": True, "num_labels": 3, "from_logits": True}),
    ("Precision", {"thresholds": [0.2, 0.4], "top_k": 3, "class_id": 1}),
    ("Recall", {}),
    ("TruePositives", {"thresholds": 0.3}),
    ("SensitivityAtSpecificity", {"specificity": 0.5, "class_id": 2}),
    ("FBetaScore", {"beta": 2.0, "average": "micro", "threshold": 0.5}),
    ("F1Score", {}),
    ("R2Score", {"class_aggregation": None, "num_regressors": 2}),
    ("IoU", OVERLAPS),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1, "axis": 0}),
    ("OneHotIoU", OVERLAPS),
    ("OneHotMeanIoU", {"num_classes": 3, "sparse_y_pred": True}),
    ("BinaryIoU", {"threshold": 0.3, "target_class_ids": [1]}),
    ("BinaryAccuracy", {"threshold": 0.3}),
    ("TopKCategoricalAccuracy", {"k": 3}),
    ("PearsonCorrelation", {"axis": 0}),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
    ("Mean", {}),
    ("Sum", {"name": "s", "dtype": "float64"}),
]


@pytest.mark.parametrize(("name", "arguments"), CONFIGS, ids=name_of)
def test_configurations(name, arguments):
    def run(k):
        config = getattr(k.metrics, name)(**{"name": "one", **arguments}).get_config()
        return {key: value for key, value in config.items() if value is not None}

    both(run)


WRONG = [
    metric("AUC", num_thresholds=1),
    metric("AUC", num_thresholds=0),
    metric("AUC", curve="ROCK"),
    metric("AUC", summation_method="minor"),
    metric("AUC", num_labels=3),
    metric("Precision", thresholds=1.5),
    metric("Precision", thresholds=[0.5, -0.5]),
    metric("Recall", thresholds=[0.5, None]),
    metric("TruePositives", thresholds=-1.0),
    *(metric(name, **{arg: 1.5}) for name, arg in BEST.items()),
    *(metric(name, **{arg: 0.5, "num_thresholds": 0}) for name, arg in BEST.items()),
    metric("F1Score", average="mean"),
    metric("F1Score", threshold=1),
    metric("F1Score", threshold=1.5),
    metric("FBetaScore", beta=1),
    metric("FBetaScore", beta=-1.0),
    metric("R2Score", class_aggregation="mean"),
    metric("R2Score", num_regressors=-1),
    metric("IoU", num_classes=2, target_class_ids=[2]),
    lambda k: k.metrics.get("acuracy"),
    lambda k: k.metrics.get(3),
    lambda k: k.metrics.AUC(multi_label=True).update_state([0.0, 1.0], np.ones(2)),
    lambda k: k.metrics.F1Score().update_state(np.ones(3), np.ones(3)),
    lambda k: k.metrics.R2Score().update_state(np.ones(3), np.ones(3)),
    lambda k: k.metrics.Precision(class_id=1).update_state(np.ones(3), np.ones(3)),
    lambda k: k.metrics.Precision(top_k=4).update_state(
        np.ones((2, 3)), np.ones((2, 3))
    ),
    lambda k: k.metrics.Mean().update_state(np.ones((3, 2)), np.ones(2)),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_refused(wrong):
    raise_alike(wrong)


def test_a_constructor_that_forgets_the_base():
    def forget(k):
        class Forgetful(k.metrics.Metric):
            def __init__(self):
                self.total = self.add_variable((), "zeros")

        Forgetful()

    raise_alike(forget)


@pytest.mark.parametrize("wrong", ["mae", 3])
@pytest.mark.parametrize("argument", ["metrics", "weighted_metrics"])
def test_what_compile_refuses(argument, wrong):
    def compile(k):
        model = k.Sequential([k.Input((2,)), k.layers.Dense(1)])
        model.compile("sgd", "mse", **{argument: wrong})
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)

    raise_alike(compile)
