"""Evaluation, and single batches, against sums by hand."""

import numpy as np
import pytest

from fastnn import losses
from fastnn.callbacks import Callback
from fastnn.layers import Dense, Input
from fastnn.models import Sequential

ROWS = 50


@pytest.fixture
def model():
    model = Sequential([Input((4,)), Dense(6, "tanh"), Dense(3, "softmax")])
    model.compile(
        "sgd",
        "categorical_crossentropy",
        metrics=["accuracy", "mse"],
        weighted_metrics=["mae"],
    )
    return model


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(ROWS, 4)).astype(np.float32)
    return x, np.eye(3, dtype=np.float32)[rng.integers(0, 3, ROWS)]


def by_hand(model, x, y, weight=None):
    """{name: value}, from the predictions."""
    p = model.predict(x).astype(np.float64)
    weight = np.ones(len(x)) if weight is None else weight
    values = -np.log((p * y).sum(axis=1))
    errors = np.abs(p - y).mean(axis=1)
    return {
        "accuracy": (p.argmax(axis=1) == y.argmax(axis=1)).mean(),
        "loss": (values * weight).mean(),
        "mae": (errors * weight).sum() / weight.sum(),
        "mse": ((p - y) ** 2).mean(),
    }


@pytest.mark.parametrize("batch_size", [1, 7, 32, 50, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_over_all_rows(model, problem, batch_size, weighted, rng):
    weight = rng.uniform(0, 2, ROWS) if weighted else None
    received = model.evaluate(
        *problem,
        batch_size,
        sample_weight=weight,
        verbose=0,
        return_dict=True,
    )
    assert received == pytest.approx(by_hand(model, *problem, weight), rel=1e-5)
    assert list(received) == sorted(received)


def test_a_list_in_the_order_of_the_names(model, problem):
    values = model.evaluate(*problem, verbose=0)
    assert model.metrics_names[0] == "loss"
    named = model.evaluate(*problem, verbose=0, return_dict=True)
    assert dict(zip(model.metrics_names, values, strict=True)) == named


def test_the_loss_alone_is_a_number(problem):
    model = Sequential([Input((4,)), Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    assert isinstance(model.evaluate(*problem, verbose=0), float)


def test_steps_looks_at_the_first_batches(model, problem):
    x, y = problem
    part = model.evaluate(x, y, batch_size=8, steps=3, verbose=0)
    assert part == pytest.approx(model.evaluate(x[:24], y[:24], verbose=0))
    with pytest.warns(UserWarning, match=r"expected 99 for evaluation"):
        every = model.evaluate(x, y, batch_size=8, steps=99, verbose=0)
    assert every == pytest.approx(model.evaluate(x, y, verbose=0))


def test_steps_without_a_batch_size_look_at_all_rows(model, problem):
    every = model.evaluate(*problem, steps=3, verbose=0)
    assert every == pytest.approx(model.evaluate(*problem, verbose=0))


def test_weights_and_optimizer_are_left_alone(model, problem):
    before = model.get_weights()
    model.evaluate(*problem, verbose=0)
    model.test_on_batch(*problem)
    assert model.optimizer.iterations == 0
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("reduction", "scale"),
    [("sum", ROWS), ("sum_over_batch_size", 1), ("mean", 1)],
)
def test_reductions(problem, reduction, scale):
    model = Sequential([Input((4,)), Dense(3)])
    model.compile("sgd", losses.MeanSquaredError(reduction=reduction))
    x, y = problem
    expected = ((model.predict(x) - y) ** 2).mean(axis=1).mean() * scale
    assert model.evaluate(x, y, batch_size=ROWS, verbose=0) == pytest.approx(
        expected, rel=1e-5
    )


def test_mean_with_sample_weight(problem, rng):
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    model = Sequential([Input((4,)), Dense(3)])
    model.compile("sgd", loss)
    (x, y), weight = problem, rng.uniform(0, 2, ROWS)
    values = ((model.predict(x) - y) ** 2).mean(axis=1)
    received = model.evaluate(x, y, ROWS, sample_weight=weight, verbose=0)
    assert received == pytest.approx((values * weight).sum() / weight.sum(), rel=1e-5)


def test_no_reduction_cannot_be_trained(problem):
    model = Sequential([Input((4,)), Dense(3)])
    model.compile("sgd", losses.MeanSquaredError(reduction="none"))
    with pytest.raises(ValueError, match="Received: reduction='none'"):
        model.fit(*problem, verbose=0)


def test_penalties_count_in_the_loss(problem):
    model = Sequential([Input((4,)), Dense(3, kernel_regularizer="l2")])
    model.compile("sgd", "mse")
    x, y = problem
    error = ((model.predict(x) - y) ** 2).mean()
    penalty = 0.01 * (model.get_weights()[0] ** 2).sum()
    assert model.evaluate(x, y, verbose=0) == pytest.approx(error + penalty, rel=1e-5)


def test_a_single_batch_counts_alone(model, problem):
    x, y = problem
    first = model.test_on_batch(x[:20], y[:20], return_dict=True)
    assert first == pytest.approx(by_hand(model, x[:20], y[:20]), rel=1e-5)
    second = model.test_on_batch(x[20:], y[20:], return_dict=True)
    assert second == pytest.approx(by_hand(model, x[20:], y[20:]), rel=1e-5)
    assert model.get_metrics_result() == second
    model.reset_metrics()
    assert model.get_metrics_result()["loss"] == 0


def test_training_on_a_batch_counts_alone_too(model, problem):
    x, y = problem
    expected = by_hand(model, x[:20], y[:20])
    assert model.train_on_batch(x[:20], y[:20], return_dict=True) == pytest.approx(
        expected, rel=1e-5
    )
    second = by_hand(model, x[20:], y[20:])
    received = model.train_on_batch(x[20:], y[20:], return_dict=True)
    assert received == pytest.approx(second, rel=1e-5)
    assert model.optimizer.iterations == 2


def test_batch_hooks(model, problem):
    class Watch(Callback):
        def __init__(self):
            self.seen = []

        def on_test_batch_begin(self, batch, logs=None):
            self.seen.append(("begin", batch))

        def on_test_batch_end(self, batch, logs=None):
            self.seen.append(("end", batch, logs["loss"]))

    watch = Watch()
    loss = model.evaluate(*problem, batch_size=20, callbacks=[watch], verbose=0)[0]
    assert [entry[:2] for entry in watch.seen] == [
        (hook, batch) for batch in range(3) for hook in ("begin", "end")
    ]
    assert watch.seen[-1][2] == loss


@pytest.mark.parametrize("inner_rows", [2, ROWS])
def test_an_evaluation_within_another_one(model, problem, inner_rows):
    """The outer one goes on with its own rows, and the metrics since the inner one."""
    x, y = problem
    part = x[:inner_rows] + 1, y[:inner_rows]

    class Look(Callback):
        def on_test_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.evaluate(*part, verbose=0)

    received = model.evaluate(
        x, y, batch_size=10, callbacks=[Look()], verbose=0, return_dict=True
    )
    seen = [np.concatenate([a, b[20:]]) for a, b in zip(part, problem, strict=True)]
    assert received == pytest.approx(by_hand(model, *seen), rel=1e-5)


def test_no_evaluation_within_a_step(problem):
    """The rows of the step must not be exchanged under its hands."""

    def loss(y_true, y_pred):
        model.evaluate(*problem, verbose=0)

    model = Sequential([Input((4,)), Dense(3)])
    model.compile("sgd", loss)
    with pytest.raises(RuntimeError, match="from within the step"):
        model.evaluate(*problem, verbose=0)
    model.compile("sgd", "mse")
    model.evaluate(*problem, verbose=0)  # afterwards all is well
