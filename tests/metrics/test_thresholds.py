"""What is counted at thresholds, by hand and against definitions."""

import numpy as np
import pytest

from fastnn import metrics
from fastnn.metrics.thresholds import parse_thresholds, ratio

TRUE = [0, 1, 1, 1]
PRED = [0.2, 0.6, 0.4, 0.9]


def test_counts_by_hand():
    results = {
        cls.__name__: cls(thresholds=[0.5, 0.3])(TRUE, PRED).tolist()
        for cls in (
            metrics.TruePositives,
            metrics.FalsePositives,
            metrics.TrueNegatives,
            metrics.FalseNegatives,
        )
    }
    assert results == {
        "TruePositives": [2, 3],
        "FalsePositives": [0, 0],
        "TrueNegatives": [1, 1],
        "FalseNegatives": [1, 0],
    }


def test_a_single_threshold_gives_a_number():
    assert metrics.TruePositives()(TRUE, PRED) == 2.0
    assert isinstance(metrics.Precision()(TRUE, PRED), float)
    recall = metrics.Recall(thresholds=[0.5, 0.95])(TRUE, PRED)
    assert recall.dtype == np.float32
    assert recall == pytest.approx([2 / 3, 0])


def test_a_prediction_at_the_threshold_is_not_above_it():
    assert metrics.TruePositives()([1], [0.5]) == 0
    for thresholds in ([0, 0.5, 1], [0, 0.5, 0.75]):
        count = metrics.TruePositives(thresholds=thresholds)
        assert count([1], [0.0]).tolist() == [0, 0, 0]
        assert count([1], [0.5]).tolist() == [1, 0, 0]


def test_nan_is_above_no_threshold():
    for thresholds in (0.5, [0.0, 0.5, 1.0], [0.1, 0.2]):
        count = metrics.TruePositives(thresholds=thresholds)
        assert np.ravel(count([1, 1], [np.nan, 0.7]))[0] == 1
    assert metrics.Precision(top_k=1)([[1, 0]], [[np.nan, np.nan]]) == 0


def test_precision_among_the_largest():
    true = [[0, 1, 0], [1, 0, 1]]
    pred = [[0.1, 0.2, 0.7], [0.4, 0.4, 0.4]]
    assert metrics.Precision(top_k=1)(true, pred) == 0.5
    assert metrics.Precision(top_k=2)(true, pred) == 0.5
    assert metrics.Recall(top_k=2)(true, pred) == pytest.approx(2 / 3)
    assert metrics.Precision(top_k=2, class_id=0)(true, pred) == 1
    assert metrics.Precision(top_k=2, class_id=-1)(true, pred) == 0


def test_weights_of_each_prediction_and_of_rows(rng):
    true, pred = rng.integers(0, 2, (20, 3)), rng.uniform(size=(20, 3))
    rows = rng.uniform(size=20)
    every = np.repeat(rows[:, None], 3, axis=1)
    for make in (
        lambda: metrics.AUC(num_thresholds=9),
        lambda: metrics.AUC(multi_label=True, thresholds=[0.1, 0.7]),
        lambda: metrics.AUC(label_weights=[1, 2, 3]),
        lambda: metrics.Precision(top_k=2, thresholds=[0.4, 0.2]),
        lambda: metrics.Recall(class_id=1),
    ):
        by_row, by_column, by_element = make(), make(), make()
        expected = by_row(true, pred, rows)
        assert np.allclose(by_column(true, pred, rows[:, None]), expected)
        assert np.allclose(by_element(true, pred, every), expected)


@pytest.mark.parametrize("from_logits", [False, True])
def test_auc_is_the_share_of_pairs_in_order(rng, from_logits):
    true = rng.integers(0, 2, 300)
    scores = rng.normal(size=300) + true
    logistic = 1 / (1 + np.exp(-scores))
    pairs = scores[true == 1][:, None] - scores[true == 0]
    auc = metrics.AUC(num_thresholds=5000, from_logits=from_logits)
    found = auc(true, scores if from_logits else logistic)
    assert found == pytest.approx((pairs > 0).mean(), abs=1e-3)


def test_auc_by_hand():
    arguments = {"num_thresholds": 3}
    batch = [0, 0, 1, 1], [0, 0.5, 0.3, 0.9]
    assert metrics.AUC(**arguments)(*batch) == 0.75
    assert metrics.AUC(**arguments)(*batch, [1, 0, 0, 1]) == 1
    assert metrics.AUC(summation_method="minoring", **arguments)(*batch) == 0.5
    assert metrics.AUC(summation_method="majoring", **arguments)(*batch) == 1
    assert metrics.AUC(thresholds=[0.5])(*batch) == 0.75


def test_columns_of_their_own_are_averaged(rng):
    true, pred = rng.integers(0, 2, (30, 2)), rng.uniform(size=(30, 2))
    each = [metrics.AUC()(true[:, i], pred[:, i]) for i in range(2)]
    assert metrics.AUC(multi_label=True)(true, pred) == pytest.approx(np.mean(each))
    weighted = metrics.AUC(multi_label=True, label_weights=[3, 1])
    assert weighted(true, pred) == pytest.approx(np.average(each, weights=[3, 1]))
    assert [v.shape for v in weighted.variables] == [(200, 2)] * 4
    with pytest.raises(ValueError, match=r"label_weights=\[3\]"):
        metrics.AUC(multi_label=True, label_weights=[3]).update_state(true, pred)


def test_auc_before_it_knows_its_columns():
    auc = metrics.AUC(multi_label=True)
    assert auc.variables == []
    assert auc.result() == 0
    auc.reset_state()
    with pytest.raises(ValueError, match="two axes"):
        auc.update_state([0, 1], [0.5, 0.5])
    auc.update_state(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="shape"):
        auc.update_state(np.zeros((2, 4)), np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("cls", "value", "expected"),
    [
        (metrics.SensitivityAtSpecificity, 0.5, 0.5),
        (metrics.SpecificityAtSensitivity, 0.5, 2 / 3),
        (metrics.PrecisionAtRecall, 0.5, 0.5),
        (metrics.RecallAtPrecision, 0.6, 0.0),
    ],
)
def test_the_best_by_hand(cls, value, expected):
    # above 0.5: one of two positives and one of three negatives
    true, pred = [0, 0, 0, 1, 1], [0.1, 0.2, 0.8, 0.3, 0.8]
    found = cls(value, num_thresholds=1)(true, pred)
    assert found == pytest.approx(expected)


def test_the_best_of_many_thresholds():
    true, pred = [0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]
    assert metrics.SensitivityAtSpecificity(0.5)(true, pred) == 0.5
    assert metrics.SpecificityAtSensitivity(0.6)(true, pred) == pytest.approx(1 / 3)
    assert metrics.RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]) == 0.5
    assert (
        metrics.PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]) == 0.5
    )


def test_thresholds_are_parsed():
    assert parse_thresholds(None) == [0.5]
    assert parse_thresholds(0.25) == [0.25]
    assert parse_thresholds((0, 1)) == [0, 1]
    with pytest.raises(ValueError, match=r"Received: \[2\]"):
        parse_thresholds([0.5, 2])


def test_ratio_of_nothing_is_nothing():
    assert ratio([1, 2, 0], [2, 0, 0]).tolist() == [0.5, 0, 0]


@pytest.mark.parametrize("weight", [np.ones(3), np.ones((4, 2)), np.ones((2, 2, 2))])
def test_weights_that_do_not_fit_are_refused(weight):
    with pytest.raises(ValueError, match=r"Received: sample_weight\.shape="):
        metrics.AUC().update_state(np.zeros((4, 3)), np.zeros((4, 3)), weight)
