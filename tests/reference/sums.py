"""Sums."""

from .precision import wide

__all__ = ["add", "add_scaled_backward", "add_scaled_forward"]


def add(out, a, b):
    """out := a + b"""
    out[...] = wide(a) + wide(b)


def add_scaled_forward(out, a, b, scale):
    """out := a + scale * b"""
    out[...] = wide(a) + scale * wide(b)


def add_scaled_backward(db, dout, scale):
    """db := scale * dout"""
    db[...] = scale * wide(dout)
