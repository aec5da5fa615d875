"""Seed generators, and arrays of random values."""

import copy
import pickle

import numpy as np
import pytest

from fastnn import initializers, layers, random
from fastnn.random import SeedGenerator

DRAWS = {
    "normal": lambda seed: random.normal((2000,), 1.0, 2.0, seed=seed),
    "truncated_normal": lambda seed: random.truncated_normal((2000,), seed=seed),
    "uniform": lambda seed: random.uniform((2000,), 1.0, 3.0, seed=seed),
    "randint": lambda seed: random.randint((2000,), 2, 7, seed=seed),
    "gamma": lambda seed: random.gamma((2000,), 3.0, seed=seed),
    "beta": lambda seed: random.beta((2000,), 2.0, 3.0, seed=seed),
    "binomial": lambda seed: random.binomial((2000,), 10, 0.3, seed=seed),
    "categorical": lambda seed: random.categorical([[0.0, 1.0]], 2000, seed=seed),
    "dropout": lambda seed: random.dropout(np.ones((2000,)), 0.25, seed=seed),
    "shuffle": lambda seed: random.shuffle(np.arange(2000), seed=seed),
}
MEANS = {
    "normal": 1, "truncated_normal": 0, "uniform": 2, "randint": 4, "gamma": 3,
    "beta": 0.4, "binomial": 3, "categorical": 1 / (1 + np.exp(-1)), "dropout": 1,
    "shuffle": 999.5,
}  # fmt: skip
DEVIATIONS = {
    "normal": 2, "truncated_normal": 0.88, "uniform": 1 / 3**0.5, "randint": 2**0.5,
    "gamma": 3**0.5, "beta": 0.2, "binomial": 2.1**0.5, "categorical": 0.443,
    "dropout": 1 / 3**0.5, "shuffle": 577.35,
}  # fmt: skip
each = pytest.mark.parametrize("name", DRAWS)


@each
def test_an_integer_stands_for_the_same_values(name):
    assert np.array_equal(DRAWS[name](3), DRAWS[name](3))
    assert not np.array_equal(DRAWS[name](3), DRAWS[name](4))


@each
def test_a_generator_gives_new_values(name):
    seeds = SeedGenerator(3)
    first, second = DRAWS[name](seeds), DRAWS[name](seeds)
    assert np.array_equal(first, DRAWS[name](3))
    assert not np.array_equal(first, second)


@each
def test_without_a_seed_the_global_one_counts(name):
    random.set_seed(5)
    first, second = DRAWS[name](None), DRAWS[name](None)
    random.set_seed(5)
    assert np.array_equal(DRAWS[name](None), first)
    assert not np.array_equal(first, second)
    random.set_seed(None)


@each
def test_mean_and_deviation(name):
    values = DRAWS[name](1)
    assert abs(values.mean() - MEANS[name]) < 4.5 * DEVIATIONS[name] / 2000**0.5
    assert values.std() == pytest.approx(DEVIATIONS[name], rel=0.08)


def test_types():
    assert random.normal((2,)).dtype == "float32"
    assert random.gamma((2,), 1.0, dtype="float64").dtype == "float64"
    assert random.randint((2,), 0, 5).dtype == "int32"
    assert random.categorical([[0.0]], 1, dtype="int64").dtype == "int64"
    for wrong in (
        lambda: random.normal((2,), dtype="int32"),
        lambda: random.randint((2,), 0, 5, dtype="float32"),
        lambda: random.normal((2,), seed=1.5),
        lambda: random.categorical([0.0], 1),
        lambda: random.dropout([0.0], 1.5),
    ):
        with pytest.raises(ValueError, match="Received: "):
            wrong()


def test_truncated_values_stay_within_two_deviations():
    assert np.abs(random.truncated_normal((5000,), seed=1)).max() <= 2


def test_dropout_draws_spread_over_axes():
    kept = random.dropout(np.ones((50, 4)), 0.5, noise_shape=(None, 1), seed=1)
    assert set(kept.ravel()) == {0, 2}
    assert (kept == kept[:, :1]).all()


def test_shuffle_along_an_axis():
    x = np.arange(12).reshape(2, 6)
    shuffled = random.shuffle(x, axis=1, seed=1)
    assert sorted(shuffled[0]) == list(range(6))
    assert np.array_equal(shuffled[0] + 6, shuffled[1])


def test_state_counts_the_calls():
    seeds = SeedGenerator(7)
    assert [seeds.next().tolist() for _ in range(3)] == [[7, 0], [7, 1], [7, 2]]
    assert seeds.state.numpy().tolist() == [7, 3]
    scattered = {tuple(seeds.next(ordered=False)) for _ in range(50)}
    assert len(scattered) == 50


def test_generators_have_configurations_and_copies():
    seeds = SeedGenerator(7, name="mine")
    seeds.next()
    assert SeedGenerator.from_config(seeds.get_config()).next().tolist() == [7, 0]
    for again in (copy.deepcopy(seeds), pickle.loads(pickle.dumps(seeds))):
        assert again.next().tolist() == [7, 1]
    assert seeds.next().tolist() == [7, 1]


@pytest.mark.parametrize("wrong", ["seed", 1.5, True, [1]])
def test_what_is_no_seed_is_refused(wrong):
    for taker in (SeedGenerator, random.checked_seed, initializers.GlorotUniform):
        with pytest.raises(ValueError, match="Received: "):
            taker(wrong)


def test_an_initializer_draws_anew_from_a_generator():
    initializer = initializers.GlorotUniform(SeedGenerator(3))
    first, second = initializer((3, 4)), initializer((3, 4))
    assert np.array_equal(first, initializers.GlorotUniform(3)((3, 4)))
    assert not np.array_equal(first, second)
    config = initializers.serialize(initializer)
    assert np.array_equal(initializers.deserialize(config)((3, 4)), first)


def test_layers_that_share_a_generator_differ():
    seeds = SeedGenerator(3)
    keys = [layers.Dropout(0.5, seed=seeds).key for _ in range(3)]
    assert keys[0] == layers.Dropout(0.5, seed=3).key
    assert len(set(keys)) == 3
