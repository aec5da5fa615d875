"""What a user sees."""

import io
import re
import sys
import time

import pytest
from stand_in_model import StandInModel

from fastnn.callbacks import CallbackList, progress
from fastnn.utils import progbar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def hooks_of(verbose, epochs=2, steps=10):
    model = StandInModel()
    hooks = CallbackList(
        None, add_progbar=True, model=model, verbose=verbose, epochs=epochs, steps=steps
    )
    hooks.keep = model  # callbacks hold it weakly
    return hooks


def run(hooks, epochs, logs, chunks=0):
    hooks.on_train_begin()
    for epoch in range(epochs):
        hooks.on_epoch_begin(epoch)
        for chunk in range(chunks):
            hooks.on_chunk_end(chunk + 1, {"loss": 9.0})
        hooks.on_test_begin()
        hooks.on_chunk_end(1, {"loss": 7.0})
        hooks.on_test_end({"loss": 7.0})
        hooks.on_epoch_end(epoch, logs)
    hooks.on_train_end(logs)


def test_quiet(capsys):
    hooks = hooks_of(0)
    run(hooks, 2, {"loss": 0.5}, chunks=3)
    hooks.on_predict_begin()
    hooks.on_predict_end()
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_a_line_per_epoch(capsys):
    run(hooks_of(2), 2, {"accuracy": 0.9, "loss": 1.23456e-4, "val_loss": 2.0}, 3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2"
    assert lines[2] == "Epoch 2/2"
    pattern = (
        r"10/10 - 0s - \d+us/step - accuracy: 0\.9000 - loss: 1\.2346e-04 "
        r"- val_loss: 2\.0000"
    )
    assert all(re.fullmatch(pattern, line) for line in lines[1::2])
    assert len(lines) == 4


def test_one_epoch_has_no_title(capsys):
    run(hooks_of(2, epochs=1), 1, {"loss": 0.5})
    assert capsys.readouterr().out.startswith("10/10 - ")


@pytest.mark.parametrize("logs", [{"loss": 0.5}, None])
def test_evaluate_and_predict_alone(capsys, logs):
    hooks = hooks_of(2, epochs=1)
    hooks.on_test_begin()
    hooks.on_test_end(logs)
    hooks.on_predict_begin()
    hooks.on_predict_end()
    lines = capsys.readouterr().out.splitlines()
    assert ("loss: 0.5000" in lines[0]) == bool(logs)
    assert re.fullmatch(r"10/10 - 0s - \d+us/step", lines[1])


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.4, "2s"), (0.0044, "4ms"), (444.4e-6, "444us"), (0, "0us")]
)
def test_time_per_step(seconds, text):
    assert progbar.format_time(seconds) == text


def test_a_bar_shows_steps_and_values(capsys):
    run(hooks_of(1), 2, {"accuracy": 0.9, "loss": 0.25}, chunks=3)
    shown = capsys.readouterr().out
    assert "Epoch 1/2:  10%" in shown
    assert "loss=9.0000" in shown
    assert "10/10" in shown
    assert "accuracy=0.9000, loss=0.2500" in shown
    assert "Epoch 2/2: 100%" in shown
    assert shown.endswith("\n")


def test_the_bar_of_fast_epochs_is_drawn_ten_times_a_second(capsys):
    epochs = 3000
    hooks = hooks_of(1, epochs=epochs)
    run(hooks, 1, {"loss": 0.5})  # imports tqdm
    capsys.readouterr()
    began = time.perf_counter()
    run(hooks, epochs, {"loss": 0.5}, chunks=1)
    elapsed = time.perf_counter() - began
    shown = set(re.findall(r"Epoch (\d+)/3000", capsys.readouterr().out))
    assert {"1", "3000"} <= shown
    assert len(shown) <= 3 + elapsed / 0.1


def test_a_stopped_training_shows_its_last_epoch(capsys):
    hooks = hooks_of(1, epochs=100)
    hooks.on_train_begin()
    for epoch in range(5):
        hooks.on_epoch_begin(epoch)
        hooks.keep.stop_training = epoch == 4
        hooks.on_epoch_end(epoch, {"loss": 0.5})
    assert "Epoch 5/100" in capsys.readouterr().out


def test_the_bar_starts_no_thread(capsys):
    import threading

    before = threading.active_count()
    run(hooks_of(1), 1, {"loss": 0.5}, chunks=2)
    assert threading.active_count() == before


def test_validation_within_fit_is_silent(capsys):
    for verbose in (1, 2):
        run(hooks_of(verbose), 2, {"loss": 0.5})
        said = capsys.readouterr().out
        assert "loss=7" not in said and "loss: 7" not in said


def test_closing_leaves_the_bar_as_it_stands(capsys):
    hooks = hooks_of(1)
    hooks.on_train_begin()
    hooks.on_epoch_begin(0)
    hooks.on_chunk_end(4, {"loss": 0.5})
    hooks.close()
    shown = capsys.readouterr().out
    assert "4/10" in shown
    assert shown.endswith("\n")


def test_auto_is_a_bar_in_a_terminal_and_lines_elsewhere(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert progress._resolve_verbose("auto") == 1
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert progress._resolve_verbose("auto") == 2
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    assert progress._resolve_verbose("auto") == 1
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.delitem(sys.modules, "ipykernel")
    assert progress._resolve_verbose("auto") == 2


def test_without_tqdm_auto_prints_lines_and_a_bar_is_a_clear_error(
    monkeypatch,
):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    progbar._bar_class.cache_clear()
    assert progress._resolve_verbose("auto") == 2
    with pytest.raises(ImportError, match=r"pip install tqdm"):
        run(hooks_of(1), 1, {"loss": 0.5})


@pytest.mark.parametrize("verbose", [3, -1, "loud", None])
def test_any_other_verbose_is_refused(verbose):
    with pytest.raises(ValueError, match=r"'auto', 0, 1 or 2. Received: verbose="):
        hooks_of(verbose)
