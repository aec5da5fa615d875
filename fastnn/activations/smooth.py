"""Activations of exponentials, logarithms and roots."""

from __future__ import annotations

from fastnn.activations.activation import Activation, on

__all__ = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "log_sigmoid",
    "mish",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "squareplus",
    "tanh",
    "tanh_shrink",
]


@Activation
def sigmoid(x):
    """sigmoid(x) = 1 / (1 + exp(-x)), the logistic function.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("sigmoid")


@Activation
def log_sigmoid(x):
    """log_sigmoid(x) = log(sigmoid(x)) = -log(1 + exp(-x))

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("log_sigmoid")


@Activation
def tanh(x):
    """tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), the hyperbolic tangent.

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("tanh")


@Activation
def tanh_shrink(x):
    """tanh_shrink(x) = x - tanh(x)

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("tanh_shrink")


@Activation
def exponential(x):
    """exponential(x) = exp(x)

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("exponential")


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
def celu(x, alpha=1.0):
    """celu(x) = x where x > 0, else alpha * (exp(x / alpha) - 1).

    Barron, 2017, "Continuously differentiable exponential linear units".

    Args:
        x: Array of any shape.
        alpha: Minus the limit for large negative values, positive.

    Raises:
        ValueError: If `alpha` is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"Expected `alpha` to be positive. Received: {alpha=}")
    return on(x).elementwise("celu", float(alpha))


@Activation
def selu(x):
    """selu(x) = scale * elu(x, alpha), with scale = 1.0507 and alpha = 1.6733.

    With these two constants mean and variance go through many layers unchanged, if
    weights start from `LecunNormal`.

    Klambauer et al., 2017, "Self-normalizing neural networks".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("selu")


@Activation
def softplus(x):
    """softplus(x) = log(exp(x) + 1).

    Dugas et al., 2000, "Incorporating second-order functional knowledge for better
    option pricing".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("softplus")


@Activation
def softsign(x):
    """softsign(x) = x / (1 + |x|)

    Glorot and Bengio, 2010, "Understanding the difficulty of training deep feedforward
    neural networks".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("softsign")


@Activation
def squareplus(x, b=4):
    """squareplus(x) = (x + sqrt(x^2 + b)) / 2

    Barron, 2021, "Squareplus: a softplus-like algebraic rectifier".

    Args:
        x: Array of any shape.
        b: How round the corner is, at least 0; 0 makes it `relu`.

    Raises:
        ValueError: If `b` is negative.
    """
    if not b >= 0:
        raise ValueError(f"Expected `b` to be at least 0. Received: {b=}")
    return on(x).elementwise("squareplus", float(b))


@Activation
def silu(x):
    """silu(x) = x * sigmoid(x); also called `swish`.

    Ramachandran, Zoph and Le, 2017, "Searching for activation functions".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("silu")


@Activation
def gelu(x, approximate=False):
    """gelu(x) = x * P(X <= x), X of the standard normal distribution

    which is x * (1 + erf(x / sqrt(2))) / 2, or approximately
    x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2.

    Hendrycks and Gimpel, 2016, "Gaussian error linear units (GELUs)".

    Args:
        x: Array of any shape.
        approximate: Whether to take the approximation.
    """
    return on(x).elementwise("gelu_tanh" if approximate else "gelu")


@Activation
def mish(x):
    """mish(x) = x * tanh(softplus(x))

    Misra, 2019, "Mish: a self regularized non-monotonic activation function".

    Args:
        x: Array of any shape.
    """
    return on(x).elementwise("mish")
