"""Classes and functions of a user's own, by the names that configurations give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "known_objects",
    "register_keras_serializable",
    "register_serializable",
]

T = TypeVar("T")

_objects: dict[str, Any] = {}
_names: dict[Any, str] = {}
_scope: ContextVar[Mapping[str, Any]] = ContextVar(
    "custom_objects", default=MappingProxyType({})
)


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Makes your own classes and functions known by name inside a `with` block.

    Args:
        custom_objects: Names and the classes or functions that they stand for.

    Example:
        >>> class Mine(fastnn.layers.Layer): ...
        >>> with custom_object_scope({"Mine": Mine}):
        ...     model = fastnn.Sequential.from_config(config)
    """
    token = _scope.set({**_scope.get(), **(custom_objects or {})})
    try:
        yield
    finally:
        _scope.reset(token)


CustomObjectScope = custom_object_scope


def get_custom_objects() -> dict[str, Any]:
    """Returns what is registered for the whole process, by name; may be changed."""
    return _objects


def register_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """Makes a class or a function known for the whole process, as "package>name".

    Args:
        package: What it belongs to, so that names of two packages do not clash.
        name: Its name; by default that of the class or function.

    Returns:
        A decorator, which leaves the class or function as it is.

    Raises:
        ValueError: If a class has no `get_config`.

    Example:
        >>> @fastnn.saving.register_serializable("my_package")
        ... class Mine(fastnn.layers.Layer): ...
    """

    def decorate(obj: T) -> T:
        own: Any = obj
        if isinstance(own, type) and not hasattr(own, "get_config"):
            raise ValueError(
                "Expected a class with a `get_config` method to register. "
                f"Received: {own!r}"
            )
        registered = f"{package}>{name or own.__name__}"
        _objects[registered] = own
        _names[own] = registered
        return obj

    return decorate


register_keras_serializable = register_serializable


def get_registered_name(obj: Any) -> str:
    """Returns the name under which a class or function is registered, else its own."""
    return _names.get(obj) or obj.__name__


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Returns what is registered under a name; None if nothing is.

    Args:
        name: The name, such as "package>Mine".
        custom_objects: Further names, which count after the registered ones.
        module_objects: Further names, which count last.
    """
    further = {**(module_objects or {}), **(custom_objects or {})}
    return {**further, **known_objects()}.get(name)


def known_objects() -> dict[str, Any]:
    """Returns all that is registered, and what the scopes around add, by name."""
    return {**_objects, **_scope.get()}


def registered_name_of(obj: Any) -> str | None:
    """Returns "package>name" of a class or function that is registered, else None."""
    try:
        return _names.get(obj)
    except TypeError:  # nothing that cannot be a key is registered
        return None
