"""The weight of a loss."""

from .precision import wide

__all__ = ["weigh_loss"]


def weigh_loss(values, dpred, weight):
    """values := weight * values; dpred := weight * dpred"""
    values[...] = weight * values
    if dpred is not None:
        dpred[...] = weight * wide(dpred)
