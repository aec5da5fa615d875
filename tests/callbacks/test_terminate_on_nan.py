"""Stopping at a lost loss."""

import pytest
from stand_in_model import StandInModel

from fastnn.callbacks import CallbackList, TerminateOnNaN


def test_it_stops_training_and_says_why(capsys):
    model = StandInModel()
    hooks = CallbackList([TerminateOnNaN()], model=model)
    hooks.on_nonfinite_loss("loss nan in epoch 2, batch 7", {})
    assert model.stop_training
    assert "loss nan in epoch 2, batch 7" in capsys.readouterr().out


def test_it_raises_when_asked():
    model = StandInModel()
    hooks = CallbackList([TerminateOnNaN(raise_error=True)], model=model)
    with pytest.raises(RuntimeError, match=r"batch 7"):
        hooks.on_nonfinite_loss("loss nan in epoch 2, batch 7", {})
    assert not model.stop_training
