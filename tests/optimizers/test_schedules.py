"""Learning rate schedules: values, and the rate of each step within a chunk."""

import json

import numpy as np
import pytest

import fastnn
from fastnn import optimizers
from fastnn.optimizers import schedules

MADE = {
    "exponential": lambda: schedules.ExponentialDecay(0.5, 3, 0.5),
    "stairs": lambda: schedules.ExponentialDecay(0.5, 3, 0.5, staircase=True),
    "piecewise": lambda: schedules.PiecewiseConstantDecay([2, 5], [1.0, 0.5, 0.25]),
    "polynomial": lambda: schedules.PolynomialDecay(1.0, 10, 0.5, 2.0, cycle=True),
    "inverse": lambda: schedules.InverseTimeDecay(1.0, 2, 0.5),
    "cosine": lambda: schedules.CosineDecay(
        0.1, 10, 0.5, warmup_target=1.0, warmup_steps=5
    ),
    "restarts": lambda: schedules.CosineDecayRestarts(1.0, 3),
}
each = pytest.mark.parametrize("name", MADE)


class Own(schedules.LearningRateSchedule):
    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / (step + 1)


class OverBuiltIn(schedules.ExponentialDecay):
    def __call__(self, step):
        return 2 * super().__call__(step) if step else 0.0


def test_values():
    assert schedules.ExponentialDecay(0.5, 3, 0.5)(3) == 0.25
    assert MADE["stairs"]()(5) == 0.25
    assert [MADE["piecewise"]()(step) for step in (2, 3, 6)] == [1.0, 0.5, 0.25]
    assert schedules.PolynomialDecay(1.0, 10, 0.5)(5) == 0.75
    assert MADE["inverse"]()(4) == 0.5
    assert schedules.CosineDecay(1.0, 10)(5) == 0.5
    assert MADE["restarts"]()(3) == 1.0
    assert MADE["restarts"]()(6) == 0.5


@pytest.mark.parametrize("t_mul", [1.1, 1.5, 2.0, 3.0, 7.0])
def test_every_period_begins_with_its_first_rate(t_mul):
    schedule, begin, length = schedules.CosineDecayRestarts(1.0, 1, t_mul), 0.0, 1.0
    for _ in range(12):
        assert schedule(begin) > 1 - 1e-6
        begin, length = begin + length, length * t_mul


@each
def test_scalars_arrays_and_variables(name):
    schedule = MADE[name]()
    steps = np.arange(8).reshape(2, 4)
    rates = schedule(steps)
    assert rates.dtype == np.float32
    assert rates.shape == (2, 4)
    assert rates[1, 2] == schedule(6) == schedule(np.int64(6))
    assert schedule(fastnn.Variable(6, dtype="int64")) == rates[1, 2]
    assert isinstance(schedule(6), np.float32)


@each
def test_configuration(name):
    schedule = MADE[name]()
    again = schedules.deserialize(json.loads(json.dumps(schedules.serialize(schedule))))
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    optimizer = optimizers.Adam(schedule)
    same = optimizers.get(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert same.get_config() == optimizer.get_config()
    assert same.learning_rate == schedule(0)
    full = fastnn.saving.serialize_keras_object(schedule)
    assert fastnn.saving.deserialize_keras_object(full)(4) == schedule(4)


def rates_seen(schedule, **fit):
    """The weight of a model whose gradient is always 1, before each step."""
    model = fastnn.Sequential([fastnn.Input((1,)), fastnn.layers.Dense(1)])
    model.layers[0].trainable = True
    model.compile(optimizers.SGD(schedule), lambda y, pred: pred[:, 0])
    x = np.zeros((40, 1), "float32")
    seen = [model.layers[0].bias.numpy()[0]]
    for _ in range(2):
        model.fit(x, x, batch_size=1, epochs=1, verbose=0, **fit)
        seen.append(model.layers[0].bias.numpy()[0])
    return -np.diff(seen)


@pytest.mark.parametrize(
    "make", [*MADE.values(), lambda: Own(0.5), lambda: OverBuiltIn(0.5, 3, 0.5)]
)
def test_each_step_of_a_chunk_has_its_own_rate(make):
    schedule = make()
    expected = [schedule(np.int64(step)) for step in range(80)]
    found = rates_seen(schedule)
    np.testing.assert_allclose(found, np.reshape(expected, (2, 40)).sum(1), 1e-5, 1e-5)


def test_a_function_is_asked_before_each_step():
    asked = []

    def rate():
        asked.append(len(asked))
        return 0.5 ** asked[-1]

    np.testing.assert_allclose(rates_seen(rate).sum(), 2, rtol=1e-5)
    assert len(asked) >= 80


def test_accumulation_counts_steps_for_the_schedule():
    w = fastnn.Variable([0.0])
    optimizer = optimizers.SGD(
        MADE["piecewise"](), gradient_accumulation_steps=2
    )  # updates at steps 1, 3, 5, 7
    for _ in range(8):
        optimizer.apply([[1.0]], [w])
    assert w.numpy() == -(1 + 0.5 + 0.5 + 0.25)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps=0"),
        (lambda: schedules.ExponentialDecay("0.1", 1, 0.5), "initial_learning_rate="),
        (lambda: schedules.CosineDecayRestarts(0.1, 3, t_mul=0), "t_mul=0"),
        (lambda: schedules.CosineDecay(0.1, 3, alpha=np.nan), "alpha=nan"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), r"values=\[0.1\]"),
        (lambda: schedules.PiecewiseConstantDecay(["a"], [1, 2]), "boundaries='a'"),
    ],
)
def test_settings_that_are_refused(make, said):
    with pytest.raises(ValueError, match=f"Received: .*{said}"):
        make()


def test_a_schedule_stays_one():
    optimizer = optimizers.SGD(MADE["cosine"]())
    with pytest.raises(TypeError, match=r"Received: learning_rate=0\.5"):
        optimizer.learning_rate = 0.5
    optimizer.learning_rate = MADE["inverse"]()
    assert optimizer.learning_rate == 1.0


def test_a_schedule_in_the_place_of_another():
    """A new object may have the address of one that a plan was made for."""
    x, optimizer = np.ones((4, 1), np.float32), optimizers.SGD(MADE["inverse"]())
    model = fastnn.Sequential([fastnn.layers.Dense(1, input_dim=1)])
    model.compile(optimizer, "mae")
    model.fit(x, x - 100, verbose=0)
    first = id(optimizer._learning_rate)
    for _ in range(100):
        optimizer.learning_rate = schedules.ExponentialDecay(0.0, 1, 1.0)
        if id(optimizer._learning_rate) == first:
            break
    before = model.get_weights()
    model.fit(x, x - 100, verbose=0)
    assert np.array_equal(model.get_weights()[0], before[0])


def test_a_schedule_without_a_call_of_its_own():
    with pytest.raises(NotImplementedError, match="Received: LearningRateSchedule"):
        schedules.LearningRateSchedule()(1)
