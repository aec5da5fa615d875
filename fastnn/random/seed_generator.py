"""A seed that counts how often it was used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from fastnn.naming import auto_name
from fastnn.random.seeds import generator, mixed, next_seed
from fastnn.variable import Variable

__all__ = ["Seed", "SeedGenerator", "checked_seed", "generator_of", "key_of"]


class SeedGenerator:
    """Gives a new seed at each call of `next`, the same ones in each run.

    Where a function, an initializer or a layer takes a `seed`, an integer stands for
    the same numbers at each call, and a generator for new ones.

    Args:
        seed: An integer, or None to take the next seed of `set_random_seed`.
        name: Name of the generator.

    Attributes:
        state: A `Variable` that holds [seed, number of calls].

    Raises:
        ValueError: If `seed` is neither an integer nor None.

    Example:
        >>> seeds = fastnn.random.SeedGenerator(42)
        >>> a = fastnn.random.normal((2, 3), seed=seeds)
        >>> b = fastnn.random.normal((2, 3), seed=seeds)  # other values
    """

    def __init__(self, seed: int | None = None, name: str | None = None):
        if seed is not None and not _is_integer(seed):
            raise ValueError(
                "Expected `seed` to be an integer or None. "
                f"Received: {seed=} (of type {type(seed).__name__})"
            )
        self.seed = seed
        self.name = name or auto_name(type(self).__name__)
        first = next_seed() if seed is None else int(seed) % 2**64
        self.state = Variable(
            np.array([first, 0], np.uint64),
            trainable=False,
            name="seed_generator_state",
        )

    def next(self, ordered: bool = True) -> np.ndarray:
        """Returns the state, two integers of which no others follow, and moves on.

        Args:
            ordered: Whether to count the calls; else the state is scattered.
        """
        state = self.state.numpy()
        if ordered:
            self.state.assign(state + np.array([0, 1], np.uint64))
        else:
            key, count = (int(number) for number in state)
            self.state.assign(np.array([mixed(key), mixed(count + 1)], np.uint64))
        return state

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; not how often it was used."""
        return {"seed": self.seed, "name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> SeedGenerator:
        """Returns a new generator with the arguments that `get_config` gave."""
        return cls(**config)


Seed: TypeAlias = int | SeedGenerator | None


def checked_seed(seed: Any) -> Seed:
    """Returns a seed that a user passed in, or that a configuration describes.

    Raises:
        ValueError: If it is not an integer, a `SeedGenerator` or None.
    """
    if isinstance(seed, Mapping) and seed.get("class_name") == "SeedGenerator":
        return SeedGenerator.from_config(seed["config"])
    if seed is None or _is_integer(seed) or isinstance(seed, SeedGenerator):
        return seed
    raise ValueError(
        "Expected `seed` to be an integer, a SeedGenerator or None. "
        f"Received: {seed=} (of type {type(seed).__name__})"
    )


def key_of(seed: Seed) -> int:
    """Returns the key of a stream of random numbers, in [0, 2**64).

    An integer is its own key; None takes the next seed of `set_random_seed`; a
    generator gives a new key at each call, the first one being its seed.
    """
    if isinstance(seed, SeedGenerator):
        key, count = (int(number) for number in seed.next())
        return key if count == 0 else mixed(key, count)
    return next_seed() if seed is None else int(seed) % 2**64


def generator_of(seed: Any) -> np.random.Generator:
    """Returns a NumPy generator for a seed that a user passed in.

    Raises:
        ValueError: If it is not an integer, a `SeedGenerator` or None.
    """
    seed = checked_seed(seed)
    if isinstance(seed, SeedGenerator):
        key, count = (int(number) for number in seed.next())
        return generator(key, count)
    return generator(key_of(seed))


def _is_integer(seed: Any) -> bool:
    return isinstance(seed, int | np.integer) and not isinstance(seed, bool)
