"""Exceptions in a user's own parts pass through and leave a usable model."""

import numpy as np
import pytest

from fastnn.callbacks import Callback, LambdaCallback
from fastnn.layers import Dense, Input, Layer
from fastnn.losses import Loss
from fastnn.metrics import Metric
from fastnn.models import Sequential
from fastnn.optimizers import SGD


class Trouble(Exception):
    pass


class Fuse:
    """Raises at the call with this number, counted from 1."""

    def __init__(self):
        self.left = None

    def __call__(self, *_, **__):
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                self.left = None
                raise Trouble("as asked")


@pytest.fixture
def fuse():
    return Fuse()


@pytest.fixture
def problem(rng):
    x = rng.normal(size=(40, 4)).astype(np.float32)
    return x, x[:, :1] - x[:, 1:2]


class Own(Layer):
    def __init__(self, fuse, where, **base):
        super().__init__(**base)
        self.fuse, self.where = fuse, where

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        if self.where == "call":
            self.fuse()
        return inputs * self.scale.value

    def backward(self, inputs, outputs, gradients):
        if self.where == "backward":
            self.fuse()
        return gradients * self.scale.value, {"scale": (inputs * gradients).sum(axis=0)}


class OwnLoss(Loss):
    def __init__(self, fuse, where):
        super().__init__(name="own")
        self.fuse, self.where = fuse, where

    def call(self, y_true, y_pred):
        if self.where == "call":
            self.fuse()
        return ((y_true - y_pred) ** 2).mean(axis=-1)

    def gradient(self, y_true, y_pred):
        if self.where == "gradient":
            self.fuse()
        return 2 * (y_pred - y_true) / y_pred.shape[-1]


class OwnMetric(Metric):
    def __init__(self, fuse, where):
        super().__init__(name="own")
        self.fuse, self.where = fuse, where

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.where == "update_state":
            self.fuse()

    def result(self):
        if self.where == "result":
            self.fuse()
        return 0.0


def model_with(fuse, part, where):
    layers = [Input((4,)), Dense(5, "relu"), Dense(1)]
    if part == "layer":
        layers.insert(2, Own(fuse, where))
    model = Sequential(layers)
    loss = OwnLoss(fuse, where) if part == "loss" else "mse"
    metrics = [OwnMetric(fuse, where)] if part == "metric" else None
    model.compile(SGD(0.01), loss, metrics=metrics)
    return model


PARTS = [
    ("layer", "call"),
    ("layer", "backward"),
    ("loss", "call"),
    ("loss", "gradient"),
    ("metric", "update_state"),
    ("metric", "result"),
]


@pytest.mark.parametrize(("part", "where"), PARTS)
def test_the_model_trains_on_after_an_exception(part, where, fuse, problem):
    model = model_with(fuse, part, where)
    model.fit(*problem, batch_size=10, verbose=0)
    fuse.left = 3
    with pytest.raises(Trouble, match="as asked"):
        model.fit(*problem, batch_size=10, epochs=9, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    # the same from here as a model that never failed
    other = model_with(fuse, part, where)
    other.set_weights(model.get_weights())
    for each in (model, other):
        each.fit(*problem, batch_size=10, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert model.evaluate(*problem, verbose=0) == other.evaluate(*problem, verbose=0)


HOOKS = [name for name in dir(Callback) if name.startswith(("on_train", "on_epoch"))]


@pytest.mark.parametrize("hook", [*HOOKS, "on_test_begin", "on_test_batch_end"])
def test_an_exception_in_any_hook(hook, problem):
    model = model_with(None, None, None)

    def fail(*_, **__):
        raise Trouble(hook)

    broken = Callback()
    setattr(broken, hook, fail)
    with pytest.raises(Trouble, match=hook):
        model.fit(
            *problem, epochs=2, validation_split=0.2, callbacks=[broken], verbose=0
        )
    assert model.fit(*problem, epochs=2, verbose=0).epoch == [0, 1]


def test_a_progress_bar_is_closed_after_an_exception(problem, capsys):
    model = model_with(None, None, None)

    def fail(*_):
        raise Trouble

    callback = LambdaCallback(on_epoch_end=fail)
    with pytest.raises(Trouble) as caught:
        model.fit(*problem, callbacks=[callback], verbose=1)
    out = capsys.readouterr().out
    assert "loss=" in out
    # what is printed next has a line of its own, though the exception holds the bar
    assert out.endswith("\n"), caught
    model.fit(*problem, verbose=1)


def test_keyboard_interrupt_from_a_layer_is_not_swallowed(problem):
    class Interrupts(Layer):
        def call(self, inputs):
            raise KeyboardInterrupt

        def compute_output_shape(self, input_shape):
            return input_shape

    model = Sequential([Input((4,)), Dense(4), Interrupts()])
    with pytest.raises(KeyboardInterrupt):
        model.predict(problem[0])


def test_training_within_training_is_refused(problem):
    model = model_with(None, None, None)
    heard = []

    def again(*_):
        for method in (model.fit, model.train_on_batch):
            with pytest.raises(RuntimeError, match="within its own training"):
                method(*problem)
            heard.append(method.__name__)

    model.fit(*problem, callbacks=[LambdaCallback(on_epoch_end=again)], verbose=0)
    assert heard == ["fit", "train_on_batch"]


def test_evaluating_and_predicting_within_training_are_fine(problem):
    model = model_with(None, None, None)
    seen = []

    def look(*_):
        seen.append(model.evaluate(*problem, verbose=0))
        model.predict(problem[0])

    callback = LambdaCallback(on_epoch_end=look)
    history = model.fit(*problem, epochs=3, callbacks=[callback], verbose=0)
    assert len(seen) == 3
    assert seen[2] == model.evaluate(*problem, verbose=0)
    assert len(history.history["loss"]) == 3


def take_off(model):
    model.pop()


def put_on(model):
    model.add(Dense(2))


def other_loss(model):
    model.compile("sgd", "sparse_categorical_crossentropy")


@pytest.mark.parametrize("change", [take_off, put_on, other_loss])
@pytest.mark.parametrize("hook", ["on_train_begin", "on_epoch_end", "on_test_begin"])
@pytest.mark.parametrize("loss", ["mse", "sparse_categorical_crossentropy"])
def test_targets_are_checked_again_if_a_callback_changes_the_model(
    change, hook, loss, rng
):
    """A kernel reads a target for each output, and takes labels for places."""
    model = Sequential([Input((4,)), Dense(3), Dense(40)])
    model.compile("sgd", loss)
    x, y = rng.normal(size=(50, 4)), rng.normal(size=(50, 40)) + 0.5
    if loss != "mse":
        y = np.arange(50) % 40
    if change is other_loss and loss != "mse":
        change = lambda model: model.compile("sgd", "mse")  # noqa: E731
    callback = LambdaCallback(**{hook: lambda *_: change(model)})
    with pytest.raises(ValueError, match="Received: "):
        model.fit(x, y, epochs=2, validation_split=0.2, callbacks=[callback], verbose=0)


def test_a_callback_may_change_a_model_if_the_targets_still_fit(problem):
    def grow(epoch, logs):
        if epoch == 0:
            model.add(Dense(1))

    model = model_with(None, None, None)
    history = model.fit(
        *problem, epochs=3, callbacks=[LambdaCallback(on_epoch_end=grow)], verbose=0
    )
    assert history.epoch == [0, 1, 2]
    assert len(model.layers) == 3


def test_a_layer_that_cannot_be_trained_through(problem):
    class Forward(Layer):
        def call(self, inputs):
            return inputs * 2

    model = Sequential([Input((4,)), Dense(3), Forward(name="forward"), Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(NotImplementedError, match="'forward' to override `backward"):
        model.fit(*problem, verbose=0)
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        assert np.array_equal(ours, theirs)
    model.evaluate(*problem, verbose=0)  # forwards it goes


@pytest.mark.parametrize("rows", [1, 39, 41])
def test_a_loss_of_the_wrong_length(problem, rows):
    model = Sequential([Input((4,)), Dense(1)])

    def wrong(y_true, y_pred):
        return np.zeros(rows)

    model.compile("sgd", wrong)
    with pytest.raises(ValueError, match="'wrong' to return a value for each of 40"):
        model.fit(*problem, batch_size=40, verbose=0)


def test_updates_before_an_exception_are_counted(rng):
    calls = []

    def failing_loss(y_true, y_pred):
        calls.append(len(y_pred))
        if len(calls) > 5 * 3:  # three calls a step: the value, and two for its slope
            raise RuntimeError("enough")
        return ((y_true - y_pred) ** 2).mean(axis=-1)

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("adam", failing_loss)
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(rng.normal(size=(64, 2)), rng.normal(size=64), 4, verbose=0)
    assert model.optimizer.iterations == 5
