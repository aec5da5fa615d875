"""Automatic names (`dense`, `dense_1`, ...) as Keras makes them, and paths."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from contextvars import ContextVar

__all__ = ["auto_name", "current_path", "name_scope", "restart", "to_snake_case"]

_counters: defaultdict[str, itertools.count] = defaultdict(itertools.count)
_path: ContextVar[tuple[str, ...]] = ContextVar("path", default=())


def to_snake_case(name: str) -> str:
    """Returns `name` in lower case with underscores: `LeakyReLU` -> `leaky_re_lu`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(class_name: str) -> str:
    """Returns a name that no earlier call since `restart` has returned."""
    prefix = to_snake_case(class_name)
    number = next(_counters[prefix])
    return f"{prefix}_{number}" if number else prefix


def restart() -> None:
    """Makes automatic names count from the beginning again."""
    _counters.clear()


@contextlib.contextmanager
def name_scope(name: str) -> Iterator[None]:
    """Puts a name in front of the paths of the variables that are made inside."""
    token = _path.set((*_path.get(), name))
    try:
        yield
    finally:
        _path.reset(token)


def current_path() -> str:
    """Returns the names of the scopes around, such as `sequential/dense`."""
    return "/".join(_path.get())
