"""The activation functions.

Each is written once. Its body names the operation; whether that computes an array or
records an operation of a plan depends on what it is given.
"""

from __future__ import annotations

from fastnn.activations.activation import Activation, on

__all__ = [
    "elu",
    "leaky_relu",
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


@Activation
def linear(x):
    """linear(x) = x

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("linear", 0.0)


@Activation
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """relu(x) = max(x, 0), the rectifier; with a negative slope, `leaky_relu`.

    Nair and Hinton, 2010, "Rectified linear units improve restricted Boltzmann
    machines".

    Args:
        x: Array of any shape.
        negative_slope: Slope for negative values.
        max_value: Only None is supported.
        threshold: Only 0 is supported.

    Raises:
        ValueError: If `max_value` or `threshold` is anything else.
    """
    if max_value is not None or threshold != 0:
        raise ValueError(
            "Expected max_value=None and threshold=0.0. "
            f"Received: {max_value=}, {threshold=}"
        )
    if negative_slope != 0:
        return leaky_relu(x, negative_slope)
    return on(x).elementwise("relu", 0.0)


@Activation
def leaky_relu(x, negative_slope=0.2):
    """leaky_relu(x) = x where x > 0, else negative_slope * x.

    Maas et al., 2013, "Rectifier nonlinearities improve neural network acoustic
    models".

    Args:
        x: Array of any shape.
        negative_slope: Slope for negative values, at least 0.

    Raises:
        ValueError: If the slope is negative.
    """
    # The backward pass tells the two sides apart by the sign of the output.
    if not negative_slope >= 0:
        raise ValueError(
            f"Expected `negative_slope` to be at least 0. Received: {negative_slope=}"
        )
    return on(x).elementwise("leaky_relu", float(negative_slope))


@Activation
def elu(x, alpha=1.0):
    """elu(x) = x where x > 0, else alpha * (exp(x) - 1).

    Clevert et al., 2015, "Fast and accurate deep network learning by exponential
    linear units".

    Args:
        x: Array of any shape.
        alpha: Minus the limit for large negative values, at least 0.

    Raises:
        ValueError: If `alpha` is negative.
    """
    # The backward pass tells the two sides apart by the sign of the output.
    if not alpha >= 0:
        raise ValueError(f"Expected `alpha` to be at least 0. Received: {alpha=}")
    return on(x).elementwise("elu", float(alpha))


@Activation
def sigmoid(x):
    """sigmoid(x) = 1 / (1 + exp(-x)), the logistic function.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("sigmoid", 0.0)


@Activation
def tanh(x):
    """tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), the hyperbolic tangent.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("tanh", 0.0)


@Activation
def softplus(x):
    """softplus(x) = log(exp(x) + 1).

    Dugas et al., 2000, "Incorporating second-order functional knowledge for better
    option pricing".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("softplus", 0.0)


@Activation
def softmax(x, axis=-1):
    """softmax(x) = exp(x) / sum(exp(x)) along an axis.

    Bridle, 1990, "Probabilistic interpretation of feedforward classification network
    outputs".

    Args:
        x: Array of at least one axis.
        axis: The axis along which the results sum to one. In a layer, only the last.

    Raises:
        ValueError: If `x` is a scalar, or a layer's axis is not the last.
    """
    return on(x).softmax(axis)
