"""Sums."""

from .precision import wide

__all__ = ["add"]


def add(out, a, b):
    """out := a + b"""
    out[...] = wide(a) + wide(b)
