"""First values of weights.

Random initializers draw from the Philox generator of `fastnn.random`, keyed by their
seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fastnn.initializers.constant import Constant, Ones, Zeros
from fastnn.initializers.distributions import (
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from fastnn.initializers.initializer import Initializer, RandomInitializer
from fastnn.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from fastnn.saving import config as _config
from fastnn.saving.registry import Room

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

_ROOM = Room(
    "initializer",
    [
        Constant,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        LecunNormal,
        LecunUniform,
        Ones,
        RandomNormal,
        RandomUniform,
        TruncatedNormal,
        VarianceScaling,
        Zeros,
    ],
    aliases={
        "normal": RandomNormal,
        "one": Ones,
        "uniform": RandomUniform,
        "zero": Zeros,
    },
)


def get(identifier: Any) -> Any:
    """Returns the initializer that `identifier` stands for.

    Args:
        identifier: A name ("glorot_uniform", "GlorotUniform"), a configuration, an
            initializer or its class, any function of (shape, dtype), or None.

    Raises:
        ValueError: If it is none of these.
    """
    found = _ROOM.lookup(identifier)
    if found is not None and not callable(found):
        raise ValueError(
            "Expected the name or the configuration of an initializer, or a function "
            f"of (shape, dtype). Received: {identifier!r}"
        )
    return found


def serialize(initializer: Callable[..., np.ndarray]) -> Any:
    """Returns the initializer's configuration as plain data."""
    return _config.serialize(initializer)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Callable[..., np.ndarray]:
    """Returns the initializer that `serialize` described."""
    return _ROOM.deserialize(config, custom_objects)
