"""Arguments of compile, fit, evaluate, predict and of the calls on single batches."""

import warnings

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, data, keras, raise_alike

# few sizes of batches, as Keras compiles for each: 28, 8 and 4 rows
FEATURES, CLASSES, ROWS = 5, 3, 28
X, LABELS = data((FEATURES,), (CLASSES,), "labels", ROWS)
ONE_HOT = np.eye(CLASSES, dtype="float32")[LABELS]
VALUES = data((FEATURES,), (2,), "values", ROWS)[1]
BINARY = (LABELS > 0).astype("float32")[:, None]
WEIGHT = np.random.default_rng(5).uniform(0.2, 2, ROWS).astype("float32")
PART = slice(0, 12)


def net(k, units=CLASSES, activation="softmax", cls=None, **compile):
    """A small classifier, the same in both libraries."""
    rng = np.random.default_rng(11)
    layers = [k.layers.Dense(4, "tanh"), k.layers.Dense(units, activation)]
    model = (cls or k.Sequential)([k.Input((FEATURES,)), *layers])
    shapes = [w.shape for w in model.weights]
    model.set_weights([rng.normal(size=s).astype("float32") * 0.5 for s in shapes])
    usual = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    usual["optimizer"] = k.optimizers.SGD(0.1)
    model.compile(**{**usual, **compile})
    return model


def fitted(k, *data, model=None, **fit):
    """History and weights after a training."""
    model = model or net(k)
    usual = {"verbose": 0, "epochs": 2, "shuffle": False}
    history = model.fit(*data, **{**usual, **fit})
    return {
        "history": history.history,
        "epoch": history.epoch,
        "params": {name: history.params[name] for name in ("epochs", "steps")},
        "weights": model.get_weights(),
        "updates": int(model.optimizer.iterations),
    }


def watched(k, log):
    """A callback that writes down every hook with its argument and its logs."""

    def hook(name):
        def called(first=None, logs=None):
            if isinstance(first, dict) or first is None:
                first, logs = None, first if logs is None else logs
            values = {} if "predict" in name else dict(logs or {})
            log.append([name, first, {key: float(v) for key, v in values.items()}])

        return called

    parts = ["train_begin", "train_end", "epoch_begin", "epoch_end"]
    for part in ("train", "test", "predict"):
        parts += [f"{part}_batch_begin", f"{part}_batch_end"]
    parts += ["test_begin", "test_end", "predict_begin", "predict_end"]
    callback = k.callbacks.Callback()
    for part in parts:
        setattr(callback, f"on_{part}", hook(part))
    return callback


def batches(*arrays, size=8, times=1):
    """A generator over rows."""
    for _ in range(times):
        for start in range(0, len(arrays[0]), size):
            yield tuple(a[start : start + size] for a in arrays)


FIT = {
    "batch_size": {"batch_size": 8},
    "batch size by default": {},
    "more than there are": {"batch_size": 800},
    "initial_epoch": {"epochs": 5, "initial_epoch": 3},
    "nothing to do": {"epochs": 2, "initial_epoch": 2},
    "shuffle all at once": {"shuffle": True, "batch_size": ROWS},
    "validation_split": {"validation_split": 0.28, "batch_size": 4},
    "validation_split with weights": {
        "validation_split": 0.14, "sample_weight": WEIGHT, "batch_size": 4,
    },
    "validation_split with class weights": {
        "validation_split": 0.14, "class_weight": {0: 2.0, 2: 0.5}, "batch_size": 4,
    },
    "validation_data": {"validation_data": (X[PART], LABELS[PART])},
    "validation_data before the split": {
        "validation_data": (X[PART], LABELS[PART]), "validation_split": 0.5,
    },
    "validation_data with weights": {
        "validation_data": (X[PART], LABELS[PART], WEIGHT[PART]), "batch_size": 4,
    },
    "validation_data in a list": {"validation_data": [X[PART], LABELS[PART]]},
    "validation_freq": {
        "validation_data": (X[PART], LABELS[PART]), "validation_freq": 2, "epochs": 5,
    },
    "validation_freq of epochs": {
        "validation_data": (X[PART], LABELS[PART]), "validation_freq": [1, 4],
        "epochs": 5,
    },
    "validation_batch_size": {
        "validation_data": (X[PART], LABELS[PART]), "validation_batch_size": 4,
        "validation_steps": 2,
    },
    "validation_steps": {
        "validation_data": (X[PART], LABELS[PART]), "validation_steps": 3,
    },
    "class_weight": {"class_weight": {0: 0.3, 1: 2.0, 2: 1.5}, "batch_size": 8},
    "class_weight of some": {"class_weight": {1: 2.0}},
    "class_weight of training alone": {
        "class_weight": {0: 3.0}, "validation_data": (X[PART], LABELS[PART]),
    },
    "sample_weight": {"sample_weight": WEIGHT, "batch_size": 8},
    "sample_weight in a column": {"sample_weight": WEIGHT[:, None], "batch_size": 8},
    "sample_weight of zeros": {"sample_weight": np.zeros(ROWS, "float32")},
    "steps_per_epoch": {"steps_per_epoch": 2, "batch_size": 8, "epochs": 4},
    "steps_per_epoch that divide": {"steps_per_epoch": 3, "batch_size": 8},
    "steps_per_epoch and no batch_size": {"steps_per_epoch": 7},
    "targets in a column": {},
}  # fmt: skip


@pytest.mark.parametrize("arguments", FIT.values(), ids=FIT)
def test_fit(arguments, request):
    y = LABELS[:, None] if "column" in request.node.name else LABELS
    both(lambda k: fitted(k, X, y, **arguments))


def test_more_steps_than_there_are_data_for():
    def run(k):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            seen = fitted(k, X, LABELS, steps_per_epoch=5, batch_size=8)
        assert any("ran out" in str(w.message) for w in caught)
        seen["params"]["steps"] = None  # Keras gives those of the data
        return seen

    both(run)


@pytest.mark.parametrize(
    ("y", "units", "activation", "loss"),
    [
        (ONE_HOT, CLASSES, "softmax", "categorical_crossentropy"),
        (LABELS, CLASSES, "softmax", "sparse_categorical_crossentropy"),
        (LABELS[:, None], CLASSES, "softmax", "sparse_categorical_crossentropy"),
        (BINARY, 1, "sigmoid", "binary_crossentropy"),
        (BINARY[:, 0], 1, "sigmoid", "binary_crossentropy"),
    ],
)
def test_class_weight_of_each_kind_of_target(y, units, activation, loss):
    def run(k):
        model = net(k, units, activation, loss=loss, weighted_metrics=["accuracy"])
        weights = {0: 0.5, 1: 3.0, 2: 1.5} if units > 1 else {0: 0.5, 1: 3.0}
        return fitted(k, X, y, model=model, class_weight=weights, batch_size=8)

    both(run)


COMPILE = {
    "no metrics": {"metrics": None},
    "weighted_metrics": {"weighted_metrics": ["accuracy"], "metrics": None},
    "both": {"weighted_metrics": ["accuracy"], "metrics": ["accuracy"]},
    "names": {"metrics": ["acc"]},
    "instances": lambda k: {
        "metrics": [k.metrics.SparseCategoricalAccuracy(name="mine")]
    },
    "steps_per_execution": {"steps_per_execution": 3},
    "run_eagerly": {"run_eagerly": True},
    "auto_scale_loss": {"auto_scale_loss": False},
    "loss_weights": {"loss_weights": 0.3},
    "loss_weights in a list": {"loss_weights": [2.0]},
    "an instance": lambda k: {
        "loss": k.losses.SparseCategoricalCrossentropy(reduction="sum"),
        "optimizer": k.optimizers.SGD(0.01),
    },
}


@pytest.mark.parametrize("arguments", COMPILE.values(), ids=COMPILE)
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_compile(arguments, weight):
    def run(k):
        model = net(k, **(arguments(k) if callable(arguments) else arguments))
        fit = {"batch_size": 8, "validation_data": (X[PART], LABELS[PART])}
        seen = fitted(k, X, LABELS, sample_weight=weight, model=model, **fit)
        seen["evaluate"] = model.evaluate(
            X, LABELS, sample_weight=weight, verbose=0, return_dict=True
        )
        seen["result"] = model.get_metrics_result()
        return seen

    both(run)


def test_metrics_of_one_name():
    def run(k):
        model = net(k, metrics=["accuracy"], weighted_metrics=["accuracy"])
        return list(fitted(k, X, LABELS, model=model)["history"])

    both(run)


# ---- where data come from


def _sets(k):
    """A `PyDataset` of either library."""

    class Batches(k.utils.PyDataset):
        def __init__(self, *arrays, size=8, **workers):
            super().__init__(**workers)
            self.arrays, self.size = arrays, size

        def __len__(self):
            return -(-len(self.arrays[0]) // self.size)

        def __getitem__(self, index):
            rows = slice(index * self.size, (index + 1) * self.size)
            return tuple(a[rows] for a in self.arrays)

    return Batches


STREAMS = {
    "a generator": lambda k: {
        "x": batches(X, LABELS, times=9), "steps_per_epoch": 4, "epochs": 3,
    },
    "a generator with weights": lambda k: {
        "x": batches(X, LABELS, WEIGHT, times=9), "steps_per_epoch": 5,
    },
    "one pass": lambda k: {"x": batches(X, LABELS), "epochs": 1},
    "validation of a generator": lambda k: {
        "x": batches(X, LABELS, times=9), "steps_per_epoch": 4, "epochs": 1,
        "validation_data": batches(X, LABELS, times=9), "validation_steps": 2,
    },
    "a generator and arrays": lambda k: {
        "x": batches(X, LABELS, times=9), "steps_per_epoch": 4,
        "validation_data": (X[PART], LABELS[PART]), "validation_batch_size": 4,
    },
    "a PyDataset": lambda k: {"x": _sets(k)(X, LABELS)},
    "a PyDataset with weights": lambda k: {"x": _sets(k)(X, LABELS, WEIGHT)},
    "a PyDataset with class weights": lambda k: {
        "x": _sets(k)(X, LABELS), "class_weight": {0: 3.0},
    },
    "a PyDataset and steps": lambda k: {
        "x": _sets(k)(X, LABELS), "steps_per_epoch": 2, "epochs": 4,
    },
    "validation of a PyDataset": lambda k: {
        "x": X, "y": LABELS, "validation_data": _sets(k)(X, LABELS, size=4),
    },
    "workers": lambda k: {
        "x": _sets(k)(X, LABELS, workers=1 if k is keras else 2, max_queue_size=3)
    },
}  # fmt: skip


@pytest.mark.parametrize("of", STREAMS.values(), ids=STREAMS)
def test_batches_from_elsewhere(of):
    def run(k):
        seen = fitted(k, **of(k))
        del seen["params"]
        return seen

    both(run)


def test_data_sets_are_told_of_epochs():
    def run(k):
        log = []

        class Told(_sets(k)):
            def on_epoch_begin(self):
                log.append("begin")

            def on_epoch_end(self):
                log.append("end")

        fitted(k, Told(X, LABELS), epochs=2)
        return log[-4:]  # Keras says more at the start

    both(run)


# ---- evaluate and predict


EVALUATE = {
    "alone": {},
    "batch_size": {"batch_size": 4},
    "sample_weight": {"sample_weight": WEIGHT, "batch_size": 4},
    "steps": {"steps": 2, "batch_size": 4},
    "steps and no batch_size": {"steps": 7},
    "return_dict": {"return_dict": True},
}


@pytest.mark.parametrize("metrics", [None, ["accuracy"]], ids=["loss", "metrics"])
@pytest.mark.parametrize("arguments", EVALUATE.values(), ids=EVALUATE)
def test_evaluate(arguments, metrics):
    both(lambda k: net(k, metrics=metrics).evaluate(X, LABELS, verbose=0, **arguments))


@pytest.mark.parametrize("weighted", [False, True])
def test_evaluate_batches_from_elsewhere(weighted):
    parts = (X, LABELS, WEIGHT) if weighted else (X, LABELS)

    def run(k):
        model = net(k)
        return [
            model.evaluate(batches(*parts), verbose=0),
            model.evaluate(batches(*parts), steps=2, verbose=0),
            model.evaluate(_sets(k)(*parts), verbose=0),
            model.evaluate(_sets(k)(*parts), steps=3, verbose=0, return_dict=True),
        ]

    both(run)


def test_predict():
    def run(k):
        model = net(k)
        quiet = {"verbose": 0}
        return [
            model.predict(X, **quiet),
            model.predict(X, batch_size=4, **quiet),
            model.predict(X, batch_size=4, steps=3, **quiet),
            model.predict(X, steps=7, **quiet),
            model.predict(batches(X), **quiet),
            model.predict(batches(X), steps=2, **quiet),
            model.predict(batches(X, LABELS), **quiet),
            model.predict(_sets(k)(X), **quiet),
            model.predict(_sets(k)(X, LABELS), steps=2, **quiet),
            model(X),
            model(X, training=True),
            model.predict_on_batch(X[:4]),
        ]

    both(run)


@pytest.mark.parametrize("return_dict", [False, True])
@pytest.mark.parametrize("metrics", [None, ["accuracy"]], ids=["loss", "metrics"])
def test_single_batches(metrics, return_dict):
    def run(k):
        model = net(k, metrics=metrics)
        how = {"return_dict": return_dict}
        return [
            model.train_on_batch(X[:8], LABELS[:8], **how),
            model.train_on_batch(X[20:], LABELS[20:], WEIGHT[20:], **how),
            model.train_on_batch(X, LABELS, class_weight={0: 2.0}, **how),
            model.test_on_batch(X[:8], LABELS[:8], **how),
            model.test_on_batch(X, LABELS, WEIGHT, **how),
            model.get_metrics_result(),
            model.get_weights(),
        ]

    both(run)


def test_metrics_go_on_until_they_are_reset():
    def run(k):
        model = net(k)
        model.fit(X, LABELS, verbose=0, shuffle=False)
        after = model.get_metrics_result()
        model.reset_metrics()
        return [after, model.get_metrics_result()]

    both(run)


# ---- hooks


HOOKS = {
    "fit": lambda k, m, c: m.fit(
        X, LABELS, batch_size=8, epochs=2, verbose=0, shuffle=False, callbacks=[c],
        validation_data=(X[PART], LABELS[PART]), validation_batch_size=8,
    ),
    "evaluate": lambda k, m, c: m.evaluate(
        X, LABELS, batch_size=8, verbose=0, callbacks=[c]
    ),
    "evaluate with steps": lambda k, m, c: m.evaluate(
        X, LABELS, batch_size=8, steps=2, verbose=0, callbacks=[c]
    ),
    "predict": lambda k, m, c: m.predict(
        X, batch_size=8, verbose=0, callbacks=[c]
    ),
    "predict with steps": lambda k, m, c: m.predict(
        X, batch_size=8, steps=2, verbose=0, callbacks=[c]
    ),
    "predict batches": lambda k, m, c: m.predict(
        batches(X), steps=4, verbose=0, callbacks=[c]
    ),
    "fit a generator": lambda k, m, c: m.fit(
        batches(X, LABELS, times=3), steps_per_epoch=4, epochs=2, verbose=0,
        callbacks=[c],
    ),
}  # fmt: skip


@pytest.mark.parametrize("at_once", [1, 2], ids=["", "steps_per_execution"])
@pytest.mark.parametrize("call", HOOKS.values(), ids=HOOKS)
def test_hooks_in_order_with_their_logs(call, at_once):
    def run(k):
        log = []
        call(k, net(k, steps_per_execution=at_once), watched(k, log))
        return log

    both(run)


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end"])
def test_stop_training(hook):
    def run(k):
        def stop(number, logs):
            model.stop_training = number == 1

        model = net(k)
        callback = k.callbacks.LambdaCallback(**{hook: stop})
        return fitted(
            k, X, LABELS, model=model, epochs=5, batch_size=8, callbacks=[callback]
        )

    both(run)


def test_stop_evaluating_and_predicting():
    def run(k):
        class Stop(k.callbacks.Callback):
            def on_test_batch_end(self, batch, logs=None):
                model.stop_evaluating = batch == 1

            def on_predict_batch_end(self, batch, logs=None):
                model.stop_predicting = batch == 1

        model = net(k)
        how = {"batch_size": 4, "verbose": 0, "callbacks": [Stop()]}
        return [model.evaluate(X, LABELS, **how), model.predict(X, **how)]

    both(run)


def test_weights_that_a_callback_sets_are_trained_on():
    def run(k):
        class Halve(k.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                halves = [w / 2 for w in self.model.get_weights()]
                self.model.set_weights(halves)

        return fitted(k, X, LABELS, epochs=3, batch_size=8, callbacks=[Halve()])

    both(run)


def test_fit_goes_on():
    def run(k):
        model = net(k, optimizer="adam", metrics=None)
        fitted(k, X, LABELS, model=model)
        seen = fitted(k, X, LABELS, model=model, initial_epoch=2, epochs=3)
        model.compile("adam", "sparse_categorical_crossentropy")
        return [seen, fitted(k, X, LABELS, model=model)]

    both(run)


# ---- models with steps of their own


def test_a_loss_of_its_own():
    def run(k):
        class Own(k.Sequential):
            def compute_loss(
                self, x=None, y=None, y_pred=None, sample_weight=None, training=True
            ):
                loss = super().compute_loss(x, y, y_pred, sample_weight, training)
                return 2 * loss

        model = net(k, cls=Own, loss="mse", units=2, activation=None, metrics=["mae"])
        return fitted(k, X, VALUES, model=model, batch_size=8)

    both(run)


# ---- what does not fit


WRONG = {
    "rows of y": lambda k: net(k).fit(X, LABELS[:5], verbose=0),
    "rows of weights": lambda k: net(k).fit(
        X, LABELS, sample_weight=WEIGHT[:5], verbose=0
    ),
    "both weights": lambda k: net(k).fit(
        X, LABELS, sample_weight=WEIGHT, class_weight={0: 1.0}, verbose=0
    ),
    "not compiled": lambda k: k.Sequential([k.layers.Dense(1)]).fit(X, LABELS),
    "evaluate before compile": lambda k: k.Sequential([k.layers.Dense(1)]).evaluate(
        X, LABELS
    ),
    "a split of a generator": lambda k: net(k).fit(
        batches(X, LABELS), validation_split=0.2, verbose=0
    ),
    "y beside a generator": lambda k: net(k).fit(batches(X, LABELS), LABELS, verbose=0),
    "weights beside a generator": lambda k: net(k).fit(
        batches(X, LABELS), sample_weight=WEIGHT, verbose=0
    ),
    "class weights of a generator": lambda k: net(k).fit(
        batches(X, LABELS), class_weight={0: 1.0}, verbose=0
    ),
    "an empty split": lambda k: net(k).fit(
        X[:1], LABELS[:1], validation_split=0.6, verbose=0
    ),
    "an unknown optimizer": lambda k: net(k, optimizer="adm"),
    "an unknown loss": lambda k: net(k, loss="msee").fit(X, LABELS, verbose=0),
    "an unknown metric": lambda k: net(k, metrics=["accuraci"]).fit(
        X, LABELS, verbose=0
    ),
    "metrics in no list": lambda k: net(k, metrics="accuracy"),
    "loss_weights": lambda k: net(k, loss_weights="much").fit(X, LABELS, verbose=0),
    "several loss_weights": lambda k: net(k, loss_weights=[1.0, 2.0]).fit(
        X, LABELS, verbose=0
    ),
    "validation_freq": lambda k: net(k).fit(
        X, LABELS, validation_data=(X, LABELS), validation_freq="often", verbose=0
    ),
    "shape of x": lambda k: net(k).predict(X[:, :3], verbose=0),
    "a batch of four": lambda k: net(k).fit(
        batches(X, LABELS, WEIGHT, WEIGHT), verbose=0
    ),
    "no rows to predict": lambda k: net(k).get_layer("nowhere"),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_does_not_fit(call):
    raise_alike(call)


def test_all_at_once():
    """Nearly every argument in one training."""
    case = Case(
        lambda k: [
            k.Input((FEATURES,)),
            k.layers.Dense(4, "tanh", kernel_regularizer="l2"),
            k.layers.Dense(CLASSES, "softmax"),
        ],
        loss="categorical_crossentropy",
        optimizer=lambda k: k.optimizers.SGD(0.1, momentum=0.9),
        compile={
            "metrics": ["accuracy", "mse"],
            "weighted_metrics": ["mae"],
            "steps_per_execution": 2,
            "loss_weights": 0.8,
        },
        fit={
            "batch_size": 4,
            "epochs": 8,
            "initial_epoch": 2,
            "steps_per_epoch": 4,
            "validation_split": 0.14,
            "validation_freq": [3, 8],
            "validation_batch_size": 4,
            "class_weight": {0: 0.5, 2: 2.0},
        },
        x=X,
        y=ONE_HOT,
    )
    assert_same_training(case)
