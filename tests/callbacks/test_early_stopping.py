"""Early stopping, argument by argument."""

import math

import numpy as np
import pytest
from stand_in_model import StandInModel, losses, train

from fastnn.callbacks import EarlyStopping


@pytest.mark.parametrize(
    ("patience", "values", "epochs"),
    [
        (0, [3, 2, 2, 1], 3),
        (1, [3, 2, 2, 1, 1], 3),
        (2, [3, 2, 2, 2, 1], 4),
        (2, [3, 2, 2, 1, 1, 0.5], 6),
        (0, [1], 1),
    ],
)
def test_patience_counts_epochs_without_improvement(patience, values, epochs):
    stop = EarlyStopping(patience=patience)
    model, run = train(stop, losses(*values))
    assert run == epochs
    assert model.stop_training == (epochs < len(values) or stop.stopped_epoch > 0)


def test_it_remembers_the_best_epoch():
    stop = EarlyStopping(patience=2)
    train(stop, losses(3, 1, 2, 2, 2))
    assert (stop.best, stop.best_epoch, stop.stopped_epoch) == (1, 1, 3)


def test_a_change_below_min_delta_is_no_improvement():
    values = losses(3, 2.95, 2.9, 2.85)
    assert train(EarlyStopping(min_delta=0.1, patience=2), values)[1] == 3
    assert train(EarlyStopping(min_delta=-0.1, patience=2), values)[1] == 3
    assert train(EarlyStopping(patience=2), values)[1] == 4


@pytest.mark.parametrize(
    ("monitor", "mode", "rises"),
    [
        ("val_loss", "auto", False),
        ("val_accuracy", "auto", True),
        ("sparse_categorical_accuracy", "auto", True),
        ("val_acc", "auto", True),
        ("mean_squared_error", "auto", False),
        ("binary_crossentropy", "auto", False),
        ("loss", "max", True),
        ("accuracy", "min", False),
    ],
)
def test_the_direction_follows_mode_or_name(monitor, mode, rises):
    values = [1, 2, 3] if rises else [3, 2, 1]
    worse = losses(*reversed(values), name=monitor)
    better = losses(*values, name=monitor)
    assert train(EarlyStopping(monitor, mode=mode), better)[1] == 3
    assert train(EarlyStopping(monitor, mode=mode), worse)[1] == 2


def test_a_metric_may_say_its_direction():
    class Metric:
        name = "gain"
        _direction = "up"

    model = StandInModel()
    model.metrics = [Metric()]
    stop = EarlyStopping("val_gain")
    assert train(stop, losses(1, 2, 3, name="val_gain"), model)[1] == 3


def test_a_direction_that_cannot_be_told_is_an_error():
    with pytest.raises(ValueError, match=r"'gain' should rise or fall"):
        train(EarlyStopping("gain"), losses(1, 2, name="gain"))


def test_the_baseline_has_to_be_beaten_too():
    values = losses(5, 4, 3, 2)
    assert train(EarlyStopping(baseline=10, patience=1), values)[1] == 4
    assert train(EarlyStopping(baseline=1, patience=2), losses(5, 4, 4, 4))[1] == 3
    assert train(EarlyStopping(baseline=3.5, patience=2), losses(5, 4, 3, 3, 3))[1] == 5


def test_epochs_before_the_first_one_looked_at_do_not_count():
    values = losses(1, 2, 2, 2, 2, 2)
    assert train(EarlyStopping(start_from_epoch=2), values)[1] == 4
    assert train(EarlyStopping(), values)[1] == 2


@pytest.mark.parametrize("values", [[3, 1, 2, 2], [3, 1, 2]])
def test_the_best_weights_come_back_however_training_ends(values):
    stop = EarlyStopping(patience=2, restore_best_weights=True)
    model, _ = train(stop, losses(*values))
    assert model.weights == [1]


def test_without_restoring_the_last_weights_stay():
    model, _ = train(EarlyStopping(patience=2), losses(3, 1, 2, 2))
    assert model.weights == [3]


def test_nan_is_no_improvement():
    stop = EarlyStopping(patience=3, restore_best_weights=True)
    assert train(stop, losses(math.nan, 2, math.nan, 1))[1] == 4
    assert stop.best == 1
    assert train(EarlyStopping(patience=2), losses(2, *[math.nan] * 5))[1] == 3


def test_all_nan_restores_the_first_weights():
    stop = EarlyStopping(patience=2, restore_best_weights=True)
    model, _ = train(stop, losses(*[math.nan] * 5))
    assert model.weights == [0]


def test_several_numbers_cannot_be_compared():
    several = [{"val_loss": np.array([1.0, 2.0])}]
    with pytest.raises(ValueError, match=r"one number. Received: shape \(2,\)"):
        train(EarlyStopping(), several)
    assert train(EarlyStopping(), [{"val_loss": np.array([1.0])}])[1] == 1


def test_it_can_be_used_again():
    stop = EarlyStopping(patience=1)
    assert train(stop, losses(3, 2, 2))[1] == 3
    assert train(stop, losses(30, 20, 10))[1] == 3
    assert stop.stopped_epoch == 0


def test_a_missing_quantity_warns_and_does_not_stop():
    with pytest.warns(UserWarning, match=r"'val_loss', .*Available: loss"):
        assert train(EarlyStopping(), [{"loss": 1.0}] * 3)[1] == 3


def test_it_says_what_it_does_when_asked(capsys):
    stop = EarlyStopping(verbose=1, restore_best_weights=True)
    train(stop, losses(1, 2))
    said = capsys.readouterr().out
    assert "Epoch 2: early stopping" in said
    assert "restored from epoch 1" in said
    train(EarlyStopping(restore_best_weights=True), losses(1, 2))
    assert not capsys.readouterr().out


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match=r"EarlyStopping expects .*Received"):
        EarlyStopping(patience=-1)


def test_an_unknown_mode_is_auto_with_a_warning():
    with pytest.warns(UserWarning, match=r"mode='up', which is taken for 'auto'"):
        stop = EarlyStopping(mode="up")
    assert train(stop, losses(3, 2, 2, 1))[1] == 3
