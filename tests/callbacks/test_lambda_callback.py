"""Callbacks from functions."""

import pytest
from stand_in_model import losses, train

from fastnn.callbacks import LambdaCallback
from fastnn.callbacks.callback import overrides_batch_hooks


def test_functions_take_the_place_of_hooks():
    seen = []
    callback = LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["val_loss"])),
        on_train_batch_end=lambda batch, logs: seen.append(batch),
        on_train_end=lambda logs: seen.append("end"),
    )
    train(callback, losses(3))
    assert seen == ["begin", 0, (0, 3), "end"]


def test_any_hook_by_its_name():
    seen = []
    callback = LambdaCallback(
        on_nonfinite_loss=lambda report, logs: seen.append(report)
    )
    callback.on_nonfinite_loss("found", {})
    assert seen == ["found"]


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_batch_begin"])
def test_a_batch_function_watches_batches(hook):
    assert overrides_batch_hooks(LambdaCallback(**{hook: print}))
    assert not overrides_batch_hooks(LambdaCallback(on_epoch_end=print))


def test_an_unknown_name_gets_the_nearest_known_ones():
    with pytest.raises(TypeError, match=r"on_epoch_end.* Received: 'on_epoch_ends'"):
        LambdaCallback(on_epoch_ends=print)


def test_what_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match=r"function for on_epoch_end. Received: 3"):
        LambdaCallback(on_epoch_end=3)
