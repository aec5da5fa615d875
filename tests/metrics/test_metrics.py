"""Metrics against the reference, streaming over batches, and what they refuse."""

import copy
import pickle

import numpy as np
import public_metrics
import pytest
from public_objects import make, public_classes
from reference import KERNELS

from fastnn import losses, metrics
from fastnn._core.doors import doors
from fastnn.metrics.rows import LossMetric, RowMetric
from fastnn.naming import to_snake_case

CLASSES = [cls for _, cls in public_classes("metrics")]
ROWS = [cls for cls in CLASSES if issubclass(cls, RowMetric)]
DTYPES = ["float32", "float64"]


def batch(metric, dtype, rng, rows=20):
    pred = rng.uniform(size=(rows, 5)).astype(dtype)
    if metric.target == "labels":
        return rng.integers(0, 5, rows), pred
    return np.eye(5, dtype=dtype)[rng.integers(0, 5, rows)], pred


def expected_values(metric, y_true, y_pred):
    values = np.empty(len(y_pred))
    true = y_true.astype(np.int32) if metric.target == "labels" else y_true
    if not isinstance(metric, LossMetric):
        KERNELS[metric.kernel](values, y_pred, true, *metric.scalars)
    elif metric.from_logits:
        inputs = (y_pred, true, None, 1.0, *metric.scalars)
        KERNELS[metric.kernel](None, values, None, *inputs)
    else:
        KERNELS[metric.kernel](None, values, y_pred, true, None, 1.0, *metric.scalars)
    return values


def settings(cls):
    yield {}
    if "rossentropy" in cls.__name__:
        yield {"from_logits": True}


CASES = [(cls, kwargs) for cls in ROWS for kwargs in settings(cls)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "kwargs"), CASES)
def test_batches_against_the_reference(cls, kwargs, weighted, dtype, rng):
    metric = cls(dtype=dtype, **kwargs)
    values, weights = [], []
    for rows in (20, 1, 7):
        y_true, y_pred = batch(metric, dtype, rng, rows)
        weight = rng.uniform(size=rows) if weighted else np.ones(rows)
        metric.update_state(y_true, y_pred, weight if weighted else None)
        values.extend(expected_values(metric, y_true, y_pred))
        weights.extend(weight)
    rel = 1e-5 if dtype == "float32" else 1e-12
    expected = np.average(values, weights=weights)
    if cls is metrics.RootMeanSquaredError:
        expected = np.sqrt(expected)
    assert metric.result() == pytest.approx(expected, rel=rel)
    assert isinstance(metric.result(), float)


@pytest.mark.parametrize("cls", ROWS)
def test_kernels_exist(cls):
    metric = cls()
    assert metric.compiled
    assert hasattr(doors, metric.kernel)
    named = {"LogCoshError": "logcosh"}
    assert metric.name == named.get(cls.__name__, to_snake_case(cls.__name__))


@pytest.mark.parametrize("cls", CLASSES)
def test_reset_forgets_everything(cls):
    metric = make(cls)
    batch = public_metrics.batch(metric)
    first = np.array(metric(*batch))
    assert any(np.any(v.value) for v in metric.variables)
    metric.reset_state()
    assert not any(np.any(v.value) for v in metric.variables)
    assert np.array_equal(metric(*batch), first)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))]
)
def test_a_copy_goes_on_by_itself(cls, duplicate):
    metric = make(cls)
    batch = public_metrics.batch(metric)
    metric.update_state(*batch)
    before = [v.numpy() for v in metric.variables]
    again = duplicate(metric)
    again.update_state(*batch)
    for mine, old, new in zip(metric.variables, before, again.variables, strict=True):
        assert np.array_equal(mine.value, old)
        assert np.allclose(new.value, 2 * old)


@pytest.mark.parametrize("cls", CLASSES)
def test_two_batches_are_as_one(cls):
    together, apart = make(cls), make(cls)
    batch = public_metrics.batch(together)
    together.update_state(*(np.concatenate([part, part[:1]]) for part in batch))
    apart.update_state(*batch)
    apart.update_state(*(part[:1] for part in batch))
    for a, b in zip(together.variables, apart.variables, strict=True):
        assert np.allclose(a.value, b.value)
    assert np.allclose(together.result(), apart.result())


@pytest.mark.parametrize("cls", CLASSES)
def test_weights_count_rows(cls):
    weighted, repeated = make(cls), make(cls)
    batch = public_metrics.batch(weighted)
    times = 1 + np.arange(len(batch[0])) % 3
    weighted.update_state(*batch, sample_weight=times)
    repeated.update_state(*(np.repeat(part, times, axis=0) for part in batch))
    assert np.allclose(weighted.result(), repeated.result())


@pytest.mark.parametrize("cls", CLASSES)
def test_state_can_be_put_back(cls):
    metric, other = make(cls), make(cls)
    batch = public_metrics.batch(metric)
    expected = metric(*batch)
    other.update_state(*batch)
    other.reset_state()
    for mine, its in zip(other.variables, metric.variables, strict=True):
        mine.assign(its.value)
    assert np.array_equal(other.result(), expected)


def test_mean_by_hand():
    mean = metrics.Mean()
    mean.update_state([1, 3, 5, 7])
    assert mean.result() == 4
    mean.update_state([[1, 3], [5, 7]], sample_weight=[1, 3])
    assert mean.result() == (16 + 2 + 18) / 8
    mean.reset_state()
    mean.update_state(3.0)
    assert mean.result() == 3
    assert metrics.Mean()([1, 3, 5, 7], sample_weight=[1, 1, 0, 0]) == 2


def test_sum_by_hand():
    total = metrics.Sum()
    assert total([1, 3, 5, 7]) == 16
    assert total([[1, 3], [5, 7]], sample_weight=[1, 3]) == 16 + 4 + 36
    assert total(2.0) == 58
    assert [(v.name, v.value) for v in total.variables] == [("total", 58)]


@pytest.mark.parametrize("weight", [[1, 2], np.ones((3, 3)), np.ones((3, 1, 2))])
def test_weights_that_do_not_fit_are_refused(weight):
    mean = metrics.Mean()
    with pytest.raises(ValueError, match=r"Received: sample_weight\.shape="):
        mean.update_state(np.zeros((3, 2)), weight)
    assert [float(v) for v in mean.variables] == [0, 0]


def test_accuracies_by_hand():
    pred = [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]]
    assert metrics.CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], pred) == 0.5
    assert metrics.SparseCategoricalAccuracy()([2, 1], pred) == 0.5
    assert metrics.SparseCategoricalAccuracy()([[2], [1]], pred, [0.75, 0.25]) == 0.25
    assert metrics.BinaryAccuracy()([1, 1, 0, 0], [[0.98], [1], [0], [0.6]]) == 0.75
    assert metrics.BinaryAccuracy(threshold=0.7)([[1], [0]], [[0.6], [0.6]]) == 0.5
    assert metrics.Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]]) == 0.75


def test_functions_by_hand():
    pred = [[0.1, 0.9], [0.6, 0.4]]
    assert metrics.binary_accuracy([[1, 1], [1, 0]], pred).tolist() == [[0, 1], [1, 1]]
    assert metrics.binary_accuracy([[1, 1]], [[0.3, 0.1]], 0.2).tolist() == [[1, 0]]
    assert metrics.categorical_accuracy([[0, 1], [0, 1]], pred).tolist() == [1, 0]
    assert metrics.sparse_categorical_accuracy([1, 1], pred).tolist() == [1, 0]
    assert metrics.mean_squared_error is losses.mean_squared_error


def test_wrapper_passes_its_arguments_on():
    def within(y_true, y_pred, distance):
        return np.abs(y_true - y_pred) <= distance

    metric = metrics.MeanMetricWrapper(within, distance=1)
    metric.update_state([1, 2, 3], [1, 4, 4])
    assert metric.result() == pytest.approx(2 / 3)
    assert metric.name == "mean_metric_wrapper"
    config = metrics.serialize(metric)
    again = metrics.deserialize(config, custom_objects={"within": within})
    assert again([1, 2, 3], [1, 4, 4]) == pytest.approx(2 / 3)


def test_wrapper_needs_a_function():
    with pytest.raises(ValueError, match="Received: 3"):
        metrics.MeanMetricWrapper(3)


class Largest(metrics.Metric):
    def __init__(self, name="largest", **base):
        super().__init__(name=name, **base)
        self.largest = self.add_variable((), "zeros", name="largest")
        self.counts = self.add_weight(shape=(2,), initializer="ones", name="counts")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = np.abs(np.subtract(y_true, y_pred)).max()
        self.largest.assign(max(self.largest.value, error))

    def result(self):
        return float(self.largest.value)


def test_a_metric_of_ones_own():
    metric = Largest()
    assert metric([1, 2], [1, 4]) == 2
    assert metric([1, 2], [1, 3]) == 2
    assert [v.name for v in metric.variables] == ["largest", "counts"]
    metric.reset_state()
    assert metric.result() == 0
    assert Largest.from_config(metric.get_config()).name == "largest"


def test_a_changed_update_is_not_overlooked():
    class Percent(metrics.CategoricalAccuracy):
        def result(self):
            return 100 * super().result()

    class Halved(metrics.AUC):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(y_true, np.asarray(y_pred) / 2, sample_weight)

    assert Percent().compiled  # what it adds up is the same
    assert not Halved().compiled
    assert not Largest().compiled


def test_parts_of_a_metric_are_a_part_of_its_state():
    class Both(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.mean, self.others = metrics.Mean(), [metrics.Sum()]

        def update_state(self, values):
            for part in (self.mean, *self.others):
                part.update_state(values)

        def result(self):
            return {"mean": self.mean.result(), "sum": self.others[0].result()}

    both = Both()
    assert both([1, 3]) == {"mean": 2, "sum": 4}
    assert [v.name for v in both.variables] == ["total", "count", "total"]
    both.reset_state()
    assert both([5]) == {"mean": 5, "sum": 5}


def test_a_constructor_that_forgets_the_base():
    class Forgetful(metrics.Metric):
        def __init__(self):
            self.total = self.add_variable(())

    with pytest.raises(RuntimeError, match="super"):
        Forgetful()


@pytest.mark.parametrize("method", ["update_state", "result"])
def test_the_base_says_what_to_override(method):
    with pytest.raises(NotImplementedError, match=f"override `{method}"):
        getattr(metrics.Metric(name="bare"), method)()


@pytest.mark.parametrize("cls", ROWS)
def test_wrong_shapes_are_refused_and_change_nothing(cls):
    metric = cls()
    wrong = np.zeros((3, 3)) if metric.target == "values" else np.zeros(3, int)
    with pytest.raises(ValueError, match=r"Received: y_true\.shape="):
        metric.update_state(wrong, np.zeros((2, 3)))
    assert [float(v) for v in metric.variables] == [0, 0]
