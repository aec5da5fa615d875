"""One step of the relatives of Adagrad and Adam, over 1-D arrays; slots are changed in
place. The formulas are those of Keras 3."""

import numpy as np

from .precision import wide

__all__ = [
    "adadelta_update",
    "adagrad_update",
    "adamax_update",
    "ftrl_update",
    "lion_update",
    "nadam_update",
    "schedule_free_update",
]


def adagrad_update(weight, accumulator, grad, learning_rate, epsilon):
    """weight -= rate * grad / sqrt(sum of all grad ** 2 + epsilon)

    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
    stochastic optimization", JMLR 2011.
    """
    total = wide(accumulator) + wide(grad) ** 2
    weight[...] = wide(weight) - learning_rate * wide(grad) / np.sqrt(total + epsilon)
    accumulator[...] = total


def adadelta_update(
    weight, accumulated_grad, accumulated_delta_var, grad, learning_rate, rho, epsilon
):
    """weight -= rate * rms(steps) / rms(gradients) * grad

    Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """
    g = wide(grad)
    squares = rho * wide(accumulated_grad) + (1 - rho) * g**2
    change = np.sqrt(wide(accumulated_delta_var) + epsilon) * g
    change /= np.sqrt(squares + epsilon)
    accumulated_grad[...] = squares
    accumulated_delta_var[...] = (
        rho * wide(accumulated_delta_var) + (1 - rho) * change**2
    )
    weight[...] = wide(weight) - learning_rate * change


def adamax_update(
    weight, momentum, norm, grad, learning_rate, beta_1, beta_2, epsilon, step
):
    """weight -= rate / (1 - beta_1^t) * m / (max(beta_2 * norm, |grad|) + epsilon)

    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1.
    """
    m = wide(momentum) + (1 - beta_1) * (wide(grad) - wide(momentum))
    largest = np.maximum(beta_2 * wide(norm), np.abs(wide(grad)))
    momentum[...], norm[...] = m, largest
    rate = learning_rate / (1 - beta_1**step)
    weight[...] = wide(weight) - rate * m / (largest + epsilon)


def nadam_update(
    weight,
    momentum,
    velocity,
    grad,
    learning_rate,
    beta_1,
    beta_2,
    epsilon,
    product,
    step,
):
    """As Adam, with the momentum that the next step would see

    product: of the shares of the momentum in the steps up to this one.
    Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
    """
    g = wide(grad)
    m = wide(momentum) + (1 - beta_1) * (g - wide(momentum))
    v = wide(velocity) + (1 - beta_2) * (g**2 - wide(velocity))
    momentum[...], velocity[...] = m, v
    now, then = (beta_1 * (1 - 0.5 * 0.96**t) for t in (step, step + 1))
    ahead = then * m / (1 - product * then) + (1 - now) * g / (1 - product)
    root = np.sqrt(v / (1 - beta_2**step)) + epsilon
    weight[...] = wide(weight) - learning_rate * ahead / root


def ftrl_update(
    weight,
    accumulator,
    linear,
    grad,
    learning_rate,
    learning_rate_power,
    l1,
    l2,
    l2_shrinkage,
    beta,
):
    """Follow the regularized leader, proximal

    McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013.
    """
    w, g = wide(weight), wide(grad)
    before, after = wide(accumulator), wide(accumulator) + g**2
    old, new = before**-learning_rate_power, after**-learning_rate_power
    z = wide(linear) + g + 2 * l2_shrinkage * w - (new - old) / learning_rate * w
    quadratic = (new + beta) / learning_rate + 2 * l2
    solved = (np.clip(z, -l1, l1) - z) / quadratic
    weight[...] = np.where(quadratic == 0, 0, solved)
    accumulator[...], linear[...] = after, z


def lion_update(weight, momentum, grad, learning_rate, beta_1, beta_2):
    """weight -= rate * sign(beta_1 * m + (1 - beta_1) * grad)

    Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023.
    """
    m, g = wide(momentum), wide(grad)
    direction = np.sign(beta_1 * m + (1 - beta_1) * g)
    weight[...] = wide(weight) - learning_rate * direction
    momentum[...] = beta_2 * m + (1 - beta_2) * g


def schedule_free_update(
    weight,
    momentum,
    velocity,
    grad,
    learning_rate,
    beta_1,
    beta_2,
    epsilon,
    warmup_steps,
    step,
):
    """Adam on z, the slot `momentum`; weight lies between z and the mean x of all z

    Defazio et al., "The road less scheduled", NeurIPS 2024.
    """
    g, z = wide(grad), wide(momentum)
    rate = learning_rate * (min(step / warmup_steps, 1) if warmup_steps else 1)
    v = wide(velocity) + (1 - beta_2) * (g**2 - wide(velocity))
    x = (wide(weight) - (1 - beta_1) * z) / beta_1
    z = z - rate * g / (np.sqrt(v / (1 - beta_2**step)) + epsilon)
    x = (1 - 1 / step) * x + z / step
    velocity[...], momentum[...] = v, z
    weight[...] = (1 - beta_1) * z + beta_1 * x
