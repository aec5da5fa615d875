"""A loss that is not finite: what is said about it, and that nothing is spoilt."""

import numpy as np
import pytest

from fastnn.callbacks import Callback, TerminateOnNaN
from fastnn.layers import Dense, Input, Layer
from fastnn.models import Sequential
from fastnn.optimizers import SGD


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(40, 3)).astype(np.float32)
    return x, x.sum(axis=1, keepdims=True)


@pytest.fixture
def model():
    model = Sequential(
        [Input((3,)), Dense(4, "tanh", name="first"), Dense(1, name="last")]
    )
    model.compile(SGD(0.01), "mse")
    return model


def message(model, x, y, **settings):
    with pytest.warns(RuntimeWarning) as caught:
        model.fit(x, y, batch_size=10, shuffle=False, verbose=0, **settings)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    return str(caught[0].message)


def test_features_at_fault(model, problem):
    x, y = problem
    x[25, 1] = np.nan
    said = message(model, x, y, epochs=3)
    assert "epoch 1, batch 2 " in said
    assert "`x` in row 25" in said


def test_targets_at_fault(model, problem):
    x, y = problem
    y[39] = np.inf
    assert "`y` in row 39" in message(model, x, y)


def test_the_row_is_named_in_a_shuffled_epoch_too(model, problem):
    x, y = problem
    x[25, 1] = np.nan
    with pytest.warns(RuntimeWarning, match="`x` in row 25 of the data"):
        model.fit(x, y, batch_size=10, verbose=0)


def test_weights_at_fault(model, problem):
    weights = model.get_weights()
    weights[2][3] = np.nan
    model.set_weights(weights)
    said = message(model, *problem)
    assert "weight 'kernel' of layer 'last'" in said


def test_the_first_layer_is_named(problem):
    class Log(Layer):
        def call(self, inputs):
            with np.errstate(all="ignore"):
                return np.log(inputs)

        def backward(self, inputs, outputs, gradients):
            return gradients / inputs

    model = Sequential([Input((3,)), Log(name="logs"), Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.abs(problem[0]) + 1, problem[1]
    x[13] = -1
    said = message(model, x, y)
    assert "batch 1 " in said
    assert "layer 'logs'" in said
    assert "row 13" in said


def test_a_training_that_explodes(problem):
    model = Sequential([Input((3,)), Dense(4), Dense(1)])
    model.compile(SGD(1e6), "mse")
    assert "first not finite" in message(model, *problem, epochs=5)


def test_warned_once_and_gone_on(model, problem):
    x, y = problem
    x[5] = np.nan
    with pytest.warns(RuntimeWarning) as caught:
        history = model.fit(x, y, batch_size=10, epochs=3, verbose=0)
    assert len(caught) == 1
    assert len(history.epoch) == 3
    assert np.isnan(history.history["loss"]).all()
    assert model.optimizer.iterations == 12


def test_the_hook_gets_the_report(model, problem):
    class Ask(Callback):
        def on_nonfinite_loss(self, report, logs=None):
            self.report = report
            self.model.stop_training = True

    x, y = problem
    x[25] = np.nan
    ask = Ask()
    message(model, x, y, epochs=3, callbacks=[ask])
    assert (ask.report.epoch, ask.report.batch, ask.report.layer) == (0, 2, None)
    assert np.isnan(ask.report.loss)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_terminate_on_nan_keeps_the_weights_of_the_step_before(model, problem):
    x, y = problem
    start = model.get_weights()
    model.fit(x[:20], y[:20], batch_size=10, shuffle=False, verbose=0)
    expected = model.get_weights()
    model.set_weights(start)
    x[25] = np.nan
    history = model.fit(
        x, y, batch_size=10, epochs=4, shuffle=False, callbacks=[TerminateOnNaN()],
        verbose=0,
    )  # fmt: skip
    for ours, theirs in zip(model.get_weights(), expected, strict=True):
        assert np.array_equal(ours, theirs)
    assert len(history.epoch) <= 1


def test_no_warning_from_evaluate_or_finite_data(model, problem):
    x, y = problem
    model.fit(x, y, verbose=0)
    x[0] = np.nan
    assert np.isnan(model.evaluate(x, y, verbose=0))
    assert np.isnan(model.predict(x[:1])).all()
