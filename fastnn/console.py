"""What fastnn tells a user: on the standard output, or in a log."""

from __future__ import annotations

import logging

__all__ = [
    "disable_interactive_logging",
    "enable_interactive_logging",
    "is_interactive_logging_enabled",
    "say",
]

_interactive = True


def enable_interactive_logging() -> None:
    """Lets progress, summaries and messages of callbacks go to the standard output."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Lets progress, summaries and messages of callbacks go to the logger "fastnn" of
    the module `logging`, at level INFO, and shows no bars."""
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Returns whether messages go to the standard output."""
    return _interactive


def say(message: str) -> None:
    """Writes a message to where the user wants it."""
    if _interactive:
        print(message, flush=True)
    else:
        logging.getLogger("fastnn").info(message)
