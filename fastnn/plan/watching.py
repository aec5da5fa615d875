"""Who is to be told when a layer gets other operations after plans were made of it."""

from __future__ import annotations

import weakref
from typing import Any, Protocol

__all__ = ["changed", "watch"]


class _Clearable(Protocol):
    def clear(self) -> None: ...


# Beside the layers, not in them: they are copied and pickled, plans are not.
_watchers: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = (
    weakref.WeakKeyDictionary()
)


def watch(layer: Any, plans: _Clearable) -> None:
    """Has plans cleared when `changed(layer)` is called."""
    _watchers.setdefault(layer, weakref.WeakSet()).add(plans)


def changed(layer: Any) -> None:
    """Clears all plans that a layer is part of."""
    for plans in tuple(_watchers.get(layer, ())):
        plans.clear()
