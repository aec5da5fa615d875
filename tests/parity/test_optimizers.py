"""Optimizers beside Keras's: in models, and outside."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, raise_alike

# (class, arguments): each optimizer as it is, and each of its own arguments
RULES = [
    ("SGD", {}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.8}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.7, "epsilon": 1e-3}),
    ("RMSprop", {"momentum": 0.5}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adam", {}),
    ("Adam", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Adam", {"amsgrad": True, "beta_2": 0.8}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.3, "amsgrad": True, "learning_rate": 0.01}),
    ("Adamax", {}),
    ("Adamax", {"beta_1": 0.7, "beta_2": 0.6, "epsilon": 1e-2}),
    ("Nadam", {}),
    ("Nadam", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Adagrad", {}),
    ("Adagrad", {"initial_accumulator_value": 0.5, "epsilon": 1e-2}),
    ("Adadelta", {}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.7, "epsilon": 1e-3}),
    ("Ftrl", {}),
    ("Ftrl", {"learning_rate": 0.1, "learning_rate_power": -0.3}),
    ("Ftrl", {"learning_rate_power": 0.0, "initial_accumulator_value": 0.5}),
    ("Ftrl", {"l1_regularization_strength": 0.1, "beta": 0.2}),
    (
        "Ftrl",
        {
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.05,
        },
    ),
    ("Lion", {}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.8}),
    ("Adafactor", {}),
    ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.5, "epsilon_1": 0.01}),
    ("Adafactor", {"epsilon_2": 2.0, "clip_threshold": 0.5, "relative_step": False}),
    ("Lamb", {}),
    ("Lamb", {"learning_rate": 0.05, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Muon", {}),
    ("Muon", {"momentum": 0.8, "nesterov": False, "ns_steps": 3, "rms_rate": None}),
    ("Muon", {"muon_a": 3.0, "muon_b": -4.0, "muon_c": 2.0, "weight_decay": None}),
    ("Muon", {"exclude_layers": ["wide", "second"], "adam_lr_ratio": 0.5}),
    ("Muon", {"adam_beta_1": 0.5, "adam_beta_2": 0.9, "adam_weight_decay": 0.5}),
    ("Muon", {"exclude_embeddings": False, "epsilon": 1e-3}),
    ("ScheduleFreeAdamW", {}),
    ("ScheduleFreeAdamW", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
    ("ScheduleFreeAdamW", {"warmup_steps": 5, "weight_decay": 0.1}),
]
COMMON = {
    "weight_decay": {"weight_decay": 0.5},
    "clipnorm": {"clipnorm": 0.3},
    "clipnorm never": {"clipnorm": 1e6},
    "clipvalue": {"clipvalue": 0.1},
    "global_clipnorm": {"global_clipnorm": 0.3},
    "ema": {"use_ema": True},
    "ema momentum": {"use_ema": True, "ema_momentum": 0.5},
    "ema overwrites": {"use_ema": True, "ema_overwrite_frequency": 5},
    "loss scale": {"loss_scale_factor": 12.0},
    "accumulation": {"gradient_accumulation_steps": 3},
    "accumulation and averages": {
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "ema_momentum": 0.8,
        "ema_overwrite_frequency": 3,
    },
    "accumulation and more": {
        "gradient_accumulation_steps": 4,
        "weight_decay": 0.2,
        "global_clipnorm": 0.5,
        "loss_scale_factor": 3.0,
    },
}


def name_of(value):
    return value if isinstance(value, str) else ", ".join(value) or "defaults"


def layers(k):
    return [
        k.Input((6,)),
        k.layers.Dense(
            5,
            "tanh",
            kernel_regularizer="l2",
            activity_regularizer="l2",
            name="first",
        ),
        k.layers.Dense(2, kernel_constraint=k.constraints.MaxNorm(0.9), name="second"),
    ]


def variables(k):
    rng = np.random.default_rng(5)
    shapes = {"wide": (3, 4), "tall_embedding": (4, 3), "vector": (3,)}
    return [
        k.Variable(rng.normal(size=shape).astype("float32"), name=name)
        for name, shape in shapes.items()
    ]


def steps(optimizer, weights, count=6):
    """The weights after some steps, and what the optimizer remembers."""
    rng = np.random.default_rng(6)
    for _ in range(count):
        grads = [rng.normal(size=tuple(w.shape)).astype("float32") for w in weights]
        optimizer.apply_gradients(list(zip(grads, weights, strict=True)))
    seen = [np.asarray(w.numpy()) for w in weights]
    kept = [np.asarray(v.numpy()) for v in optimizer.variables]
    if type(optimizer).__name__ == "Adafactor":  # Keras keeps zeros for vectors, too
        kept = [array for array in kept if array.ndim]
    return seen, [array.astype("float64") for array in kept]


@pytest.mark.parametrize(("cls", "arguments"), RULES, ids=name_of)
def test_outside_a_model(cls, arguments):
    both(lambda k: steps(getattr(k.optimizers, cls)(**arguments), variables(k)))


# Of each class the one with the most changes; the others are seen outside a model.
TRAINED = {cls: (cls, arguments) for cls, arguments in RULES}


@pytest.mark.parametrize(("cls", "arguments"), TRAINED.values(), ids=name_of)
def test_in_training(cls, arguments):
    make = lambda k: getattr(k.optimizers, cls)(**arguments)  # noqa: E731
    assert_same_training(Case(layers, optimizer=make))


@pytest.mark.parametrize("name", COMMON)
@pytest.mark.parametrize("cls", ["SGD", "Adam"])
def test_common_arguments_outside_a_model(cls, name):
    make = lambda k: getattr(k.optimizers, cls)(0.01, **COMMON[name])  # noqa: E731
    both(lambda k: steps(make(k), variables(k), 10))


@pytest.mark.parametrize(
    "name",
    ["clipnorm", "loss scale", "ema overwrites", "accumulation and averages",
     "accumulation and more"],
)  # fmt: skip
def test_common_arguments_in_training(name):
    make = lambda k: k.optimizers.Lamb(0.01, **COMMON[name])  # noqa: E731
    assert_same_training(Case(layers, optimizer=make))


def without_decay(k, **excluded):
    optimizer = k.optimizers.AdamW(0.01, weight_decay=2.0)
    weights = variables(k)
    if "var_list" in excluded:
        excluded["var_list"] = [weights[i] for i in excluded["var_list"]]
    optimizer.exclude_from_weight_decay(**excluded)
    return steps(optimizer, weights)


@pytest.mark.parametrize(
    "excluded",
    [{"var_list": [0, 2]}, {"var_names": ["all", "vec"]}, {"var_names": ["^t"]}],
    ids=str,
)
def test_exclude_from_weight_decay(excluded):
    both(lambda k: without_decay(k, **excluded))


def test_exclude_from_weight_decay_in_training():
    def make(k):
        optimizer = k.optimizers.SGD(0.1, weight_decay=1.0)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        return optimizer

    assert_same_training(Case(layers, optimizer=make))


def loss_scaled(k, **arguments):
    return k.optimizers.LossScaleOptimizer(k.optimizers.Adam(0.01), **arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"initial_scale": 8.0, "dynamic_growth_steps": 3},
        {"initial_scale": 2.0**126},
    ],
    ids=str,
)
def test_loss_scale_in_training(arguments):
    make = lambda k: loss_scaled(k, **arguments)  # noqa: E731
    assert_same_training(Case(layers, optimizer=make))


def by_path(k, **arguments):
    sgd, adam = k.optimizers.SGD(0.1, name="sgd"), k.optimizers.Adam(name="adam")
    found = k.optimizers.OptimizerMap(sgd, {".*/first/.*": adam})
    found[".*/second/bias"] = k.optimizers.RMSprop(
        0.01, use_ema=True, ema_momentum=0.5, name="rms"
    )
    return k.optimizers.MultiOptimizer(found, **arguments)


def by_function(k):
    adam = k.optimizers.AdamW(0.01)
    return k.optimizers.MultiOptimizer(
        lambda v: adam if "kernel" in v.path else k.optimizers.SGD(0.1, momentum=0.5)
    )


@pytest.mark.parametrize(
    "make",
    [
        by_path,
        by_function,
        lambda k: by_path(k, loss_scale_factor=5.0),
        lambda k: k.optimizers.LossScaleOptimizer(by_path(k), dynamic_growth_steps=4),
    ],
    ids=["map", "function", "loss scale", "inside another"],
)
def test_several_in_training(make):
    assert_same_training(Case(layers, optimizer=make))


def test_several_outside_a_model():
    def run(k):
        rates = k.optimizers.OptimizerMap(k.optimizers.SGD(0.1))
        rates["wide"] = k.optimizers.Adam(0.05)
        optimizer = k.optimizers.MultiOptimizer(rates)
        seen, kept = steps(optimizer, variables(k))
        return seen, kept[2:], int(np.asarray(optimizer.iterations))

    both(run)


def halved(k):
    return [k.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)]


CALLBACKS = {
    "scheduler": ({}, halved),
    "plateau": (
        {},
        lambda k: [k.callbacks.ReduceLROnPlateau("loss", 0.3, 1, min_delta=10.0)],
    ),
    "swap": ({"use_ema": True}, lambda k: [k.callbacks.SwapEMAWeights()]),
    "swap on epoch": (
        {"use_ema": True, "ema_momentum": 0.9},
        lambda k: [k.callbacks.SwapEMAWeights(swap_on_epoch=True)],
    ),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks(name):
    arguments, callbacks = CALLBACKS[name]
    make = lambda k: k.optimizers.Adam(0.01, **arguments)  # noqa: E731
    fit = lambda k: {"callbacks": callbacks(k), "validation_split": 0.25}  # noqa: E731
    assert_same_training(Case(layers, optimizer=make, fit=fit))


@pytest.mark.parametrize("name", ["scheduler", "swap"])
def test_callbacks_with_several(name):
    _, callbacks = CALLBACKS[name]
    fit = lambda k: {"callbacks": callbacks(k), "validation_split": 0.25}  # noqa: E731
    assert_same_training(Case(layers, optimizer=by_path, fit=fit))


def test_setting_what_it_remembers():
    def run(k):
        optimizer, weights = k.optimizers.Adam(0.05), variables(k)
        optimizer.build(weights)
        optimizer.set_weights([
            np.full(tuple(v.shape), i + 1, v.dtype)
            for i, v in enumerate(optimizer.variables)
        ])  # fmt: skip
        optimizer.learning_rate = 0.25
        return steps(optimizer, weights, 2)

    both(run)


def test_some_gradients_are_none():
    def run(k):
        optimizer, weights = k.optimizers.SGD(0.1, momentum=0.5), variables(k)
        with pytest.warns(UserWarning, match="vector"):
            optimizer.apply(
                [w.numpy() * 0.5 for w in weights[:-2]] + [None, None], weights
            )
        return [np.asarray(w.numpy()) for w in weights]

    both(run)


def one(k):
    return k.Variable(np.ones(2, "float32"))


def built(k, optimizer=None):
    optimizer = optimizer or k.optimizers.SGD()
    optimizer.build([one(k), one(k)])
    return optimizer


GRAD = np.ones(2, "float32")
WRONG = {
    "learning rate": lambda k: k.optimizers.Adam("fast"),
    "no learning rate": lambda k: k.optimizers.Adam(None),
    "unknown argument": lambda k: k.optimizers.Adam(speed=2.0),
    "two clips": lambda k: k.optimizers.Adam(clipnorm=1.0, clipvalue=1.0),
    "accumulation": lambda k: k.optimizers.Adam(gradient_accumulation_steps=1),
    "ema_momentum": lambda k: k.optimizers.Adam(use_ema=True, ema_momentum=1.5),
    "overwrite": lambda k: k.optimizers.Adam(use_ema=True, ema_overwrite_frequency=-1),
    "momentum": lambda k: k.optimizers.SGD(momentum=1.5),
    "no weight decay": lambda k: k.optimizers.AdamW(weight_decay=None),
    "ftrl power": lambda k: k.optimizers.Ftrl(learning_rate_power=0.5),
    "ftrl accumulator": lambda k: k.optimizers.Ftrl(initial_accumulator_value=-1.0),
    "ftrl l1": lambda k: k.optimizers.Ftrl(l1_regularization_strength=-1.0),
    "ftrl l2": lambda k: k.optimizers.Ftrl(l2_regularization_strength=-1.0),
    "lion": lambda k: k.optimizers.Lion(beta_1=0.0),
    "no variables": lambda k: k.optimizers.SGD().apply([GRAD]),
    "no gradients": lambda k: k.optimizers.SGD().apply([None], [one(k)]),
    "too few": lambda k: built(k).apply([GRAD]),
    "unknown variable": lambda k: built(k).apply([GRAD], [one(k)]),
    "set too early": lambda k: k.optimizers.SGD().set_weights([]),
    "shape": lambda k: built(k, k.optimizers.Adam()).set_weights([GRAD] * 6),
    "finalize": lambda k: built(
        k, k.optimizers.SGD(use_ema=True)
    ).finalize_variable_values([one(k)]),
    "unknown name": lambda k: k.optimizers.get("adamm"),
    "no optimizer": lambda k: k.optimizers.get(3.0),
    "loss scale and clipnorm": lambda k: loss_scaled(k, clipnorm=1.0),
    "loss scale and rate": lambda k: loss_scaled(k, learning_rate=0.1),
    "static loss scale": lambda k: loss_scaled(k, dynamic=False),
    "map of no optimizer": lambda k: k.optimizers.OptimizerMap("sgd"),
    "map of a list": lambda k: k.optimizers.OptimizerMap(k.optimizers.SGD(), [1]),
    "key": lambda k: k.optimizers.OptimizerMap(k.optimizers.SGD()).__setitem__(
        3, k.optimizers.SGD()
    ),
    "value": lambda k: k.optimizers.OptimizerMap(k.optimizers.SGD()).__setitem__(
        "a", "sgd"
    ),
    "loss scale inside": lambda k: k.optimizers.OptimizerMap(
        k.optimizers.SGD()
    ).__setitem__("a", loss_scaled(k)),
    "several inside": lambda k: k.optimizers.OptimizerMap(
        k.optimizers.SGD()
    ).__setitem__("a", by_path(k)),
    "rate of several": lambda k: by_path(k).learning_rate,
    "setting the rate of several": lambda k: setattr(by_path(k), "learning_rate", 0.1),
    "function without optimizer": lambda k: k.optimizers.MultiOptimizer(
        lambda variable: "sgd"
    ).build([one(k)]),
    "two patterns": lambda k: k.optimizers.OptimizerMap(
        k.optimizers.SGD(), {"a.*": k.optimizers.SGD(), ".*b": k.optimizers.SGD()}
    )["a/b"],
    "swap without averages": lambda k: fitted(
        k, k.optimizers.SGD(), k.callbacks.SwapEMAWeights()
    ),
    "scheduler and schedule": lambda k: fitted(
        k,
        k.optimizers.SGD(k.optimizers.schedules.CosineDecay(0.1, 3)),
        k.callbacks.LearningRateScheduler(lambda epoch: 0.1),
    ),
}


def fitted(k, optimizer, callback):
    model = k.Sequential([k.Input((2,)), k.layers.Dense(1)])
    model.compile(optimizer, "mse")
    x = np.ones((4, 2), "float32")
    model.fit(
        x, x[:, :1], validation_data=(x, x[:, :1]), callbacks=[callback], verbose=0
    )


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    raise_alike(WRONG[name])
