"""Activations of whole rows: each result depends on all values along an axis."""

from __future__ import annotations

from fastnn.activations.activation import Activation, on

__all__ = ["glu", "log_softmax", "softmax", "sparsemax"]


@Activation
def softmax(x, axis=-1):
    """softmax(x) = exp(x) / sum(exp(x)) along an axis.

    Bridle, 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    Args:
        x: Array of at least one axis.
        axis: The axis along which the results sum to one; in a layer, not that of the
            rows.

    Raises:
        ValueError: If there is no such axis.
    """
    return on(x).along("softmax", axis)


@Activation
def log_softmax(x, axis=-1):
    """log_softmax(x) = x - log(sum(exp(x))) along an axis.

    Args:
        x: Array of at least one axis.
        axis: The axis of the sum; in a layer, not that of the rows.

    Raises:
        ValueError: If there is no such axis.
    """
    return on(x).along("log_softmax", axis)


@Activation
def sparsemax(x, axis=-1):
    """sparsemax(x) = max(x - t, 0), with t such that the results along an axis sum to 1

    The point of the probability simplex that is nearest to x.

    Martins and Astudillo, 2016, "From softmax to sparsemax: a sparse model of attention
    and multi-label classification".

    Args:
        x: Array of at least one axis.
        axis: The axis along which the results sum to one; in a layer, not that of the
            rows.

    Raises:
        ValueError: If there is no such axis.
    """
    return on(x).along("sparsemax", axis)


@Activation
def glu(x, axis=-1):
    """glu(x) = a * sigmoid(b), a and b being the halves of x along an axis.

    The result is half as long along that axis.

    Dauphin et al., 2017, "Language modeling with gated convolutional networks".

    Args:
        x: Array whose length along the axis is even.
        axis: The axis to split; in a layer, not that of the rows.

    Raises:
        ValueError: If there is no such axis, or its length is odd.
    """
    return on(x).along("glu", axis)
