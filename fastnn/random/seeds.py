"""The one source of seeds: a global one, a stream drawn from it, permutations."""

from __future__ import annotations

import operator
import os

import numpy as np

from fastnn.locks import module_lock

__all__ = [
    "generator",
    "mixed",
    "next_seed",
    "permutation",
    "position",
    "set_position",
    "set_seed",
]

_MASK = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15

_lock = module_lock()
_seed: int | None = None
_drawn = 0


def set_seed(seed: int | None) -> None:
    """Starts the stream of seeds anew.

    Args:
        seed: An integer in [0, 2**64); the same one gives the same stream. `None` goes
            back to seeds from the operating system.

    Raises:
        TypeError: If `seed` is not an integer.
        ValueError: If it is outside [0, 2**64).
    """
    global _seed, _drawn
    if seed is not None:
        seed = _as_key(seed)
    with _lock:
        _seed, _drawn = seed, 0


def next_seed() -> int:
    """Draws a seed in [0, 2**63), a new one at each call.

    After `set_seed(s)` the i-th call always returns the same number; without a seed it
    comes from the operating system, so that two processes never share one.
    """
    global _drawn
    with _lock:
        if _seed is None:
            return int.from_bytes(os.urandom(8), "little") >> 1
        _drawn += 1
        return _splitmix64(_splitmix64(_seed) + _drawn * _GOLDEN) >> 1


def position() -> tuple[int | None, int]:
    """The seed of the stream of seeds, and how many were drawn."""
    with _lock:
        return _seed, _drawn


def set_position(seed: int | None, drawn: int) -> None:
    """Goes to where `position` was asked."""
    global _seed, _drawn
    with _lock:
        _seed, _drawn = seed, drawn


def generator(seed: int, stream: int = 0) -> np.random.Generator:
    """Returns a NumPy generator keyed by (seed, stream).

    Args:
        seed: An integer in [0, 2**64).
        stream: A second integer; each one gives independent numbers.
    """
    key = np.array([_as_key(seed), _as_key(stream)], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def permutation(seed: int, epoch: int, n: int) -> np.ndarray:
    """Returns the order in which an epoch visits its rows.

    Args:
        seed: Seed of the training run.
        epoch: Epoch, from 0; each has an order of its own, which does not depend on the
            epochs before it.
        n: Number of rows.

    Returns:
        A permutation of `range(n)`, shape (n,), dtype intp.
    """
    return generator(seed, epoch).permutation(n).astype(np.intp, copy=False)


def mixed(seed: int, count: int = 0) -> int:
    """Returns another seed in [0, 2**64) for each pair of integers."""
    return _splitmix64(_splitmix64(seed) + count * _GOLDEN)


def _as_key(seed: int) -> int:
    try:
        value = operator.index(seed)
    except TypeError:
        raise TypeError(
            f"A seed is expected to be an integer. Received: {seed!r} "
            f"(of type {type(seed).__name__})"
        ) from None
    if not 0 <= value <= _MASK:
        raise ValueError(f"A seed is expected to be in [0, 2**64). Received: {value}")
    return value


def _splitmix64(x: int) -> int:
    """Mixes 64 bits one to one (Steele, Lea, Flood 2014, variant 13 of Stafford)."""
    x &= _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)
