"""Optimizers: settings the engine reads, kernels, golden steps, what they refuse."""

import copy
import inspect
import math

import numpy as np
import pytest
from public_objects import public_classes
from reference import KERNELS

from fastnn import optimizers
from fastnn._core import kernels
from fastnn.optimizers.hyperparameter import Hyperparameter

CLASSES = [cls for _, cls in public_classes("optimizers")]
each_class = pytest.mark.parametrize("cls", CLASSES)

SETTINGS = [
    (optimizers.SGD, {}),
    (optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9}),
    (optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    (optimizers.RMSprop, {}),
    (optimizers.RMSprop, {"centered": True, "epsilon": 1e-4}),
    (optimizers.RMSprop, {"centered": True, "momentum": 0.5, "rho": 0.8}),
    (optimizers.Adam, {}),
    (optimizers.Adam, {"beta_1": 0.5, "beta_2": 0.9, "amsgrad": True}),
]

GRADIENTS = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -0.25], [-1.0, 0.1, 0.0]])

# The weights [1, 1, 1] after these gradients with Keras 3.15.1 (JAX backend, float64)
GOLDEN = [
    [0.995, 1.0090000000000001, 0.9974999999999999],
    [0.734, 1.342, 0.9119999999999999],
    [0.97106, 1.0397800000000001, 0.9895800000000001],
    [0.997580059948422, 1.001532627777159, 0.9983121456617157],
    [0.997270454367173, 1.0016923143315917, 0.9981562223906332],
    [0.995286100361769, 1.0026018226308993, 0.9972758493184462],
    [0.9979570433234517, 1.0014434424490795, 0.9985277926541657],
    [0.9984727994403847, 1.0009561399439342, 0.9990000006324551],
]


def steps(table, optimizer, dtype="float64"):
    """The weights after a step for each gradient, by the kernels of a table."""
    weight = np.ones(3, dtype)
    arrays = [None if name is None else np.zeros(3, dtype) for name in optimizer.slots]
    kernel = table[optimizer.kernel]
    taken = list(inspect.signature(KERNELS[optimizer.kernel]).parameters)
    names = ["learning_rate", *optimizer.hyperparameters]
    hyper = [h for h, name in zip(optimizer.hyper, names, strict=True) if name in taken]
    for number, grad in enumerate(GRADIENTS, start=1):
        step = [number] if optimizer.uses_step else []
        kernel(weight, *arrays, grad.astype(dtype), *hyper, *step)
    return weight


@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_golden_steps(number):
    cls, settings = SETTINGS[number]
    weight = steps(vars(kernels), cls(**settings))
    np.testing.assert_allclose(weight, GOLDEN[number], rtol=1e-12)


@pytest.mark.parametrize(("cls", "settings"), SETTINGS)
def test_what_is_told_the_engine_fits_the_reference(cls, settings):
    optimizer = cls(**settings)
    expected = steps(KERNELS, optimizer)
    np.testing.assert_allclose(steps(vars(kernels), optimizer), expected, rtol=1e-14)
    taken = list(inspect.signature(KERNELS[optimizer.kernel]).parameters)
    assert optimizer.uses_step == (taken[-1] == "step")
    assert taken.index("grad") == 1 + len(optimizer.slots)


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
        setattr(optimizer, name, 0.25)
        assert hyper[position] == 0.25 == getattr(optimizer, name)
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
    with pytest.raises(ValueError, match=r"'learning_rate'.*Received: \['clipnorm'\]"):
        cls(clipnorm=1.0)


@each_class
@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -0.1, "0.1", None, True, lambda: 1]
)
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


@each_class
def test_a_new_optimizer_has_no_state(cls):
    optimizer = cls()
    assert optimizer.iterations == 0
    assert optimizer.slot_values == {}


@pytest.mark.parametrize("name", ["adam", "Adam", "ADAM", "rmsprop", "RMSprop", "sgd"])
def test_names_in_any_case(name):
    assert type(optimizers.get(name)).__name__.lower() == name.lower()


def test_get_keeps_an_optimizer():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer


@each_class
def test_every_setting_is_a_hyperparameter_or_chooses_a_kernel(cls):
    parameters = set(inspect.signature(cls).parameters) - {"name", "deprecated"}
    numbers = {
        name
        for name in parameters
        if isinstance(inspect.getattr_static(cls, name, None), Hyperparameter)
    }
    assert numbers == {"learning_rate", *cls.hyperparameters}
    flags = parameters - numbers
    assert all(isinstance(getattr(cls(), name), bool) for name in flags)
