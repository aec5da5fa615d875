"""F scores, the coefficient of determination, intersection over union, by hand."""

import numpy as np
import pytest

from fastnn import metrics

TRUE = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]])
PRED = np.array([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])


def test_f1_by_hand():
    scores = metrics.F1Score(threshold=0.5)(TRUE, PRED)
    assert scores == pytest.approx([0.5, 0.8, 2 / 3], abs=1e-6)
    assert scores.dtype == np.float32


@pytest.mark.parametrize(
    ("average", "expected"),
    [("macro", 0.6556), ("micro", 2 / 3), ("weighted", 0.6278)],
)
def test_averages_by_hand(average, expected):
    score = metrics.F1Score(average=average, threshold=0.5)(TRUE, PRED)
    assert score == pytest.approx(expected, abs=1e-4)
    assert isinstance(score, float)


def test_the_largest_of_a_row_is_positive():
    score = metrics.F1Score(average="micro")
    score.update_state([[1, 0], [0, 1], [0, 1]], [[0.1, 0.9], [0.2, 0.8], [0, 0]])
    assert [float(v) for v in score.variables] == [1, 1, 2, 3]


def test_recall_counts_more():
    precision, recall = 2 / 3, 0.5  # of the first column below
    true, pred = [[1], [1], [1], [1], [0]], [[1.0], [1], [0], [0], [1]]
    score = metrics.FBetaScore("macro", beta=2.0, threshold=0.5)(true, pred)
    expected = 5 * precision * recall / (4 * precision + recall)
    assert score == pytest.approx(expected, abs=1e-6)


def test_scores_before_any_batch():
    for score in (metrics.F1Score(), metrics.R2Score()):
        assert score.result() == 0
        score.reset_state()


@pytest.mark.parametrize("cls", [metrics.F1Score, metrics.R2Score])
def test_shapes_that_change_are_refused(cls):
    score = cls()
    score.update_state(np.eye(3), np.eye(3))
    before = [v.numpy() for v in score.variables]
    for wrong in ((np.eye(4), np.eye(4)), (np.eye(3), np.ones((3, 2))), (1, 1)):
        with pytest.raises(ValueError, match=r"Received: y_true\.shape="):
            score.update_state(*wrong)
    for variable, kept in zip(score.variables, before, strict=True):
        assert np.array_equal(variable.value, kept)


def test_r2_by_hand():
    true, pred = np.array([[1.0], [4], [3]]), np.array([[2.0], [4], [4]])
    assert metrics.R2Score()(true, pred) == pytest.approx(1 - 2 / (14 / 3))
    assert metrics.R2Score()(true, true) == 1
    mean = np.full((3, 1), true.mean())
    assert metrics.R2Score()(true, mean) == pytest.approx(0, abs=1e-6)


def test_r2_of_several_outputs(rng):
    true, pred = rng.normal(size=(2, 40, 3)) * [1, 2, 3]
    each = 1 - ((true - pred) ** 2).sum(axis=0) / (true.var(axis=0) * 40)
    assert metrics.R2Score(None)(true, pred) == pytest.approx(each, rel=1e-5)
    assert metrics.R2Score()(true, pred) == pytest.approx(each.mean(), rel=1e-5)
    weighted = metrics.R2Score("variance_weighted_average")(true, pred)
    expected = np.average(each, weights=true.var(axis=0))
    assert weighted == pytest.approx(expected, rel=1e-5)


def test_the_adjusted_r2(rng):
    true, pred = rng.normal(size=(2, 20, 1))
    plain = metrics.R2Score()(true, pred)
    adjusted = metrics.R2Score(num_regressors=4)(true, pred)
    assert adjusted == pytest.approx(1 - (1 - plain) * 19 / 15)
    for number in (19, 25):
        with pytest.warns(UserWarning, match="Received: num_regressors"):
            assert metrics.R2Score(num_regressors=number)(true, pred) == plain


def test_overlap_by_hand():
    true, pred = [0, 0, 1, 1], [0, 1, 0, 1]
    assert metrics.MeanIoU(2)(true, pred) == pytest.approx(1 / 3)
    assert metrics.IoU(2, [0])(true, pred, [1, 2, 2, 2]) == pytest.approx(1 / 5)
    assert metrics.BinaryIoU([1], 0.3)(true, [0.1, 0.2, 0.4, 0.7]) == pytest.approx(1)
    one_hot = metrics.OneHotIoU(3, [0, 2])
    y_true = np.eye(3)[[2, 0, 2]]
    y_pred = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1]]
    assert one_hot(y_true, y_pred) == pytest.approx((0 + 1 / 3) / 2)


def test_labels_outside_the_classes_do_not_count():
    overlap = metrics.MeanIoU(2, ignore_class=-1)
    overlap.update_state([0, 1, -1, 5, 1], [0, 1, 0, 1, 9])
    assert overlap.total_cm.value.tolist() == [[1, 0], [0, 1]]
    ignoring = metrics.IoU(2, [1], ignore_class=0)
    ignoring.update_state([0, 1, 1], [1, 1, 0])
    assert ignoring.total_cm.value.tolist() == [[0, 0], [1, 1]]


def test_counts_are_whole_numbers():
    overlap = metrics.MeanIoU(2)
    assert overlap.dtype == "int32"
    with pytest.warns(UserWarning, match="integer"):
        overlap.update_state([0, 1], [0, 1], np.array([1.5, 0.5]))
    assert overlap.total_cm.value.tolist() == [[1, 0], [0, 0]]
    real = metrics.MeanIoU(2, dtype="float64")
    real.update_state([0, 1], [0, 1], np.array([1.5, 0.5]))
    assert real.total_cm.value.tolist() == [[1.5, 0], [0, 0.5]]


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"Received: y_true\.shape="):
        metrics.MeanIoU(2).update_state([0, 1], [0, 1, 1])
    with pytest.raises(ValueError, match=r"Received: sample_weight\.shape="):
        metrics.MeanIoU(2).update_state([0, 1], [0, 1], [1, 1, 1])


@pytest.mark.parametrize("wrong", [[], [2], [0, -3]])
def test_classes_that_there_are_not_have_no_overlap(wrong):
    with pytest.raises(ValueError, match=r"Received: target_class_ids="):
        metrics.IoU(2, wrong)


def test_correlations_by_hand():
    true = [[0, 1, 0.5], [1, 1, 0.2]]
    pred = [[0.1, 0.9, 0.5], [1, 0.9, 0.2]]
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(true, pred, strict=True)]
    assert metrics.pearson_correlation(true, pred) == pytest.approx(expected)
    assert metrics.PearsonCorrelation()(true, pred) == pytest.approx(np.mean(expected))
    assert metrics.concordance_correlation(true, true) == pytest.approx([1, 1])
    assert metrics.concordance_correlation([1.0, 2], [2.0, 3]) == pytest.approx(1 / 3)
    assert np.isnan(metrics.pearson_correlation([1.0, 1], [1.0, 2]))
    cosine = metrics.CosineSimilarity()(
        [[0.0, 1], [1, 1], [0, 0]], [[1.0, 0], [1, 1], [1, 1]]
    )
    assert cosine == pytest.approx(1 / 3)


def test_the_largest_k():
    true, pred = [2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]
    assert metrics.SparseTopKCategoricalAccuracy(k=1)(true, pred) == 0.5
    assert metrics.SparseTopKCategoricalAccuracy(k=2)(true, pred) == 1
    assert metrics.TopKCategoricalAccuracy(k=1)(np.eye(3)[true], pred) == 0.5
    ids = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    assert ids(true, [[1, 0, 2], [0, 1, 2]]) == 0.5
    # of equal ones all are among the largest; a label that is none never is
    right = metrics.sparse_top_k_categorical_accuracy([0, 2, 7], np.ones((3, 3)), 1)
    assert right.tolist() == [1, 1, 0]
