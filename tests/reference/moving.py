"""Data moved as they are."""

__all__ = ["permute"]


def permute(out, inp):
    """out := inp.T"""
    out[...] = inp.T
