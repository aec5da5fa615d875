"""Metrics within a model give what they give outside, compiled or not."""

import numpy as np
import public_metrics
import pytest
from public_objects import arguments, beside, make, second_value

from fastnn import metrics
from fastnn.layers import Activation, Dense, Input
from fastnn.metrics.iou import IoU
from fastnn.models import Sequential

OUTSIDE = {"Mean", "Sum"}  # these take no targets
ARGUMENTS = [
    (cls, argument)
    for room, cls, argument in arguments()
    if room == "metrics" and cls.__name__ not in OUTSIDE and argument != "dtype"
]


def changed(cls, argument):
    """A metric with another value of an argument."""
    first, others = beside(cls, argument)
    usual = {argument: first, **others} if others else {}
    return make(cls, **{**usual, argument: second_value(cls, argument)})


def echo(metric, y_pred, **compile):
    """A model whose predictions are its inputs."""
    model = Sequential([Input(y_pred.shape[1:]), Activation("linear")])
    labels = getattr(metric, "target", "values") == "labels"
    loss = "sparse_categorical_crossentropy" if labels else "mse"
    model.compile("sgd", loss, **compile)
    return model


def kinds_of_operations(model):
    (plan,) = model.plans._steps.values()
    return {op.kind for op in plan.steps.ops}


@pytest.mark.filterwarnings("ignore:Expected integers as weights")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "argument"), ARGUMENTS)
def test_evaluation(cls, argument, weighted):
    try:
        outside, inside = changed(cls, argument), changed(cls, argument)
    except ValueError:  # refused without others
        return
    y_true, y_pred = public_metrics.batch(outside)
    y_pred = y_pred.astype("float32")
    if np.ndim(y_pred) == 1:
        y_true, y_pred = y_true[:, None], y_pred[:, None]
    labels = getattr(outside, "target", "values") == "labels"
    if len(y_true) != len(y_pred) or (not labels and y_true.shape != y_pred.shape):
        return  # no loss takes these
    by_rows = getattr(outside, "axis", -1) == 0
    if weighted and by_rows:
        return  # there is no value for each row
    weight = np.arange(1, len(y_true) + 1) if weighted else None
    size = 4 if by_rows else 3
    for first in range(0, len(y_true), size):
        batch = slice(first, first + size)
        rows = () if weight is None else (weight[batch],)
        outside.update_state(y_true[batch], y_pred[batch], *rows)
    model = echo(inside, y_pred, weighted_metrics=[inside])
    found = model.evaluate(
        y_pred, y_true, batch_size=size, sample_weight=weight, verbose=0,
        return_dict=True,
    )  # fmt: skip
    expected = outside.result()
    assert np.allclose(found[inside.name], expected, rtol=1e-5, equal_nan=by_rows)
    python = isinstance(inside, IoU) or cls is metrics.MeanMetricWrapper
    python = python or cls is metrics.Accuracy or by_rows
    python = python or argument in ("from_sorted_ids", "ignore_class")
    assert ("python" in kinds_of_operations(model)) == python


def test_rows_of_rows():
    """Outputs of two axes: each column counts, a row's weight is that of the sample."""
    rng = np.random.default_rng(3)
    y_pred = rng.uniform(size=(10, 4, 3)).astype("float32")
    y_true = np.eye(3)[rng.integers(0, 3, (10, 4))]
    weight = rng.uniform(1, 2, 10)
    made = [
        metrics.CategoricalAccuracy(),
        metrics.AUC(),
        metrics.Recall(),
        metrics.MeanSquaredError(),
        metrics.CosineSimilarity(),
    ]
    model = echo(made[0], y_pred, weighted_metrics=made)
    found = model.evaluate(
        y_pred, y_true, sample_weight=weight, batch_size=4, verbose=0
    )
    assert "python" not in kinds_of_operations(model)
    for metric, value in zip(made, found[1:], strict=True):
        variables = [v.numpy() for v in metric.variables]
        metric.reset_state()
        metric.update_state(y_true, y_pred, weight)
        assert metric.result() == pytest.approx(value, rel=1e-5)
        for variable, before in zip(metric.variables, variables, strict=True):
            assert np.allclose(variable.value, before)


def test_an_array_of_scores_is_logged(capsys):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(20, 3))
    y = np.eye(3)[rng.integers(0, 3, 20)]
    model = Sequential([Input((3,)), Dense(3, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=["f1_score"])
    history = model.fit(x, y, epochs=2, validation_split=0.5, verbose=2).history
    assert [scores.shape for scores in history["val_f1_score"]] == [(3,), (3,)]
    assert "f1_score" in capsys.readouterr().out


def test_names_are_made_different():
    model = Sequential([Input((3,)), Dense(1, activation="sigmoid")])
    model.compile(
        "sgd",
        "binary_crossentropy",
        metrics=["accuracy", "accuracy", "auc"],
        weighted_metrics=["auc", "accuracy", "mse"],
    )
    model.evaluate(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    assert model.metrics_names[1:] == [
        "accuracy", "accuracy_1", "auc", "weighted_auc", "weighted_accuracy", "mse",
    ]  # fmt: skip


def test_metrics_within_lists_and_by_output():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse", metrics={"dense": ["mae", ["mse"]]})
    model.evaluate(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    assert model.metrics_names == ["loss", "mae", "mse"]


def test_classes_that_do_not_fit_are_refused():
    model = Sequential([Input((3,)), Dense(2, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=[metrics.Precision(class_id=2)])
    with pytest.raises(ValueError, match="class_id=2"):
        model.evaluate(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
