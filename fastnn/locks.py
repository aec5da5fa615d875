"""Locks that a child made by `fork` finds open."""

from __future__ import annotations

import os
import threading

__all__ = ["module_lock"]


def module_lock() -> threading.Lock:
    """Returns a lock for the life of the process.

    The thread that holds it does not exist in a child of `fork`, which would wait for
    it for ever; there the lock starts anew.
    """
    lock = threading.Lock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lock._at_fork_reinit)  # type: ignore[attr-defined]
    return lock
