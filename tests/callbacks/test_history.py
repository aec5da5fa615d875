"""The record of a training."""

from stand_in_model import StandInModel, train

from fastnn.callbacks import History


def test_it_records_each_epoch():
    history = History()
    model, _ = train(history, [{"loss": 2.0, "val_loss": 3.0}, {"loss": 1.0}])
    assert history.history == {"loss": [2.0, 1.0], "val_loss": [3.0]}
    assert history.epoch == [0, 1]
    assert history.params["epochs"] == 2
    assert model.history is history


def test_it_goes_on_when_used_again():
    history, model = History(), StandInModel()
    train(history, [{"loss": 2.0}], model)
    train(history, [{"loss": 1.0}], model)
    assert history.history == {"loss": [2.0, 1.0]}
    assert history.epoch == [0]
