"""Callbacks: what they do to a training, and what they leave behind."""

import contextlib
import csv
import re
import warnings

import numpy as np
import pytest

from parity.harness import both, keras, raise_alike
from parity.test_fit import BINARY, LABELS, X, batches, net

NAN = float("nan")
# of a quantity that falls, rests, rises and falls again
FALLING = [5.0, 4.0, 3.9, 3.95, 3.97, 3.96, 3.0, 2.99, 3.5, 3.4, 3.3]
RISING = [-v for v in FALLING]


def scripted(k, values, name="val_loss"):
    """Puts given numbers into the logs, for the callbacks after it."""

    class Scripted(k.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs[name] = values[epoch]

    return Scripted()


def trained(k, callbacks, epochs=11, rows=8, **fit):
    """Weights and history of a training of one step an epoch."""
    model = net(k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = model.fit(
            X[:rows], LABELS[:rows], batch_size=8, epochs=epochs, verbose=0,
            shuffle=False, callbacks=callbacks, **fit,
        )  # fmt: skip
    rate = float(np.asarray(model.optimizer.learning_rate))
    return [model.get_weights(), history.history, history.epoch, rate]


def attributes(callback, *names):
    return {name: getattr(callback, name) for name in names}


EARLY_STOPPING = {
    "defaults": ({}, FALLING),
    "patience": ({"patience": 2}, FALLING),
    "more patience": ({"patience": 5}, FALLING),
    "min_delta": ({"patience": 1, "min_delta": 0.5}, FALLING),
    "negative min_delta": ({"patience": 1, "min_delta": -0.5}, FALLING),
    "min": ({"patience": 2, "mode": "min"}, FALLING),
    "max": ({"patience": 3, "mode": "max"}, RISING),
    "max of what falls": ({"patience": 3, "mode": "max"}, FALLING),
    "baseline": ({"patience": 4, "baseline": 3.2}, FALLING),
    "baseline out of reach": ({"patience": 4, "baseline": 1.0}, FALLING),
    "best weights": ({"patience": 2, "restore_best_weights": True}, FALLING),
    "best weights at the end": (
        {"patience": 9, "restore_best_weights": True}, FALLING,
    ),
    "best weights without any best": (
        {"patience": 2, "restore_best_weights": True, "baseline": 0.1, "mode": "max"},
        FALLING,
    ),
    "start_from_epoch": (
        {"patience": 1, "start_from_epoch": 4, "restore_best_weights": True}, FALLING,
    ),
    "start after the end": ({"start_from_epoch": 40}, FALLING),
    "no such quantity": ({"monitor": "other", "mode": "min"}, FALLING),
    "the loss": ({"monitor": "loss", "patience": 1}, FALLING),
    "the accuracy": ({"monitor": "accuracy", "patience": 1}, FALLING),
    "an unknown mode": ({"mode": "up", "patience": 1}, FALLING),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", EARLY_STOPPING.values(), ids=EARLY_STOPPING)
def test_early_stopping(case):
    arguments, values = case

    def run(k):
        stop = k.callbacks.EarlyStopping(**arguments)
        seen = trained(k, [scripted(k, values), stop])
        state = attributes(stop, "wait", "stopped_epoch", "best_epoch", "best")
        return [*seen, state]

    both(run)


REDUCE = {
    "patience": ({"patience": 2}, FALLING),
    "factor": ({"patience": 1, "factor": 0.5}, FALLING),
    "cooldown": ({"patience": 1, "factor": 0.5, "cooldown": 2}, FALLING),
    "min_lr": ({"patience": 1, "min_lr": 0.03}, FALLING),
    "min_delta": ({"patience": 1, "factor": 0.5, "min_delta": 0.5}, FALLING),
    "max": ({"patience": 1, "mode": "max"}, RISING),
    "max of what falls": ({"patience": 2, "mode": "max"}, FALLING),
    "never": ({}, FALLING),
    "no such quantity": ({"monitor": "other", "mode": "min"}, FALLING),
}


@pytest.mark.parametrize("case", REDUCE.values(), ids=REDUCE)
def test_reduce_lr_on_plateau(case):
    arguments, values = case

    def run(k):
        slower = k.callbacks.ReduceLROnPlateau(**arguments)
        seen = trained(k, [scripted(k, values), slower])
        return [*seen, attributes(slower, "wait", "cooldown_counter", "best")]

    both(run)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, rate: rate * 0.5 if epoch % 3 == 2 else rate,
        lambda epoch: 0.1 / (1 + epoch),
        lambda epoch, rate: np.float32(0.01 * (epoch + 1)),
    ],
    ids=["of the rate", "of the epoch alone", "a scalar"],
)
def test_learning_rate_scheduler(schedule):
    both(lambda k: trained(k, [k.callbacks.LearningRateScheduler(schedule)], 5))


CSV = {
    "plain": ({}, {}),
    "separator": ({"separator": ";"}, {}),
    "append": ({"append": True}, {}),
    "validation": ({}, {"validation_data": (X[:8], LABELS[:8])}),
    "validation now and then": (
        {}, {"validation_data": (X[:8], LABELS[:8]), "validation_freq": 2},
    ),
    "validation from the first epoch": (
        {}, {"validation_data": (X[:8], LABELS[:8]), "validation_freq": [1, 4]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CSV.values(), ids=CSV)
def test_csv_logger(case, tmp_path):
    arguments, fit = case
    separator = arguments.get("separator", ",")

    def cell(text):
        with contextlib.suppress(ValueError):
            return float(text)
        return text

    def run(k):
        path = tmp_path / f"{k.__name__}.csv"
        for _ in range(2):
            trained(k, [k.callbacks.CSVLogger(path, **arguments)], 4, **fit)
        assert "\n\n" not in path.read_text()
        with open(path, newline="") as file:
            return [[*map(cell, row)] for row in csv.reader(file, delimiter=separator)]

    both(run)


CHECKPOINT = {
    "each epoch": ({}, "{epoch:02d}"),
    "logs in the name": ({}, "{epoch}-{val_loss:.2f}-{loss:.1f}"),
    "the last": ({}, "last"),
    "the best": ({"save_best_only": True}, "{epoch}"),
    "the largest": ({"save_best_only": True, "mode": "max"}, "{epoch}"),
    "beyond a threshold": (
        {"save_best_only": True, "initial_value_threshold": 3.5}, "{epoch}",
    ),
    "of the loss": ({"save_best_only": True, "monitor": "loss"}, "{epoch}"),
    "of nothing": (
        {"save_best_only": True, "monitor": "other", "mode": "max"},
        "{epoch}",
    ),
    "some batches": ({"save_freq": 3}, "{epoch}-{batch}"),
    "many batches": ({"save_freq": 17}, "{epoch}-{batch}"),
    "a folder": ({}, "inner/{epoch}"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CHECKPOINT.values(), ids=CHECKPOINT)
def test_model_checkpoint(case, tmp_path):
    arguments, name = case

    def run(k):
        ending = ".weights.h5" if k is keras else ".weights.npz"
        folder = tmp_path / k.__name__
        keep = k.callbacks.ModelCheckpoint(
            folder / (name + ending), save_weights_only=True, **arguments
        )
        trained(k, [scripted(k, FALLING), keep], rows=28)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        found = {}
        for file in files if len(files) < 4 else [files[0], files[-1]]:
            model = net(k)
            model.load_weights(file)
            found[file.name] = [w * 1.0 for w in model.get_weights()]
        names = [str(file.relative_to(folder)) for file in files]
        strip = len(ending)
        return [n[:-strip] for n in names], [*found.values()]

    both(run)


def test_terminate_on_nan():
    """Keras makes the update, too, that follows the loss."""

    def run(k):
        x = X[:8].copy()
        model = net(k)
        log = []
        spoil = k.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: (
                epoch == 2 and model.set_weights([w * NAN for w in model.get_weights()])
            ),
            on_train_end=lambda logs: log.append("end"),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = model.fit(
                x, LABELS[:8], epochs=5, verbose=0,
                callbacks=[spoil, k.callbacks.TerminateOnNaN()],
            )  # fmt: skip
        return [history.epoch, history.history["loss"], log]

    both(run)


def test_terminate_on_nan_with_an_error():
    def run(k):
        spoiled = np.full((8, 5), NAN, "float32")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stop = k.callbacks.TerminateOnNaN(raise_error=True)
            with pytest.raises(RuntimeError):
                net(k).fit(spoiled, LABELS[:8], verbose=0, callbacks=[stop])

    both(run)


def test_lambda_callback():
    def run(k):
        log = []

        def note(name):
            return lambda *arguments, logs=None: log.append([name, *arguments[:-1]])

        hooks = [
            f"on_{part}_{when}"
            for part in ("epoch", "train", "train_batch", "test", "test_batch")
            for when in ("begin", "end")
        ]
        keeper = k.callbacks.LambdaCallback(
            **{name: _of_logs(name, log) for name in hooks}
        )
        trained(k, [keeper], 2, rows=28, validation_data=(X, LABELS))
        return log

    both(run)


def _of_logs(name, log):
    """A function that takes its logs by any name and any way."""

    def called(*arguments, **named):
        numbers = [a for a in arguments if isinstance(a, int)]
        log.append([name, *numbers])

    return called


class Interrupted(Exception):
    pass


def test_backup_and_restore(tmp_path):
    """A training that is cut off and begun again ends like one that is not. Keras does
    so between epochs only."""

    def fit(k, model, *callbacks):
        model.fit(
            X, LABELS, batch_size=8, epochs=4, verbose=0, shuffle=False,
            callbacks=[*callbacks],
        )  # fmt: skip
        return model.get_weights()

    def run(k):
        def cut(epoch, logs=None):
            if epoch == 2:
                raise Interrupted

        backup = [tmp_path / k.__name__, "epoch"]
        stop = k.callbacks.LambdaCallback(on_epoch_begin=cut)
        with contextlib.suppress(Interrupted):
            fit(
                k, net(k, optimizer="adam"), k.callbacks.BackupAndRestore(*backup), stop
            )
        assert any((tmp_path / k.__name__).iterdir())
        model = net(k, optimizer="adam")
        again = fit(k, model, k.callbacks.BackupAndRestore(*backup))
        return [
            again,
            int(model.optimizer.iterations),
            fit(k, net(k, optimizer="adam")),
        ]

    weights, updates, whole = both(run)
    assert updates == 16
    for ours, theirs in zip(weights, whole, strict=True):
        assert np.array_equal(ours, theirs)


def test_logs_are_shared_in_the_order_of_the_callbacks():
    def run(k):
        seen = []
        first = k.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: logs.update(new=epoch)
        )
        second = k.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: seen.append(logs["new"])
        )
        return [trained(k, [first, second], 3), seen]

    both(run)


@pytest.mark.parametrize("verbose", [2])
def test_progbar_logger_lines(verbose, capsys):
    def shown(text):
        return re.sub(r"\d+(ms|us|s)", "time", text)

    def run(k):
        capsys.readouterr()
        model = net(k)
        model.fit(
            X, LABELS, batch_size=8, epochs=2, verbose=verbose, shuffle=False,
            validation_data=(X[:8], LABELS[:8]),
        )  # fmt: skip
        model.fit(X, LABELS, batch_size=8, verbose=verbose, shuffle=False)
        model.evaluate(X, LABELS, batch_size=8, verbose=verbose)
        model.predict(X, batch_size=8, verbose=verbose)
        return shown(capsys.readouterr().out)

    both(run)


def test_a_list_of_callbacks():
    def run(k):
        log = []
        one = k.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: log.append(["one", epoch])
        )
        two = k.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: log.append(["two", epoch])
        )
        both_of_them = k.callbacks.CallbackList(
            [one, two], True, model=net(k), epochs=3
        )
        both_of_them.on_train_begin()
        both_of_them.on_epoch_begin(4)
        both_of_them.on_epoch_end(4, {"loss": 1.5})
        both_of_them.on_train_end()
        kinds = [type(c).__name__ for c in both_of_them.callbacks]
        log.append(dict(both_of_them.params))
        return [log, kinds, both_of_them.callbacks[-1].history]

    both(run)


def test_params_and_model_of_a_callback():
    def run(k):
        seen = []

        class Look(k.callbacks.Callback):
            def on_train_begin(self, logs=None):
                names = ("epochs", "steps", "verbose")
                seen.append([self.model is model, {n: self.params[n] for n in names}])

            on_test_begin = on_predict_begin = on_train_begin

        model, look = net(k), Look()
        how = {"callbacks": [look], "verbose": 0, "batch_size": 8}
        model.fit(X, LABELS, epochs=2, **how)
        model.evaluate(X, LABELS, **how)
        model.evaluate(X, LABELS, steps=2, **how)
        model.predict(X, **how)
        endless = batches(X, LABELS, times=3)
        model.fit(endless, steps_per_epoch=4, verbose=0, callbacks=[look])
        return seen

    both(run)


def test_history_of_a_second_training():
    def run(k):
        history, model = k.callbacks.History(), net(k)
        how = {"verbose": 0, "shuffle": False, "callbacks": [history]}
        model.fit(X, LABELS, epochs=2, **how)
        model.fit(X, LABELS, epochs=3, initial_epoch=2, **how)
        return [history.history, history.epoch, model.history is history]

    both(run)


def scheduled(k):
    return k.optimizers.SGD(k.optimizers.schedules.CosineDecay(0.1, 9))


WRONG = {
    "a factor that is none": lambda k: k.callbacks.ReduceLROnPlateau(factor=1.0),
    "save_freq": lambda k: k.callbacks.ModelCheckpoint(
        "x.weights.h5" if k is keras else "x.weights.npz",
        save_weights_only=True, save_freq="hourly",
    ),
    "a path of no weights": lambda k: k.callbacks.ModelCheckpoint(
        "weights.txt", save_weights_only=True
    ),
    "a path of no model": lambda k: k.callbacks.ModelCheckpoint("model.txt"),
    "a field that is not there": lambda k: trained(k, [
        k.callbacks.ModelCheckpoint(
            "{nothing}.weights.h5" if k is keras else "{nothing}.weights.npz",
            save_weights_only=True,
        )
    ]),
    "what a schedule returns": lambda k: trained(
        k, [k.callbacks.LearningRateScheduler(lambda epoch, rate: "fast")]
    ),
    "a rate for a schedule": lambda k: net(k, optimizer=scheduled(k)).fit(
        X, LABELS, verbose=0,
        callbacks=[k.callbacks.LearningRateScheduler(lambda epoch: 0.1)],
    ),
    "a smaller rate for a schedule": lambda k: net(k, optimizer=scheduled(k)).fit(
        X, LABELS, verbose=0, epochs=2,
        callbacks=[k.callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=99)],
    ),
    "no direction": lambda k: trained(
        k, [scripted(k, FALLING, "thing"), k.callbacks.EarlyStopping("thing")]
    ),
    "no such quantity and no direction": lambda k: trained(
        k, [k.callbacks.EarlyStopping("other")]
    ),
    "no folder": lambda k: k.callbacks.BackupAndRestore(""),
    "frequency of a backup": lambda k: k.callbacks.BackupAndRestore("x", "hourly"),
}  # fmt: skip


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_does_not_fit(call):
    raise_alike(call)


def test_an_accuracy_by_its_name_rises():
    def run(k):
        model = net(k, 1, "sigmoid", loss="binary_crossentropy")
        stop = k.callbacks.EarlyStopping("accuracy", restore_best_weights=True)
        values = [0.1, 0.5, 0.4, 0.9]
        model.fit(
            X, BINARY, epochs=4, verbose=0, shuffle=False,
            callbacks=[scripted(k, values, "accuracy"), stop],
        )  # fmt: skip
        return [stop.stopped_epoch, stop.best, model.get_weights()]

    both(run)
