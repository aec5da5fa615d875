"""Hash functions: the ones that Keras uses through TensorFlow, so that buckets agree.

FarmHash's Fingerprint64 (Pike and Alakuijala, 2014, "Introducing FarmHash"), or with a
key SipHash-2-4 (Aumasson and Bernstein, 2012, "SipHash: a fast short-input PRF"), both
from packages of their own: `pip install "fastnn[hashing]"`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

__all__ = ["as_bytes", "buckets", "checked_salt", "crossed", "fingerprints"]

_MASK = 2**64 - 1
# TensorFlow's FingerprintCat64 and the key that its crosses begin with.
_MULTIPLIER = np.uint64(0xC6A4A7935BD1E995)
_CROSS_KEY = 0xDECAFCAFFE


def checked_salt(salt: int | tuple[int, int] | list[int] | None) -> list[int] | None:
    """Returns a salt as two integers.

    Raises:
        ValueError: If it is neither an integer nor two of them.
    """
    if salt is None:
        return None
    if isinstance(salt, int):
        return [salt, salt]
    if isinstance(salt, tuple | list) and len(salt) == 2:
        return list(salt)
    raise ValueError(
        f"Expected `salt` to be an integer or two of them. Received: {salt=}"
    )


def as_bytes(values: np.ndarray, encoding: str = "utf-8") -> list[bytes]:
    """Returns what is hashed of each value: its text; of a number, its whole part.

    Raises:
        TypeError: If the values are neither text nor numbers.
    """
    flat = values.reshape(-1)
    if values.dtype.kind == "f":
        flat = flat.astype(np.int64)
    if flat.dtype.kind in "biu":
        return [b"%d" % value for value in flat.tolist()]
    found = [v.encode(encoding) if isinstance(v, str) else v for v in flat.tolist()]
    if not all(isinstance(value, bytes) for value in found):
        raise TypeError(
            f"Expected strings or numbers to hash. Received: dtype={values.dtype}"
        )
    return found


def buckets(
    values: np.ndarray, count: int, salt: list[int] | None = None
) -> np.ndarray:
    """Returns a number from 0 to count - 1 for each value, in their shape, int64."""
    function = _farm_hash() if salt is None else _sip_hash(salt)
    distinct, place = np.unique(values, return_inverse=True)
    found = [function(text) % count for text in as_bytes(distinct)]
    return np.array(found, np.int64)[place].reshape(values.shape)


def fingerprints(values: np.ndarray) -> np.ndarray:
    """Returns the 64 bits that stand for each value in a cross: of an integer, itself;
    of a string, its fingerprint; uint64 in their shape."""
    if values.dtype.kind in "biu":
        return values.astype(np.int64).view(np.uint64)
    function = _farm_hash()
    found = [function(text) for text in as_bytes(values)]
    return np.array(found, np.uint64).reshape(values.shape)


def crossed(columns: list[np.ndarray], count: int) -> np.ndarray:
    """Returns a number from 0 to count - 1 for each combination of fingerprints."""
    key = np.full(columns[0].shape, _CROSS_KEY, np.uint64)
    for column in columns:
        key = _combined(key, column)
    return (key % np.uint64(count)).astype(np.int64)


def _combined(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    key = a ^ _MULTIPLIER
    key ^= _mixed(b * _MULTIPLIER) * _MULTIPLIER
    key = _mixed(key * _MULTIPLIER) * _MULTIPLIER
    return _mixed(key)


def _mixed(x: np.ndarray) -> np.ndarray:
    return x ^ (x >> np.uint64(47))


def _farm_hash() -> Callable[[bytes], int]:
    try:
        import farmhash
    except ImportError as error:
        raise _missing("cityhash") from error
    return farmhash.Fingerprint64


def _sip_hash(salt: list[int]) -> Callable[[bytes], int]:
    try:
        import siphash24
    except ImportError as error:
        raise _missing("siphash24") from error
    key = struct.pack("<QQ", *(number & _MASK for number in salt))
    return lambda text: int.from_bytes(
        siphash24.siphash24(text, key=key).digest(), "little"
    )


def _missing(package: str) -> ImportError:
    return ImportError(
        f"Expected the package {package!r} for hashing: install it with "
        "`pip install fastnn[hashing]`, or by its own name. Received: no such module"
    )
