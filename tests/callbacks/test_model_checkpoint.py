"""Saving weights during training."""

import functools
import os

import pytest
from stand_in_model import StandInModel, losses, train

from fastnn import callbacks

ModelCheckpoint = functools.partial(callbacks.ModelCheckpoint, save_weights_only=True)


def saved(model):
    return [(os.path.basename(path), weight) for path, weight in model.saved]


def test_it_saves_after_each_epoch(tmp_path):
    path = tmp_path / "a.weights.npz"
    model, _ = train(ModelCheckpoint(path), losses(3, 2, 4))
    assert saved(model) == [("a.weights.npz", epoch) for epoch in range(3)]


def test_the_name_may_hold_epoch_and_logs(tmp_path):
    path = str(tmp_path / "{epoch:02d}-{val_loss:.1f}.weights.npz")
    model, _ = train(ModelCheckpoint(path), losses(3, 2))
    assert saved(model) == [("01-3.0.weights.npz", 0), ("02-2.0.weights.npz", 1)]


def test_folders_are_made(tmp_path):
    path = tmp_path / "new" / "{epoch}" / "a.weights.npz"
    train(ModelCheckpoint(path), losses(1))
    assert (tmp_path / "new" / "1").is_dir()


def test_only_the_best_when_asked(tmp_path):
    path = tmp_path / "a.weights.npz"
    keep = ModelCheckpoint(path, save_best_only=True)
    model, _ = train(keep, losses(3, 4, 2, 2))
    assert [weight for _, weight in saved(model)] == [0, 2]
    keep = ModelCheckpoint(path, monitor="acc", mode="max", save_best_only=True)
    model, _ = train(keep, losses(3, 4, 2, name="acc"))
    assert [weight for _, weight in saved(model)] == [0, 1]


def test_the_first_one_may_have_to_beat_a_value(tmp_path):
    keep = ModelCheckpoint(
        tmp_path / "a.weights.npz", save_best_only=True, initial_value_threshold=2.5
    )
    model, _ = train(keep, losses(3, 2))
    assert [weight for _, weight in saved(model)] == [1]


def test_every_so_many_batches(tmp_path):
    path = str(tmp_path / "{epoch}-{batch}.weights.npz")
    model, _ = train(ModelCheckpoint(path, save_freq=3), losses(1, 1), steps=4)
    assert [name for name, _ in saved(model)] == ["1-3.weights.npz", "2-2.weights.npz"]


def test_a_missing_quantity_warns_and_saves(tmp_path):
    keep = ModelCheckpoint(tmp_path / "a.weights.npz", save_best_only=True)
    with pytest.warns(UserWarning, match=r"ModelCheckpoint monitors 'val_loss'"):
        model, _ = train(keep, [{"loss": 1.0}])
    assert len(model.saved) == 1


def test_it_says_what_it_does_when_asked(tmp_path, capsys):
    keep = ModelCheckpoint(tmp_path / "a.weights.npz", verbose=1, save_best_only=True)
    train(keep, losses(1, 2))
    said = capsys.readouterr().out
    assert "Epoch 1: weights saved" in said
    assert "Epoch 2: val_loss did not improve on 1" in said


@pytest.mark.parametrize(
    "arguments",
    [
        {"filepath": "a.keras"},
        {"filepath": "a.weights.h5"},
        {"filepath": "a.npz"},
        {"save_weights_only": False},
        {"save_freq": 0},
        {"save_freq": "batch"},
        {"save_freq": 1.5},
    ],
)
def test_impossible_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match=r"ModelCheckpoint .*expect.*Received"):
        ModelCheckpoint(**{"filepath": "a.weights.npz", **arguments})


def test_files_of_whole_models_are_not_there_yet():
    with pytest.raises(ValueError, match=r"expected save_weights_only=True"):
        callbacks.ModelCheckpoint("a.weights.npz")


def test_an_unknown_mode_is_auto_with_a_warning(tmp_path):
    with pytest.warns(UserWarning, match=r"mode='up', which is taken for 'auto'"):
        keep = ModelCheckpoint(tmp_path / "a.weights.npz", mode="up")
    assert keep.mode == "auto"


def test_batches_are_counted_when_hooks_skip_some(tmp_path):
    keep = ModelCheckpoint(str(tmp_path / "{batch}.weights.npz"), save_freq=3)
    model = StandInModel()
    keep.set_model(model)
    keep.on_epoch_begin(0)
    for batch in (1, 3, 5, 7):  # two steps per execution
        keep.on_train_batch_end(batch, {})
    assert [name for name, _ in saved(model)] == ["4.weights.npz", "8.weights.npz"]


def test_an_unknown_field_is_an_error_that_lists_the_known_ones(tmp_path):
    keep = ModelCheckpoint(tmp_path / "{acc}.weights.npz")
    with pytest.raises(KeyError, match=r"among epoch, val_loss. Received: 'acc'"):
        train(keep, losses(1), StandInModel())
