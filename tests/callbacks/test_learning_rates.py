"""Learning rates that change with the epochs, or with what comes of them."""

import numpy as np
import pytest
from stand_in_model import StandInModel, losses, train

from fastnn.callbacks import LearningRateScheduler, ReduceLROnPlateau
from fastnn.layers import Dense, Input
from fastnn.models import Sequential


class Rate:
    def __init__(self, learning_rate=0.1, name="one"):
        self.learning_rate = learning_rate
        self.name = name


class Several:
    def __init__(self, *optimizers):
        self.optimizers = optimizers


def model_with(optimizer):
    model = StandInModel()
    model.optimizer = optimizer
    return model


def rates(callback, logs, optimizer=None):
    """The rate at the end of each epoch."""
    optimizer = optimizer or Rate()
    logs = [dict(epoch) for epoch in logs]
    train(callback, logs, model_with(optimizer))
    return [epoch["learning_rate"] for epoch in logs]


def test_the_schedule_gets_epoch_and_rate():
    seen = []

    def schedule(epoch, rate):
        seen.append((epoch, rate))
        return rate / 2

    assert rates(LearningRateScheduler(schedule), losses(1, 1)) == [0.05, 0.025]
    assert seen == [(0, 0.1), (1, 0.05)]


def test_a_schedule_of_the_epoch_alone():
    scheduler = LearningRateScheduler(lambda epoch: 1.0 / (epoch + 1))
    assert rates(scheduler, losses(1, 1)) == [1.0, 0.5]


def test_an_error_within_the_schedule_passes_through():
    def wrong(epoch, rate):
        return None + rate

    with pytest.raises(TypeError, match="NoneType"):
        rates(LearningRateScheduler(wrong), losses(1))


@pytest.mark.parametrize("value", [1, None, "0.1", [0.1]])
def test_a_schedule_returns_a_float(value):
    with pytest.raises(ValueError, match=r"float\. Received"):
        rates(LearningRateScheduler(lambda epoch: value), losses(1))


def test_numpys_floats_will_do():
    scheduler = LearningRateScheduler(lambda epoch: np.float32(0.5))
    assert rates(scheduler, losses(1)) == [0.5]


def test_without_a_learning_rate():
    with pytest.raises(ValueError, match=r"learning rate\. Received"):
        train(LearningRateScheduler(lambda e: 0.1), losses(1), model_with(object()))


def test_each_of_several_optimizers():
    pair = Several(Rate(0.1, "a"), Rate(0.3, "b"))
    logs = losses(1)
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    train(halve, logs, model_with(pair))
    assert logs[0]["learning_rate_a"] == 0.05
    assert logs[0]["learning_rate_b"] == 0.15


def test_a_plateau_reduces_the_rate():
    reduce = ReduceLROnPlateau(factor=0.5, patience=2)
    found = rates(reduce, losses(3, 2, 2, 2, 2, 1))
    assert found == [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]


def test_min_delta():
    reduce = ReduceLROnPlateau(factor=0.5, patience=1, min_delta=0.5)
    assert rates(reduce, losses(3, 2.6, 2.4, 2.4)) == [0.1, 0.1, 0.05, 0.05]


def test_cooldown():
    reduce = ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2)
    found = rates(reduce, losses(*[1] * 7))
    # reduced after epoch 1, then two epochs off and one that counts
    assert found == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125]


def test_the_smallest_rate():
    reduce = ReduceLROnPlateau(factor=0.1, patience=1, min_lr=0.03)
    assert rates(reduce, losses(1, 1, 1, 1)) == [0.1, 0.1, 0.03, 0.03]


def test_upwards():
    reduce = ReduceLROnPlateau("val_acc", factor=0.5, patience=1, mode="max")
    logs = losses(1, 2, 2, 3, name="val_acc")
    assert rates(reduce, logs) == [0.1, 0.1, 0.1, 0.05]


def test_a_missing_quantity_warns():
    with pytest.warns(UserWarning, match="ReduceLROnPlateau monitors 'val_loss'"):
        rates(ReduceLROnPlateau(), [{"loss": 1.0}])


def test_a_factor_of_one_is_refused():
    with pytest.raises(ValueError, match=r"factor below 1\. Received: factor=1"):
        ReduceLROnPlateau(factor=1)


def test_it_begins_anew_with_each_training():
    reduce = ReduceLROnPlateau(factor=0.5, patience=1)
    assert rates(reduce, losses(1, 1)) == [0.1, 0.1]
    assert reduce.best == 1
    assert rates(reduce, losses(5, 5)) == [0.1, 0.1]


@pytest.mark.parametrize(
    ("callback", "said"),
    [
        (LearningRateScheduler(lambda e: 0.5, verbose=1), "setting learning rate to"),
        (ReduceLROnPlateau(patience=1, verbose=1), "reducing learning rate to"),
    ],
)
def test_they_say_so_when_asked(callback, said, capsys):
    rates(callback, losses(1, 1))
    assert f"Epoch 2: {said}" in capsys.readouterr().out


def test_in_a_training(rng):
    x = rng.normal(size=(32, 3))
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = model.fit(x, x[:, :1], epochs=3, callbacks=[halve], verbose=0).history
    np.testing.assert_allclose(history["learning_rate"], [0.005, 0.0025, 0.00125])
    before = model.get_weights()
    stop = LearningRateScheduler(lambda epoch: 0.0)
    model.fit(x, x[:, :1], callbacks=[stop], verbose=0)
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        assert np.array_equal(ours, theirs)
