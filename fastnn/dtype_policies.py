"""In which types a layer keeps its weights and multiplies.

A policy is named as in Keras: "float32", "float64", or "mixed_bfloat16", where weights,
activations, gradients and all sums are float32 and only the operands of matrix products
are rounded to bfloat16, which processors with an instruction for it multiply twice as
fast. It is the type of a float32's upper half: its range, and 8 bits of precision.
"""

from __future__ import annotations

from typing import Any, cast

import numpy.typing as npt

from fastnn.dtypes import SUPPORTED, floatx, standardize_dtype

__all__ = ["DTypePolicy", "dtype_policy", "get", "set_dtype_policy"]

_MIXED = {"mixed_bfloat16": ("bfloat16", "float32")}


class DTypePolicy:
    """The types of a layer.

    Args:
        name: "float32", "float64" or "mixed_bfloat16".

    Attributes:
        name: The same.
        compute_dtype: Type of the operands of matrix products.
        variable_dtype: Type of the weights, and of everything else.

    Raises:
        ValueError: If there is no policy of this name.

    Example:
        >>> fastnn.layers.Dense(512, activation="relu", dtype="mixed_bfloat16")

    Source: Micikevicius et al. (2018), "Mixed Precision Training"; Kalamkar et al.
    (2019), "A Study of BFLOAT16 for Deep Learning Training".
    """

    def __init__(self, name: str):
        if name in _MIXED:
            self.compute_dtype, self.variable_dtype = _MIXED[name]
        elif name in SUPPORTED:
            self.compute_dtype = self.variable_dtype = name
        else:
            raise ValueError(
                f"Expected a dtype policy: one of {(*SUPPORTED, *_MIXED)}. "
                f"Received: {name!r}"
            )
        self.name = name

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's argument as plain data."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Returns the policy that `get_config` described."""
        return cls(**config)

    def serialized(self) -> str:
        """Returns what stands for the policy in the configuration of a layer."""
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


_global: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """Returns the policy of layers that are given none: that of `floatx()`, or what was
    set."""
    return _global or DTypePolicy(floatx())


def set_dtype_policy(policy: str | DTypePolicy | None) -> None:
    """Sets the policy of layers that are given none.

    Args:
        policy: A policy or its name; None for that of `floatx()` again.

    Raises:
        ValueError: If there is no such policy.

    Example:
        >>> fastnn.config.set_dtype_policy("mixed_bfloat16")
    """
    global _global
    _global = None if policy is None else get(policy)


def get(identifier: npt.DTypeLike | DTypePolicy | dict[str, Any] | None) -> DTypePolicy:
    """Returns a policy from what a layer takes as `dtype`.

    Args:
        identifier: A policy, its name or configuration, a NumPy type, or None for
            `dtype_policy()`.

    Raises:
        ValueError: If there is no such policy.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return DTypePolicy(
            **cast("dict[str, Any]", identifier.get("config", identifier))
        )
    if isinstance(identifier, str) and identifier in _MIXED:
        return DTypePolicy(identifier)
    return DTypePolicy(standardize_dtype(identifier))
