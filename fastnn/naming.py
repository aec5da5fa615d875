"""Automatic names, as Keras makes them: `dense`, `dense_1`, `dense_2`, ..."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict

__all__ = ["auto_name", "to_snake_case"]

_counters: defaultdict[str, itertools.count] = defaultdict(itertools.count)


def to_snake_case(name: str) -> str:
    """Returns `name` in lower case with underscores: `LeakyReLU` -> `leaky_re_lu`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(class_name: str) -> str:
    """Returns a name that no earlier call in this process has returned."""
    prefix = to_snake_case(class_name)
    number = next(_counters[prefix])
    return f"{prefix}_{number}" if number else prefix
