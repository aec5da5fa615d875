"""Optimizers: settings the engine reads, kernels, what they refuse."""

import copy
import math

import numpy as np
import pytest
from public_objects import public_classes

from fastnn import optimizers

# Those with a rule of their own.
AROUND = (optimizers.LossScaleOptimizer, optimizers.MultiOptimizer)
CLASSES = [cls for _, cls in public_classes("optimizers") if cls not in AROUND]
each_class = pytest.mark.parametrize("cls", CLASSES)


@each_class
def test_hyper_holds_the_settings_in_order(cls):
    optimizer = cls()
    names = ["learning_rate", *cls.hyperparameters]
    assert optimizer.hyper.dtype == np.float64
    assert optimizer.hyper.tolist() == [getattr(optimizer, name) for name in names]


@each_class
def test_settings_change_in_place(cls):
    optimizer = cls()
    hyper = optimizer.hyper
    for position, name in enumerate(["learning_rate", *cls.hyperparameters]):
        negative = name in ("learning_rate_power", "beta_2_decay")
        value = -0.25 if negative else 0.25
        setattr(optimizer, name, value)
        assert hyper[position] == value == getattr(optimizer, name)
    assert optimizer.hyper is hyper
    hyper[0] = 0.5
    assert optimizer.learning_rate == 0.5


@each_class
def test_two_optimizers_share_nothing(cls):
    first, second = cls(), cls()
    first.learning_rate = 0.75
    assert second.learning_rate != 0.75
    duplicate = copy.deepcopy(first)
    duplicate.learning_rate = 0.5
    assert first.learning_rate == 0.75


@each_class
def test_lr_is_understood_with_a_warning(cls):
    with pytest.warns(DeprecationWarning, match="use `learning_rate`") as caught:
        optimizer = cls(lr=0.125)
    assert optimizer.learning_rate == 0.125
    assert caught[0].filename == __file__
    assert "lr" not in optimizer.get_config()


@each_class
def test_two_learning_rates_are_refused(cls):
    with pytest.raises(ValueError, match=r"learning_rate=0.5, lr=0.125"):
        cls(learning_rate=0.5, lr=0.125)


@each_class
def test_unknown_arguments_are_listed(cls):
    with pytest.raises(ValueError, match=r"'learning_rate'.*Received: \['decay'\]"):
        cls(decay=1.0)


@each_class
@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, "0.1", None, True, [0.1]])
def test_learning_rate_is_a_finite_number(cls, value):
    with pytest.raises(ValueError, match="Received: learning_rate="):
        cls(learning_rate=value)
    optimizer = cls()
    before = optimizer.learning_rate
    with pytest.raises(ValueError, match="Received: learning_rate="):
        optimizer.learning_rate = value
    assert optimizer.learning_rate == before


@pytest.mark.parametrize(
    ("cls", "settings"),
    [
        (optimizers.SGD, {"momentum": 1.5}),
        (optimizers.SGD, {"momentum": -0.1}),
        (optimizers.RMSprop, {"rho": 2}),
        (optimizers.RMSprop, {"momentum": -1}),
        (optimizers.RMSprop, {"epsilon": -1e-7}),
        (optimizers.Adam, {"beta_1": 1.0}),
        (optimizers.Adam, {"beta_2": math.nan}),
        (optimizers.Adam, {"epsilon": math.inf}),
        (optimizers.Lion, {"beta_1": 0.0}),
        (optimizers.Ftrl, {"learning_rate_power": 0.5}),
        (optimizers.Ftrl, {"initial_accumulator_value": -0.1}),
        (optimizers.Ftrl, {"l1_regularization_strength": -0.1}),
        (optimizers.Ftrl, {"beta": -0.1}),
        (optimizers.Adagrad, {"initial_accumulator_value": -0.1}),
        (optimizers.Adafactor, {"clip_threshold": 0}),
        (optimizers.Adafactor, {"beta_2_decay": 0.1}),
        (optimizers.ScheduleFreeAdamW, {"beta_1": 0.0}),
        (optimizers.ScheduleFreeAdamW, {"warmup_steps": -1}),
        (optimizers.Muon, {"momentum": 1.5}),
        (optimizers.Muon, {"ns_steps": -1}),
        (optimizers.Muon, {"adam_lr_ratio": "1"}),
        (optimizers.AdamW, {"weight_decay": None}),
    ],
)
def test_settings_out_of_range(cls, settings):
    ((name, value),) = settings.items()
    with pytest.raises(ValueError, match=f"Received: {name}={value!r}"):
        cls(**settings)


@pytest.mark.parametrize("value", [0, 1, np.float32(0.5), np.int64(0)])
def test_any_real_number_will_do(value):
    assert optimizers.SGD(momentum=value).momentum == float(value)


def test_slots_follow_the_settings():
    sgd = optimizers.SGD()
    assert (sgd.kernel, sgd.slots) == ("sgd_update", ())
    sgd.momentum = 0.5
    assert (sgd.kernel, sgd.slots) == ("sgd_momentum_update", ("momentum",))
    sgd.nesterov = True
    assert sgd.kernel == "sgd_nesterov_update"
    assert optimizers.RMSprop().slots == ("velocity", None, None)
    assert optimizers.Adam(amsgrad=True).slots[-1] == "velocity_hat"
    assert not optimizers.Adam(amsgrad=True).built


@each_class
def test_a_new_optimizer_has_no_state(cls):
    optimizer = cls()
    assert optimizer.iterations == 0
    assert optimizer.slot_values == {}


@pytest.mark.parametrize(
    "name", ["adam", "Adam", "ADAM", "rmsprop", "RMSprop", "sgd", "schedulefreeadamw"]
)
def test_names_in_any_case(name):
    assert type(optimizers.get(name)).__name__.lower() == name.lower()


def test_get_keeps_an_optimizer():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer
