"""One step of each update rule, over 1-D arrays; slots are changed in place.

The formulas are those of Keras 3, which differ from the papers in small ways: epsilon
stands outside the bias correction in Adam and inside the root in RMSprop, and
amsgrad's maximum is taken over the uncorrected velocity.
"""

import numpy as np

from .precision import wide

__all__ = [
    "adam_amsgrad_update",
    "adam_update",
    "rmsprop_update",
    "sgd_momentum_update",
    "sgd_nesterov_update",
    "sgd_update",
]


def sgd_update(weight, grad, learning_rate):
    """weight -= learning_rate * grad"""
    weight[...] = wide(weight) - learning_rate * wide(grad)


def sgd_momentum_update(weight, velocity, grad, learning_rate, momentum):
    """velocity := momentum * velocity - learning_rate * grad; weight += velocity

    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """
    step = momentum * wide(velocity) - learning_rate * wide(grad)
    velocity[...] = step
    weight[...] = wide(weight) + step


def sgd_nesterov_update(weight, velocity, grad, learning_rate, momentum):
    """velocity as in sgd_momentum_update; weight += momentum * velocity - rate * grad

    Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and
    momentum in deep learning", ICML 2013.
    """
    step = momentum * wide(velocity) - learning_rate * wide(grad)
    velocity[...] = step
    weight[...] = wide(weight) + momentum * step - learning_rate * wide(grad)


def rmsprop_update(
    weight,
    velocity,
    momentum_slot,
    average_gradient,
    grad,
    learning_rate,
    rho,
    momentum,
    epsilon,
):
    """velocity := rho velocity + (1 - rho) grad ** 2; weight -= rate grad / sqrt(...)

    The root is of velocity + epsilon, less average_gradient ** 2 if there is one, the
    difference being a variance: what rounding leaves of it below zero counts as zero.
    With a momentum slot the step goes through slot := momentum * slot + step.
    Tieleman and Hinton, "Lecture 6.5: rmsprop", Coursera, 2012; Graves, "Generating
    sequences with recurrent neural networks", 2013 (centred).
    """
    g = wide(grad)
    v = rho * wide(velocity) + (1 - rho) * g**2
    velocity[...] = v
    variance = v
    if average_gradient is not None:
        average = rho * wide(average_gradient) + (1 - rho) * g
        average_gradient[...] = average
        variance = np.maximum(v - average**2, 0)
    step = learning_rate * g / np.sqrt(variance + epsilon)
    if momentum_slot is not None:
        step = momentum * wide(momentum_slot) + step
        momentum_slot[...] = step
    weight[...] = wide(weight) - step


def adam_update(
    weight, momentum, velocity, grad, learning_rate, beta_1, beta_2, epsilon, step
):
    """weight -= rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)

    m += (1 - beta_1) (grad - m), v += (1 - beta_2) (grad ** 2 - v), t = step from 1.
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """
    m, v = _moments(momentum, velocity, grad, beta_1, beta_2)
    rate = _adam_rate(learning_rate, beta_1, beta_2, step)
    weight[...] = wide(weight) - rate * m / (np.sqrt(v) + epsilon)


def adam_amsgrad_update(
    weight,
    momentum,
    velocity,
    velocity_hat,
    grad,
    learning_rate,
    beta_1,
    beta_2,
    epsilon,
    step,
):
    """As adam_update, with the largest v so far, velocity_hat, in the root

    Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018.
    """
    m, v = _moments(momentum, velocity, grad, beta_1, beta_2)
    largest = np.maximum(wide(velocity_hat), v)
    velocity_hat[...] = largest
    rate = _adam_rate(learning_rate, beta_1, beta_2, step)
    weight[...] = wide(weight) - rate * m / (np.sqrt(largest) + epsilon)


def _moments(momentum, velocity, grad, beta_1, beta_2):
    """The running means of the gradient and of its square, after this step."""
    g = wide(grad)
    m = wide(momentum) + (1 - beta_1) * (g - wide(momentum))
    v = wide(velocity) + (1 - beta_2) * (g**2 - wide(velocity))
    momentum[...], velocity[...] = m, v
    return m, v


def _adam_rate(learning_rate, beta_1, beta_2, step):
    """The learning rate with both bias corrections in it."""
    return learning_rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
