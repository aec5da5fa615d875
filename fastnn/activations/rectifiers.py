"""Activations made of straight pieces, and of one parabola."""

from __future__ import annotations

import math

from fastnn.activations.activation import Activation, on

__all__ = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "relu",
    "relu6",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "threshold",
]


@Activation
def linear(x):
    """linear(x) = x

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("linear")


@Activation
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """relu(x) = max(x, 0), the rectifier; with its arguments

    - max_value where x >= max_value, if there is one,
    - x where threshold < x < max_value,
    - negative_slope * (x - threshold) where x <= threshold.

    Nair and Hinton, 2010, "Rectified linear units improve restricted Boltzmann
    machines".

    Args:
        x: Array of any shape.
        negative_slope: Slope below the threshold.
        max_value: The largest value, or None for no limit.
        threshold: Where the slope ends.
    """
    slope, threshold = float(negative_slope), float(threshold)
    cap = math.inf if max_value is None else float(max_value)
    if threshold == 0 and cap == math.inf and slope >= 0:
        return on(x).elementwise(*(("leaky_relu", slope) if slope else ("relu",)))
    if threshold == 0 and slope == 0 and cap >= 0:
        return on(x).elementwise("relu_capped", cap)
    return on(x).elementwise("rectifier", slope, cap, threshold)


@Activation
def relu6(x):
    """relu6(x) = min(max(x, 0), 6)

    Krizhevsky, 2010, "Convolutional deep belief networks on CIFAR-10".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("relu_capped", 6.0)


@Activation
def leaky_relu(x, negative_slope=0.2):
    """leaky_relu(x) = x where x > 0, else negative_slope * x.

    Maas et al., 2013, "Rectifier nonlinearities improve neural network acoustic
    models".

    Args:
        x: Array of any shape.
        negative_slope: Slope for negative values.
    """
    return relu(x, negative_slope)


@Activation
def threshold(x, threshold, default_value):
    """threshold(x) = x where x > threshold, else default_value.

    Args:
        x: Array of any shape.
        threshold: Values up to it are replaced.
        default_value: What they are replaced with.
    """
    return on(x).elementwise("threshold", float(threshold), float(default_value))


@Activation
def hard_sigmoid(x):
    """hard_sigmoid(x) = min(max(x / 6 + 1/2, 0), 1)

    Courbariaux, Bengio and David, 2015, "BinaryConnect: training deep neural networks
    with binary weights during propagations", with another slope.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("hard_sigmoid")


@Activation
def hard_silu(x):
    """hard_silu(x) = x * hard_sigmoid(x); also called `hard_swish`.

    Howard et al., 2019, "Searching for MobileNetV3".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("hard_silu")


@Activation
def hard_tanh(x):
    """hard_tanh(x) = min(max(x, -1), 1)

    Collobert, 2004, "Large scale machine learning".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("hard_tanh")


@Activation
def soft_shrink(x, threshold=0.5):
    """soft_shrink(x) = sign(x) * max(|x| - threshold, 0)

    Donoho, 1995, "De-noising by soft-thresholding".

    Args:
        x: Array of any shape.
        threshold: How far values are moved towards zero.
    """
    return on(x).elementwise("soft_shrink", float(threshold))


@Activation
def hard_shrink(x, threshold=0.5):
    """hard_shrink(x) = x where |x| > threshold, else 0.

    Donoho and Johnstone, 1994, "Ideal spatial adaptation by wavelet shrinkage".

    Args:
        x: Array of any shape.
        threshold: Values up to this size become zero.
    """
    return on(x).elementwise("hard_shrink", float(threshold))


@Activation
def sparse_sigmoid(x):
    """sparse_sigmoid(x) = (min(max(x, -1), 1) + 1) / 2

    Blondel, Martins and Niculae, 2019, "Learning classifiers with Fenchel-Young
    losses".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("sparse_sigmoid")


@Activation
def sparse_plus(x):
    """sparse_plus(x) = (x + 1)^2 / 4 where |x| < 1, else 0 below and x above.

    Its derivative is `sparse_sigmoid`.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("sparse_plus")
