"""Elementary functions over 1-D arrays."""

import math

import numpy as np

from .precision import wide

__all__ = ["erf", "exp", "log", "log1p"]


def exp(out, inp):
    """out := e ** inp"""
    out[...] = np.exp(wide(inp))


def log(out, inp):
    """out := the natural logarithm of inp"""
    out[...] = np.log(wide(inp))


def log1p(out, inp):
    """out := log(1 + inp)"""
    out[...] = np.log1p(wide(inp))


def erf(out, inp):
    """out := 2 / sqrt(pi) * the integral of exp(-t ** 2) from 0 to inp"""
    out[...] = [math.erf(x) for x in wide(inp)]
