"""Learning rate schedules beside Keras's."""

import numpy as np
import pytest

from parity.harness import Case, assert_same_training, both, raise_alike

SCHEDULES = {
    "exponential": lambda s: s.ExponentialDecay(0.1, 5, 0.7),
    "exponential staircase": lambda s: s.ExponentialDecay(0.1, 5, 0.7, staircase=True),
    "piecewise": lambda s: s.PiecewiseConstantDecay([3, 9], [0.1, 0.05, 0.01]),
    "piecewise one": lambda s: s.PiecewiseConstantDecay([7], [0.1, 0.02]),
    "polynomial": lambda s: s.PolynomialDecay(0.1, 15),
    "polynomial power": lambda s: s.PolynomialDecay(0.1, 15, 0.02, power=2.0),
    "polynomial cycle": lambda s: s.PolynomialDecay(0.1, 8, 0.01, 0.5, cycle=True),
    "inverse time": lambda s: s.InverseTimeDecay(0.1, 4, 0.5),
    "inverse time stairs": lambda s: s.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
    "cosine": lambda s: s.CosineDecay(0.1, 15),
    "cosine alpha": lambda s: s.CosineDecay(0.1, 15, alpha=0.2),
    "cosine warm": lambda s: s.CosineDecay(
        0.01, 12, alpha=0.1, warmup_target=0.1, warmup_steps=6
    ),
    "restarts": lambda s: s.CosineDecayRestarts(0.1, 4),
    "restarts all": lambda s: s.CosineDecayRestarts(0.1, 5, 1.5, 0.8, 0.1),
    "restarts even": lambda s: s.CosineDecayRestarts(0.1, 6, t_mul=1.0, m_mul=0.5),
}

STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 23, 24, 29]


def made(k, name):
    return SCHEDULES[name](k.optimizers.schedules)


@pytest.mark.parametrize("name", SCHEDULES)
def test_called_with_a_step(name):
    def rates(k):
        schedule = made(k, name)
        return [float(np.asarray(schedule(step))) for step in STEPS]

    both(rates)


@pytest.mark.parametrize(
    "name",
    ["exponential staircase", "piecewise", "polynomial cycle", "inverse time",
     "cosine warm", "restarts all"],
)  # fmt: skip
def test_in_training(name):
    layers = lambda k: [k.Input((4,)), k.layers.Dense(2)]  # noqa: E731
    assert_same_training(
        Case(layers, optimizer=lambda k: k.optimizers.SGD(made(k, name)))
    )


def halving(k):
    class Halving(k.optimizers.schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start / (step + 1)

        def get_config(self):
            return {"start": self.start}

    return Halving(0.5)


@pytest.mark.parametrize("rate", [halving, lambda k: lambda: 0.02])
def test_a_rate_of_ones_own(rate):
    layers = lambda k: [k.Input((4,)), k.layers.Dense(2)]  # noqa: E731
    make = lambda k: k.optimizers.Adafactor(rate(k))  # noqa: E731
    assert_same_training(Case(layers, optimizer=make))


def test_the_rate_of_the_next_step():
    def rates(k):
        schedule = k.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
        optimizer = k.optimizers.SGD(schedule)
        weight, seen = k.Variable(np.ones(2, "float32")), []
        for _ in range(4):
            seen.append(float(np.asarray(optimizer.learning_rate)))
            optimizer.apply_gradients([(np.ones(2, "float32"), weight)])
        return seen, np.asarray(weight.numpy())

    both(rates)


@pytest.mark.parametrize("name", SCHEDULES)
def test_configuration(name):
    def config(k):
        schedules = k.optimizers.schedules
        data = schedules.serialize(made(k, name))
        again = schedules.deserialize(data)
        return data["class_name"], data["config"], float(np.asarray(again(8)))

    both(config)


WRONG = {
    "steps": lambda k: k.optimizers.schedules.ExponentialDecay(0.1, 0, 0.5),
    "steps of a polynomial": lambda k: k.optimizers.schedules.PolynomialDecay(0.1, -1),
    "steps of a cosine": lambda k: k.optimizers.schedules.CosineDecay(0.1, 0),
    "inverse": lambda k: k.optimizers.schedules.InverseTimeDecay(0.1, 0, 0.5),
    "first steps": lambda k: k.optimizers.schedules.CosineDecayRestarts(0.1, 0),
    "values": lambda k: k.optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1]),
    "a number for a schedule": lambda k: setattr(
        k.optimizers.SGD(k.optimizers.schedules.CosineDecay(0.1, 3)),
        "learning_rate",
        0.5,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    raise_alike(WRONG[name])
