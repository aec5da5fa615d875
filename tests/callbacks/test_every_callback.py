"""What holds for every callback: copies behave alike, each argument has an effect.

Found by introspection: a callback that is added is tested without being listed here,
and an argument without a second value to try fails the tests.
"""

import copy
import itertools
import pickle
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from fastnn import Input, Sequential, callbacks, optimizers
from fastnn.callbacks import tensorboard
from fastnn.layers import Dense
from fastnn.saving.config import constructor_parameters

# The list of callbacks is tested beside the base class.
CLASSES = [
    cls
    for name, cls in sorted(vars(callbacks).items())
    if name in callbacks.__all__ and name not in ("Callback", "CallbackList")
]
ARGUMENTS = [(cls, name) for cls in CLASSES for name in constructor_parameters(cls)]
VAL_LOSS = [5.0, 4.0, 3.9, 3.95, 3.97, 3.96, 3.0, 2.99, 3.5, 3.4, 3.3]


def falling(epoch, rate):
    return rate / 2


def rising(epoch, rate):
    return rate * 1.5


def speak(*arguments, logs=None):
    print("called with", arguments)


REQUIRED = {
    "BackupAndRestore": {"backup_dir": "backup"},
    "CSVLogger": {"filename": "old.csv"},
    "EarlyStopping": {"patience": 2},
    "LambdaCallback": {"on_test_begin": speak},
    "LearningRateScheduler": {"schedule": falling},
    "ModelCheckpoint": {"filepath": "{epoch}.weights.npz", "save_weights_only": True},
    "ReduceLROnPlateau": {"patience": 1},
}

SECOND_VALUES = {
    "append": True,
    "backup_dir": "elsewhere",
    "baseline": 1.0,
    "cooldown": 2,
    "delete_checkpoint": False,
    "double_checkpoint": True,
    "embeddings_freq": 1,
    "embeddings_metadata": "words",
    "factor": 0.5,
    "field": "fields",
    "filename": "new.csv",
    "filepath": "after-{epoch}.weights.npz",
    "headers": {"X-Key": "secret"},
    "histogram_freq": 2,
    "initial_value_threshold": 3.5,
    "log_dir": "elsewhere",
    "min_delta": 0.5,
    "min_lr": 0.1,
    "mode": "max",
    "monitor": "loss",
    "path": "/here",
    "patience": 3,
    "profile_batch": 2,
    "raise_error": True,
    "restore_best_weights": True,
    "root": "http://127.0.0.1:1",
    "save_best_only": True,
    "save_freq": 3,
    "save_weights_only": False,
    "schedule": rising,
    "send_as_json": True,
    "separator": ";",
    "start_from_epoch": 4,
    "swap_on_epoch": True,
    "update_freq": 2,
    "verbose": 1,
    "write_graph": False,
    "write_images": True,
    "write_steps_per_second": True,
    **dict.fromkeys(constructor_parameters(callbacks.LambdaCallback), speak),
}

# What counts only beside other arguments.
BESIDE = {
    ("ModelCheckpoint", "initial_value_threshold"): {"save_best_only": True},
    ("ModelCheckpoint", "mode"): {"save_best_only": True},
    ("ModelCheckpoint", "monitor"): {"save_best_only": True},
    ("TensorBoard", "write_images"): {"histogram_freq": 1},
}


def make(cls, **changed):
    return cls(**{**REQUIRED.get(cls.__name__, {}), **changed})


class Witness(callbacks.Callback):
    """Writes down what can be seen of a training."""

    def __init__(self):
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(files())

    def on_epoch_end(self, epoch, logs=None):
        rate = float(self.model.optimizer.learning_rate)
        self.seen += [sorted(logs), rate, plain(self.model.get_weights()), files()]


def files():
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def plain(arrays):
    return [array.tolist() for array in arrays]


@pytest.fixture
def behaviour(monkeypatch, tmp_path, capsys):
    """A function from a callback to what can be seen of a training with it."""
    count = itertools.count()

    def behaviour(callback):
        folder = tmp_path / str(next(count))
        folder.mkdir()
        monkeypatch.chdir(folder)
        Path("old.csv").write_text("epoch,loss\n7,0.5\n")
        sent = Sent(monkeypatch)
        seen = trained(callback)
        tables = [path.read_text() for path in sorted(Path().glob("*.csv"))]
        return seen, files(), tables, sent, capsys.readouterr().out

    return behaviour


class Sent(list):
    """What goes to a server or to TensorBoard, without either."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(urllib.request, "urlopen", self.request)
        monkeypatch.setattr(tensorboard, "EventWriter", self.writer)

    def request(self, request, timeout):
        self.append((request.full_url, request.header_items(), request.data))
        return open(__file__)  # something that can be closed

    def writer(self, folder):
        return EventList(folder, self)


class EventList:
    """An event writer that notes what it is to write, without values."""

    def __init__(self, folder, events):
        self.folder, self.events = folder, events

    def scalar(self, tag, value, step):
        self.events.append((self.folder, tag, step))

    text = histogram = images = scalar

    def flush(self):
        pass

    close = flush


def trained(callback):
    x = np.linspace(-1, 1, 24, dtype="float32").reshape(8, 3)
    if isinstance(callback, callbacks.TerminateOnNaN):
        x[5] = np.nan
    model = Sequential([Input((3,)), Dense(2, kernel_initializer="ones", name="dense")])
    model.name = "model"
    model.compile(optimizers.SGD(0.2, use_ema=True), "mse")
    script = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update(val_loss=VAL_LOSS[epoch])
    )
    witness = Witness()
    try:
        model.fit(
            x, x[:, :2] ** 2, batch_size=4, epochs=len(VAL_LOSS), verbose=0,
            shuffle=False, callbacks=[script, callback, witness],
        )  # fmt: skip
    except RuntimeError as error:
        witness.seen.append(str(error))
    evaluated = model.evaluate(x, x[:, :2], verbose=0, callbacks=[callback])
    return [witness.seen, plain(model.get_weights()), repr(evaluated)]


quiet = pytest.mark.filterwarnings("ignore:.*(NaN|nan|is not there)")
each_class = pytest.mark.parametrize("cls", CLASSES)


@quiet
@each_class
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))]
)
def test_copies_behave_alike(cls, duplicate, behaviour):
    callback = make(cls)
    before = behaviour(duplicate(callback))
    assert behaviour(callback) == before
    assert behaviour(duplicate(callback)) == before  # of one that was used


@quiet
@pytest.mark.parametrize(("cls", "argument"), ARGUMENTS)
def test_every_argument_has_an_effect(cls, argument, behaviour):
    beside = BESIDE.get((cls.__name__, argument), {})
    before = behaviour(make(cls, **beside))
    try:
        changed = make(cls, **beside, **{argument: SECOND_VALUES[argument]})
    except ValueError as error:
        assert "Received: " in str(error)
        assert argument in str(error)
    else:
        assert behaviour(changed) != before


@each_class
def test_unknown_argument_is_refused(cls):
    with pytest.raises(TypeError, match="no_such_argument"):
        make(cls, no_such_argument=1)
