"""What `compile` was told, word for word."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["remembering"]


def remembering(compile: Callable[..., None]) -> Callable[..., None]:
    """Makes `compile` keep its arguments in `self.compile_arguments`."""
    signature = inspect.signature(compile)

    @functools.wraps(compile)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        compile(self, *args, **kwargs)
        given = signature.bind(self, *args, **kwargs)
        given.apply_defaults()
        self.compile_arguments = dict(list(given.arguments.items())[1:])

    return wrapper
