"""Random numbers: seeds, generators of seeds, and arrays of random values.

All random numbers come from Philox 4x32-10 or Philox 4x64-10, counter-based generators:
a value depends on its key and its position alone, never on who drew before it
(Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
"""

from fastnn.random.seed_generator import (
    Seed,
    SeedGenerator,
    checked_seed,
    generator_of,
    key_of,
)
from fastnn.random.seeds import generator, next_seed, permutation, set_seed
from fastnn.random.values import (
    beta,
    binomial,
    categorical,
    dropout,
    gamma,
    normal,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)

__all__ = [
    "Seed",
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "checked_seed",
    "dropout",
    "gamma",
    "generator",
    "generator_of",
    "key_of",
    "next_seed",
    "normal",
    "permutation",
    "randint",
    "set_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
