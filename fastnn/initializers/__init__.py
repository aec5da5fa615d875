"""First values of weights.

Random initializers draw from the Philox generator of `fastnn.random`, keyed by their
seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fastnn.initializers.constant import (
    Constant,
    GivenValues,
    Identity,
    Ones,
    Zeros,
)
from fastnn.initializers.distributions import (
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from fastnn.initializers.initializer import Initializer, RandomInitializer
from fastnn.initializers.orthogonal import Orthogonal
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
from fastnn.variable import Variable

__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
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
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
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
identity = IdentityInitializer = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = OrthogonalInitializer = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros


def STFT(*args: Any, **kwargs: Any) -> None:
    """Refuses: the short-time Fourier transform fills kernels of convolutions.

    Raises:
        NotImplementedError: Always.
    """
    raise NotImplementedError(
        "Expected an initializer of dense weights; STFT is for convolutions. "
        f"Received: STFT with {args or kwargs}"
    )


_ROOM = Room(
    "initializer",
    [
        Constant,
        GivenValues,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        Identity,
        LecunNormal,
        LecunUniform,
        Ones,
        Orthogonal,
        RandomNormal,
        RandomUniform,
        TruncatedNormal,
        VarianceScaling,
        Zeros,
    ],
    aliases={
        "IdentityInitializer": Identity,
        "OrthogonalInitializer": Orthogonal,
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
            initializer or its class, any function of (shape, dtype), an array of the
            values themselves, or None.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(identifier, np.ndarray | np.generic | Variable):
        return GivenValues(identifier)
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


def __getattr__(name: str) -> Any:
    """Says why some of Keras's names are not here."""
    if name in ("STFT", "STFTInitializer", "stft"):
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}: it is for convolutions, "
            "which fastnn does not have"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
