"""The base class, the list of callbacks, and who watches batches."""

import copy
import gc
import pickle

import pytest
from stand_in_model import StandInModel, train

from fastnn import callbacks
from fastnn.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    ModelCheckpoint,
    ProgbarLogger,
    TerminateOnNaN,
)
from fastnn.callbacks.callback import overrides_batch_hooks

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


class Recorder(Callback):
    """Writes down each hook that is called, with its arguments."""

    def __init__(self):
        self.calls = []


def _recording(hook):
    def record(self, *arguments, **keywords):
        self.calls.append((hook, *arguments, *keywords.values()))

    return record


for name in HOOKS:
    if name not in ("on_batch_begin", "on_batch_end"):
        setattr(Recorder, name, _recording(name))


def test_every_hook_of_keras_is_there():
    phases = {"train", "test", "predict"}
    expected = {f"on_{phase}_{end}" for phase in phases for end in ("begin", "end")}
    expected |= {f"on_{p}_batch_{end}" for p in phases for end in ("begin", "end")}
    expected |= {
        f"on_{what}_{end}" for what in ("epoch", "batch") for end in ("begin", "end")
    }
    assert expected <= set(HOOKS)


def test_the_base_does_nothing():
    callback = Callback()
    for hook in HOOKS:
        arguments = (0, {}) if "batch" in hook or "epoch" in hook else ({},)
        if hook == "on_nonfinite_loss":
            arguments = ("report", {})
        assert getattr(callback, hook)(*arguments) is None


@pytest.mark.parametrize("hook", [h for h in HOOKS if h[3:8] != "batch"])
def test_a_list_hands_each_hook_to_all_in_order(hook):
    first, second = Recorder(), Recorder()
    second.calls = first.calls
    arguments = ("a", "b") if "batch" in hook or "epoch" in hook else ("a",)
    if hook == "on_nonfinite_loss":
        arguments = ("a", "b")
    hooks = CallbackList([first, [second]])
    if hook in ("on_train_end", "on_test_end", "on_predict_end"):
        getattr(hooks, hook.replace("end", "begin"))()
        first.calls.clear()
    getattr(hooks, hook)(*arguments)
    assert first.calls == [(hook, *arguments)] * 2


def test_the_short_batch_hooks_are_called_too():
    seen = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch, logs))

    train(Old(), [{"loss": 1.0}], steps=2)
    end = {"loss": 1.0}
    assert seen == [("begin", 0), ("end", 0, end), ("begin", 1), ("end", 1, end)]


def test_the_model_is_held_weakly():
    model = StandInModel()
    callback = Callback()
    assert callback.model is None
    callback.set_model(model)
    assert callback.model is model
    del model
    gc.collect()
    assert callback.model is None


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))]
)
def test_callbacks_can_be_copied_after_training(duplicate):
    model = StandInModel()
    history = History()
    train(history, [{"loss": 0.5}], model)
    other = duplicate(history)
    assert other.history == {"loss": [0.5]}
    assert other.model is None


def test_a_subclass_need_not_call_the_constructor_of_the_base():
    class Careless(Callback):
        def __init__(self):
            pass

    assert Careless().params is None
    assert Careless().model is None


@pytest.mark.parametrize("mode", ["train", "test", "predict"])
def test_only_overridden_batch_hooks_watch_batches(mode):
    hook = f"on_{mode}_batch_end"
    watcher = type(
        "Watcher", (Callback,), {hook: lambda self, batch, logs=None: None}
    )()
    quiet = Callback()
    for other in ("train", "test", "predict"):
        assert overrides_batch_hooks(watcher, other) == (other == mode)
        assert not overrides_batch_hooks(quiet, other)
        assert overrides_batch_hooks(CallbackList([quiet, watcher]), other) == (
            other == mode
        )


@pytest.mark.parametrize(
    "callback",
    [
        History(),
        ProgbarLogger(),
        EarlyStopping(),
        TerminateOnNaN(),
        ModelCheckpoint("a.weights.npz", save_weights_only=True),
        callbacks.BackupAndRestore("backup"),
        callbacks.CSVLogger("a.csv"),
        callbacks.LearningRateScheduler(lambda epoch: 0.1),
        callbacks.ReduceLROnPlateau(),
        callbacks.RemoteMonitor(),
        callbacks.SwapEMAWeights(),
        callbacks.TensorBoard(),
        LambdaCallback(on_epoch_end=print),
        CallbackList([], add_history=True, add_progbar=True),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_no_built_in_callback_slows_the_engine_down(callback):
    for mode in ("train", "test", "predict"):
        assert not overrides_batch_hooks(callback, mode)


@pytest.mark.parametrize(
    "callback",
    [
        ModelCheckpoint("a.weights.npz", save_weights_only=True, save_freq=10),
        callbacks.BackupAndRestore("backup", save_freq=10),
        callbacks.TensorBoard(update_freq=10),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_what_looks_at_batches_watches_them(callback):
    assert overrides_batch_hooks(callback, "train")
    assert not overrides_batch_hooks(callback, "test")


def test_an_end_without_a_begin_is_refused():
    hooks = CallbackList([Callback()])
    hooks.on_train_begin()
    hooks.on_test_begin()
    hooks.on_test_end()
    hooks.on_train_end()
    with pytest.raises(ValueError, match="end without a begin"):
        hooks.on_train_end()


def test_history_and_progress_are_added_once():
    hooks = CallbackList(None, add_history=True, add_progbar=True)
    assert [type(c) for c in hooks.callbacks] == [History, ProgbarLogger]
    mine = History()
    hooks = CallbackList([mine], add_history=True)
    assert hooks.callbacks == [mine]
    assert hooks.history is mine


def test_append():
    hooks = CallbackList()
    history = History()
    hooks.append(history)
    assert hooks.callbacks == [history]
    assert hooks.history is history


def test_params_and_model_reach_every_callback():
    callback, model = Callback(), StandInModel()
    CallbackList([callback], model=model, verbose=0, epochs=3, steps=7)
    assert callback.params == {"verbose": 0, "epochs": 3, "steps": 7}
    assert callback.model is model


@pytest.mark.parametrize("wrong", [[1], ["history"], [Callback], {"a": Callback()}])
def test_what_is_no_callback_is_refused(wrong):
    with pytest.raises(TypeError, match=r"instances of .*Callback. Received"):
        CallbackList(wrong)
