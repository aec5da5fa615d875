"""Trainings that are killed, and go on."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import fastnn
from fastnn.callbacks import BackupAndRestore, LambdaCallback
from fastnn.layers import Dense, Dropout, Input

EPOCHS = 12

PROGRAM = f"""
import sys
import numpy as np
import fastnn
from fastnn.layers import Dense, Dropout, Input

folder, out, frequency, progress = sys.argv[1:]
fastnn.utils.set_random_seed(7)
rng = np.random.default_rng(7)
x = rng.normal(size=(90, 4)).astype("float32")
y = np.tanh(x[:, :2])
layers = [Input((4,)), Dense(8, "tanh"), Dropout(0.3), Dense(2)]
model = fastnn.Sequential(layers)
model.compile(fastnn.optimizers.Adam(0.01), "mse", metrics=["mae"])
every = "epoch" if frequency == "epoch" else int(frequency)
backup = fastnn.callbacks.BackupAndRestore(folder, every, double_checkpoint=True)
last = {{}}


def batch_ends(batch, logs):
    with open(progress, "a") as file:
        file.write(".")


def epoch_ends(epoch, logs):
    last.update(logs, epoch=epoch)


watch = fastnn.callbacks.LambdaCallback(
    on_train_batch_end=batch_ends, on_epoch_end=epoch_ends
)
model.fit(
    x, y, batch_size=8, epochs={EPOCHS}, verbose=0, callbacks=[backup, watch],
    validation_split=0.1,
)
optimizer = [np.asarray(v) for v in model.optimizer.variables]
arrays = [*model.get_weights(), *optimizer, list(map(float, last.values()))]
with open(out + ".part", "wb") as file:
    np.savez(file, *arrays)
import os
os.replace(out + ".part", out)
"""
STEPS = EPOCHS * 11


def start(folder, out, frequency, progress):
    arguments = map(str, (folder, out, frequency, progress))
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments])


def done(progress):
    return progress.stat().st_size if progress.exists() else 0


def arrays(path):
    with np.load(path) as file:
        return [file[name] for name in file.files]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("frequency", ["epoch", 3])
def test_a_training_that_is_killed_ends_with_the_same_bits(tmp_path, frequency):
    whole = tmp_path / "whole.npz"
    assert start(tmp_path / "a", whole, frequency, tmp_path / "one").wait(120) == 0
    assert done(tmp_path / "one") == STEPS

    chance, out, progress = random.Random(5), tmp_path / "killed.npz", tmp_path / "two"
    kills = 0
    while not out.exists():
        process = start(tmp_path / "b", out, frequency, progress)
        more = done(progress) + chance.randrange(10, STEPS // 2)
        while process.poll() is None and (done(progress) < more or kills == 3):
            time.sleep(0.001)
        time.sleep(chance.random() * 0.01)  # also in the midst of a backup
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        assert process.wait(120) in (0, -signal.SIGKILL)
    assert kills > 0
    for ours, theirs in zip(arrays(out), arrays(whole), strict=True):
        assert ours.tobytes() == theirs.tobytes()
    assert not (tmp_path / "b").exists()


def model():
    net = fastnn.Sequential([Input((3,)), Dense(4), Dropout(0.5), Dense(1)])
    net.compile("adam", "mse")
    return net


X = np.random.default_rng(3).normal(size=(40, 3)).astype("float32")


def fit(net, *callbacks, epochs=4):
    return net.fit(X, X[:, :1], 8, epochs=epochs, verbose=0, callbacks=[*callbacks])


class Interrupted(Exception):
    pass


def interrupted(folder, at=2, **arguments):
    def cut(epoch, logs):
        if epoch == at:
            raise Interrupted

    with pytest.raises(Interrupted):
        fit(model(), BackupAndRestore(folder, **arguments), LambdaCallback(cut))


def test_history_has_the_epochs_since(tmp_path):
    interrupted(tmp_path / "x")
    assert fit(model(), BackupAndRestore(tmp_path / "x")).epoch == [2, 3]


def test_the_backup_is_deleted_at_the_end_unless_it_is_wanted(tmp_path):
    fit(model(), BackupAndRestore(tmp_path / "x"))
    assert not (tmp_path / "x").exists()
    fit(model(), BackupAndRestore(tmp_path / "x", delete_checkpoint=False))
    assert (tmp_path / "x").exists()


def test_a_training_that_is_done_is_not_made_again(tmp_path):
    fit(model(), BackupAndRestore(tmp_path / "x", delete_checkpoint=False))
    assert fit(model(), BackupAndRestore(tmp_path / "x")).epoch == []


@pytest.mark.parametrize("frequency", [False, 0])
def test_no_backup_at_all(tmp_path, frequency):
    interrupted(tmp_path / "x", save_freq=frequency)
    assert not (tmp_path / "x").exists()


def test_a_damaged_backup_falls_back_on_the_one_before(tmp_path):
    folder = tmp_path / "x"
    interrupted(folder, double_checkpoint=True)
    (folder / "latest.npz").write_bytes(b"not a backup")
    assert fit(model(), BackupAndRestore(folder)).epoch == [1, 2, 3]


def test_a_damaged_backup_is_an_error(tmp_path):
    folder = tmp_path / "x"
    interrupted(folder)
    (folder / "latest.npz").write_bytes(b"not a backup")
    with pytest.raises(OSError, match="Received: "):
        fit(model(), BackupAndRestore(folder))


@pytest.mark.parametrize(
    "change",
    [
        lambda layers: [Input((3,)), Dense(7), Dense(1)],
        lambda layers: [*layers, Dropout(0.1)],
        lambda layers: [Dense(layer.units, dtype="float64") for layer in layers
                        if isinstance(layer, Dense)],
    ],
    ids=["other shapes", "one more random layer", "another type"],
)  # fmt: skip
def test_a_backup_of_another_model_is_refused(tmp_path, change):
    interrupted(tmp_path / "x")
    layers = fastnn.models.clone_model(model()).layers
    other = fastnn.Sequential(change(layers))
    other.compile("adam", "mse")
    other.build((None, 3))
    before = other.get_weights()
    with pytest.raises(ValueError, match="Received: one that differs"):
        fit(other, BackupAndRestore(tmp_path / "x"))
    for now, then in zip(other.get_weights(), before, strict=True):
        assert np.array_equal(now, then)


@pytest.mark.parametrize("wrong", [{"backup_dir": ""}, {"save_freq": "hourly"}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        BackupAndRestore(**{"backup_dir": "x", **wrong})
