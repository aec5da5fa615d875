"""One rule for turning a name, a configuration, a class or an object into an object.

Each room (initializers, losses, optimizers, ...) declares its public objects once:

    ROOM = Room("regularizer", [L1, L2, L1L2], aliases={"l1_l2": L1L2})

and `ROOM.lookup(identifier)` does the rest.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastnn.naming import to_snake_case
from fastnn.saving.registration import custom_object_scope, known_objects

__all__ = ["Room", "lookup", "registered_name", "rooms"]

_rooms: dict[str, Room] = {}
_function_names: dict[int, str] = {}


class Room:
    """The public objects of one kind, by name.

    A class is known by its own name and by that name in snake case, a function by its
    name; `aliases` adds further names.

    Attributes:
        module: Name of the public module that they belong to, below fastnn.

    Args:
        kind: What the objects are, in the singular; used in errors.
        objects: Classes and functions.
        aliases: Further names and what they stand for.
        ignore_case: Whether "ADAM" finds Adam.
        module: Name of the module, if it is none directly below fastnn.
    """

    def __init__(
        self,
        kind: str,
        objects: Iterable[Any],
        aliases: Mapping[str, Any] | None = None,
        *,
        ignore_case: bool = False,
        module: str | None = None,
    ):
        self.kind = kind
        self.ignore_case = ignore_case
        self._objects: dict[str, Any] = {}
        for obj in objects:
            self.add(obj)
        first = next(iter(self._objects.values()), self)
        self.module = module or ".".join(first.__module__.split(".")[1:2])
        self._objects.update(aliases or {})
        _rooms[kind] = self

    def add(self, obj: Any) -> None:
        """Makes a further class or function known here."""
        self._objects[obj.__name__] = obj
        if inspect.isclass(obj):
            self._objects[to_snake_case(obj.__name__)] = obj
        else:
            _function_names[id(obj)] = obj.__name__

    def __contains__(self, name: str) -> bool:
        return name in self._objects

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def holds(self, obj: Any) -> bool:
        """Whether a class or function is one of the public objects."""
        return self._objects.get(obj.__name__) is obj

    def find(self, name: str) -> Any:
        """Returns the class or function called `name`.

        Raises:
            ValueError: If there is none; names the nearest ones.
        """
        known = {**self._objects, **known_objects()}
        if name in known:
            return known[name]
        if self.ignore_case:
            folded = {key.lower(): obj for key, obj in known.items()}
            if name.lower() in folded:
                return folded[name.lower()]
        import difflib  # only now: most programs never come here

        nearest = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise ValueError(
            f"Unknown {self.kind}: expected one of {nearest}. Received: {name!r}"
        )

    def deserialize(
        self, config: Any, custom_objects: Mapping[str, Any] | None = None
    ) -> Any:
        """Returns the object that a serialised configuration describes.

        Args:
            config: A name, or `{"class_name": ..., "config": ...}`.
            custom_objects: Your own classes and functions by name.

        Raises:
            ValueError: If the configuration is malformed or names nothing known.
        """
        with custom_object_scope(custom_objects or {}):
            if isinstance(config, str):
                return self.lookup(config)
            return self._from_dict(config)

    def lookup(self, identifier: Any) -> Any:
        """Returns the object that `identifier` stands for.

        Args:
            identifier: A name, a configuration, a class (called without arguments), or
                an object or function, which is returned as it is.

        Raises:
            ValueError: If it is a name or a configuration that is not known.
        """
        if isinstance(identifier, str):
            identifier = self.find(identifier)
        if isinstance(identifier, Mapping):
            return self._from_dict(identifier)
        return identifier() if inspect.isclass(identifier) else identifier

    def _from_dict(self, config: Mapping[str, Any]) -> Any:
        if not isinstance(config, Mapping) or not isinstance(
            config.get("class_name"), str
        ):
            raise ValueError(
                f"Expected the configuration of a(n) {self.kind} to be a dict with the "
                f"keys 'class_name' and 'config'. Received: {config!r}"
            )
        if config["class_name"] == "function":
            return self.find(config["config"])
        registered = config.get("registered_name")
        name = registered if registered in known_objects() else config["class_name"]
        found: Any = self.find(name)
        arguments = config.get("config") or {}
        if hasattr(found, "from_config"):
            return found.from_config(arguments)
        return functools.partial(found, **arguments) if arguments else found


def lookup(kind: str, identifier: Any) -> Any:
    """Returns the object of a kind ("optimizer", ...) that `identifier` stands for."""
    return _rooms[kind].lookup(identifier)


def rooms() -> Iterator[Room]:
    """Returns all rooms."""
    return iter(_rooms.values())


def registered_name(function: Any) -> str | None:
    """Returns the name under which a room knows `function`, or None."""
    return _function_names.get(id(function))
