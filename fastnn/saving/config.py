"""Configurations derived from constructors, so that no argument is forgotten."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from fastnn.saving.registration import get_registered_name, registered_name_of
from fastnn.saving.registry import registered_name

__all__ = ["Configurable", "config_of", "constructor_parameters", "serialize"]

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Configurable:
    """Gives a class `get_config` and `from_config`.

    The configuration is what the constructor takes: for each of its parameters, the
    attribute of the same name.
    """

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data.

        Raises:
            NotImplementedError: If an argument is not kept as an attribute.
        """
        # A class with a `get_config` of its own adds what is missing here.
        own = type(self).get_config is not Configurable.get_config
        return config_of(self, skip_missing=own)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]):
        """Returns a new object with the arguments that `get_config` gave."""
        return cls(**config)


def constructor_parameters(cls: type) -> dict[str, inspect.Parameter]:
    """Returns the named parameters that `cls(...)` accepts.

    Where a constructor ends in `**kwargs`, those of the next class in line follow;
    where it ends in `**refused`, they do not.
    """
    found: dict[str, inspect.Parameter] = {}
    for owner in cls.__mro__[:-1]:
        constructor = vars(owner).get("__init__")
        if constructor is None:
            continue
        parameters = list(inspect.signature(constructor).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in _NAMED:
                found.setdefault(parameter.name, parameter)
        further = [p for p in parameters if p.kind is inspect.Parameter.VAR_KEYWORD]
        if not further or further[0].name == "refused":
            break
    return found


def config_of(obj: object, *, skip_missing: bool = False) -> dict[str, Any]:
    """Returns the constructor's arguments of `obj`, read from its attributes.

    Args:
        obj: Any object whose constructor keeps each argument under its own name.
        skip_missing: Leaves out an argument without such an attribute.

    Raises:
        NotImplementedError: If an argument is not kept and `skip_missing` is False.
    """
    config = {}
    elsewhere = getattr(obj, "_attributes_of_arguments", {})
    for name in constructor_parameters(type(obj)):
        attribute = elsewhere.get(name, name)
        if hasattr(obj, attribute):
            config[name] = serialize(getattr(obj, attribute))
        elif not skip_missing:
            kind = type(obj).__name__
            raise NotImplementedError(
                f"Expected {kind} to keep its constructor's argument {name!r} as "
                f"`self.{name}`, or to override `get_config`. "
                f"Received: an object without the attribute {name!r}"
            )
    return config


def _described(value: Any) -> dict[str, Any]:
    data = {"class_name": type(value).__name__, "config": value.get_config()}
    registered = registered_name_of(type(value))
    return {**data, "registered_name": registered} if registered else data


def serialize(value: Any) -> Any:
    """Returns `value` as plain data: numbers, strings, lists, tuples and dicts.

    Objects become `{"class_name": ..., "config": ...}`, functions that fastnn knows
    become their name, other functions `{"class_name": "function", "config": name}`.

    Raises:
        TypeError: If there is no rule for the type of `value`.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return type(value)(serialize(item) for item in value)
    if isinstance(value, Mapping) and not hasattr(value, "get_config"):
        return {key: serialize(item) for key, item in value.items()}
    if hasattr(value, "serialized"):
        return value.serialized()
    if hasattr(value, "get_config"):
        return _described(value)
    if inspect.isroutine(value):
        own = {"class_name": "function", "config": get_registered_name(value)}
        return registered_name(value) or own
    if hasattr(value, "__array__"):
        return np.asarray(value).tolist()
    raise TypeError(
        "Expected a number, a string, a function, an object with `get_config`, or a "
        f"list or dict of these. Received: {value!r} of type {type(value).__name__}"
    )
