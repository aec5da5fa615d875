"""Layers and optimizers in NumPy, as they are usually written by hand: float32
throughout, one expression for each formula.

A layer is a function `(x, *weights) -> (out, backward)` with `backward(dout)` giving
(dx, gradients of the weights ...); an optimizer `(weight) -> update`, with
`update(gradient)` changing `weight` in place. Both have the defaults of the class whose
name they stand under.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import pi, sqrt

import numpy as np

FLOAT = np.float32


# ---- layers ---------------------------------------------------------------------


def dense(x, kernel, bias):
    def backward(dout):
        return dout @ kernel.T, x.T @ dout, dout.sum(axis=0)

    return x @ kernel + bias, backward


def dropout(x, rate=0.5):
    kept = np.random.default_rng(0).random(x.shape, dtype=FLOAT) >= rate
    scale = kept * FLOAT(1 / (1 - rate))
    return x * scale, lambda dout: (dout * scale,)


def alpha_dropout(x, rate=0.5):
    dropped = FLOAT(-1.6732632423543772 * 1.0507009873554805)
    a = ((1 - rate) * (1 + rate * float(dropped) ** 2)) ** -0.5
    kept = np.random.default_rng(0).random(x.shape, dtype=FLOAT) >= rate
    out = np.where(kept, x, dropped) * FLOAT(a) - FLOAT(a * rate) * dropped
    return out, lambda dout: (kept * dout * FLOAT(a),)


def activity_penalty(x, l1=1e-3, l2=1e-3):
    return FLOAT(l1) * np.abs(x).sum() + FLOAT(l2) * (x**2).sum()


def activity_regularization(x, l1=1e-3, l2=1e-3):
    activity_penalty(x, l1, l2)  # which goes into the loss
    return x, lambda dout: (dout + FLOAT(l1) * np.sign(x) + FLOAT(2 * l2) * x,)


def masking(x):
    kept = (x != 0).any(axis=1, keepdims=True)
    return x * kept, lambda dout: (dout * kept,)


def gaussian_noise(x, stddev=0.1):
    noise = np.random.default_rng(0).standard_normal(x.shape, dtype=FLOAT)
    return x + FLOAT(stddev) * noise, lambda dout: (dout,)


def gaussian_dropout(x, rate=0.5):
    scale = np.random.default_rng(0).standard_normal(x.shape, dtype=FLOAT)
    scale = 1 + FLOAT(sqrt(rate / (1 - rate))) * scale
    return x * scale, lambda dout: (dout * scale,)


def normalized(x, axis, epsilon):
    """x with mean 0 and variance 1 along an axis; the gradient of x from its own."""
    centred = x - x.mean(axis=axis, keepdims=True)
    rate = 1 / np.sqrt((centred**2).mean(axis=axis, keepdims=True) + FLOAT(epsilon))
    out = centred * rate

    def backward(dout):
        mean = dout.mean(axis=axis, keepdims=True)
        along = (dout * out).mean(axis=axis, keepdims=True)
        return rate * (dout - mean - out * along)

    return out, backward


def batch_normalization(x, gamma, beta, moving_mean, moving_variance):
    out, backward_of = normalized(x, 0, 1e-3)
    moving_mean += FLOAT(0.01) * (x.mean(axis=0) - moving_mean)
    moving_variance += FLOAT(0.01) * (x.var(axis=0) - moving_variance)

    def backward(dout):
        return backward_of(dout * gamma), (dout * out).sum(axis=0), dout.sum(axis=0)

    return out * gamma + beta, backward


def layer_normalization(x, gamma, beta):
    out, backward_of = normalized(x, 1, 1e-3)

    def backward(dout):
        return backward_of(dout * gamma), (dout * out).sum(axis=0), dout.sum(axis=0)

    return out * gamma + beta, backward


def group_normalization(x, gamma, beta, groups=32):
    groups = min(groups, x.shape[1])
    parts, backward_of = normalized(x.reshape(len(x), groups, -1), 2, 1e-3)
    out = parts.reshape(x.shape)

    def backward(dout):
        dx = backward_of((dout * gamma).reshape(parts.shape)).reshape(x.shape)
        return dx, (dout * out).sum(axis=0), dout.sum(axis=0)

    return out * gamma + beta, backward


def unit_normalization(x):
    rate = 1 / np.sqrt(np.maximum((x**2).sum(axis=1, keepdims=True), FLOAT(1e-12)))
    out = x * rate

    def backward(dout):
        return (rate * (dout - out * (dout * out).sum(axis=1, keepdims=True)),)

    return out, backward


def rms_normalization(x, scale):
    rate = 1 / np.sqrt((x**2).mean(axis=1, keepdims=True) + FLOAT(1e-6))
    out = x * rate

    def backward(dout):
        along = (dout * scale * out).mean(axis=1, keepdims=True)
        return rate * (dout * scale - out * along), (dout * out).sum(axis=0)

    return out * scale, backward


def prelu(x, alpha):
    positive = x > 0

    def backward(dout):
        return np.where(positive, dout, alpha * dout), (~positive * x * dout).sum(
            axis=0
        )

    return np.where(positive, x, alpha * x), backward


def softmax(x):
    out = np.exp(x - x.max(axis=1, keepdims=True))
    out /= out.sum(axis=1, keepdims=True)
    return out, lambda d: (out * (d - (d * out).sum(axis=1, keepdims=True)),)


def log_softmax(x):
    out = x - x.max(axis=1, keepdims=True)
    out -= np.log(np.exp(out).sum(axis=1, keepdims=True))
    return out, lambda d: (d - np.exp(out) * d.sum(axis=1, keepdims=True),)


def same(x):
    return x, lambda dout: (dout,)


def relu(x):
    return np.maximum(x, 0), lambda dout: (dout * (x > 0),)


def relu6(x):
    return np.clip(x, 0, 6), lambda dout: (dout * ((x > 0) & (x < 6)),)


def leaky_relu(x, slope=0.2):
    slope = FLOAT(slope)
    return np.where(x > 0, x, slope * x), lambda d: (np.where(x > 0, d, slope * d),)


def leaky_relu_layer(x):
    return leaky_relu(x, 0.3)


def sigmoid(x):
    out = 1 / (1 + np.exp(-x))
    return out, lambda dout: (dout * out * (1 - out),)


def tanh(x):
    out = np.tanh(x)
    return out, lambda dout: (dout * (1 - out * out),)


def elu(x):
    out = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
    return out, lambda dout: (dout * np.where(x > 0, 1, out + 1),)


def selu(x):
    scale, alpha = FLOAT(1.05070098735548049), FLOAT(1.67326324235437728)
    out = scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return out, lambda dout: (dout * np.where(x > 0, scale, out + scale * alpha),)


def softplus(x):
    return np.logaddexp(x, FLOAT(0)), lambda dout: (dout / (1 + np.exp(-x)),)


def softsign(x):
    below = 1 + np.abs(x)
    return x / below, lambda dout: (dout / below**2,)


def silu(x):
    part = 1 / (1 + np.exp(-x))
    return x * part, lambda dout: (dout * part * (1 + x * (1 - part)),)


def gelu(x):
    """With tanh in place of erf, which NumPy lacks: compared to 1e-3."""
    rate = FLOAT(sqrt(2 / pi))
    inner = np.tanh(rate * (x + FLOAT(0.044715) * x**3))

    def backward(dout):
        slope = rate * (1 + FLOAT(3 * 0.044715) * x * x)
        return (dout * (0.5 * (1 + inner) + 0.5 * x * (1 - inner**2) * slope),)

    return 0.5 * x * (1 + inner), backward


def exponential(x):
    out = np.exp(x)
    return out, lambda dout: (dout * out,)


def hard_sigmoid(x):
    out = np.clip(x / 6 + FLOAT(0.5), 0, 1)
    return out, lambda dout: (dout * ((out > 0) & (out < 1)) / 6,)


def mish(x):
    inner = np.tanh(np.logaddexp(x, FLOAT(0)))

    def backward(dout):
        return (dout * (inner + x * (1 - inner * inner) / (1 + np.exp(-x))),)

    return x * inner, backward


LAYERS: dict[str, Callable] = {
    "ActivityRegularization": activity_regularization,
    "AlphaDropout": alpha_dropout,
    "BatchNormalization": batch_normalization,
    "Dense": dense,
    "Dropout": dropout,
    "ELU": elu,
    "Flatten": same,
    "GaussianDropout": gaussian_dropout,
    "GaussianNoise": gaussian_noise,
    "GroupNormalization": group_normalization,
    "Identity": same,
    "LayerNormalization": layer_normalization,
    "LeakyReLU": leaky_relu_layer,
    "Masking": masking,
    "PReLU": prelu,
    "RMSNormalization": rms_normalization,
    "ReLU": relu,
    "Softmax": softmax,
    "UnitNormalization": unit_normalization,
}

ACTIVATIONS: dict[str, Callable] = {
    function.__name__: function
    for function in (
        elu, exponential, gelu, hard_sigmoid, leaky_relu, log_softmax, mish, relu,
        relu6, selu, sigmoid, silu, softmax, softplus, softsign, tanh,
    )
}  # fmt: skip

# what layers add to the loss themselves
PENALTIES: dict[str, Callable] = {"ActivityRegularization": activity_penalty}

# what is drawn at random cannot be compared
RANDOM = ("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise")


# ---- optimizers -----------------------------------------------------------------


def sgd(weight, rate=0.01):
    def update(gradient):
        weight[...] -= FLOAT(rate) * gradient

    return update


def rmsprop(weight, rate=0.001, rho=0.9, epsilon=1e-7):
    velocity = np.zeros_like(weight)

    def update(gradient):
        velocity[...] = FLOAT(rho) * velocity + FLOAT(1 - rho) * gradient**2
        weight[...] -= FLOAT(rate) * gradient / np.sqrt(velocity + FLOAT(epsilon))

    return update


def adam(weight, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, decay=0.0):
    m, v, steps = np.zeros_like(weight), np.zeros_like(weight), 0

    def update(gradient):
        nonlocal steps
        steps += 1
        alpha = rate * sqrt(1 - beta_2**steps) / (1 - beta_1**steps)
        if decay:
            weight[...] -= FLOAT(rate * decay) * weight
        m[...] += FLOAT(1 - beta_1) * (gradient - m)
        v[...] += FLOAT(1 - beta_2) * (gradient**2 - v)
        weight[...] -= FLOAT(alpha) * m / (np.sqrt(v) + FLOAT(epsilon))

    return update


def adamax(weight, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, u, steps = np.zeros_like(weight), np.zeros_like(weight), 0

    def update(gradient):
        nonlocal steps
        steps += 1
        m[...] += FLOAT(1 - beta_1) * (gradient - m)
        u[...] = np.maximum(FLOAT(beta_2) * u, np.abs(gradient))
        weight[...] -= FLOAT(rate / (1 - beta_1**steps)) * m / (u + FLOAT(epsilon))

    return update


def nadam(weight, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v, steps, product = np.zeros_like(weight), np.zeros_like(weight), 0, 1.0

    def update(gradient):
        nonlocal steps, product
        steps += 1
        now = beta_1 * (1 - 0.5 * 0.96**steps)
        then = beta_1 * (1 - 0.5 * 0.96 ** (steps + 1))
        product *= now
        m[...] += FLOAT(1 - beta_1) * (gradient - m)
        v[...] += FLOAT(1 - beta_2) * (gradient**2 - v)
        ahead = FLOAT(then / (1 - product * then)) * m
        ahead = ahead + FLOAT((1 - now) / (1 - product)) * gradient
        spread = np.sqrt(v / FLOAT(1 - beta_2**steps)) + FLOAT(epsilon)
        weight[...] -= FLOAT(rate) * ahead / spread

    return update


def adagrad(weight, rate=0.001, start=0.1, epsilon=1e-7):
    total = np.full_like(weight, start)

    def update(gradient):
        total[...] += gradient**2
        weight[...] -= FLOAT(rate) * gradient / np.sqrt(total + FLOAT(epsilon))

    return update


def adadelta(weight, rate=0.001, rho=0.95, epsilon=1e-7):
    squares, changes = np.zeros_like(weight), np.zeros_like(weight)

    def update(gradient):
        squares[...] = FLOAT(rho) * squares + FLOAT(1 - rho) * gradient**2
        change = np.sqrt(changes + FLOAT(epsilon)) * gradient
        change /= np.sqrt(squares + FLOAT(epsilon))
        changes[...] = FLOAT(rho) * changes + FLOAT(1 - rho) * change**2
        weight[...] -= FLOAT(rate) * change

    return update


def lion(weight, rate=0.001, beta_1=0.9, beta_2=0.99):
    m = np.zeros_like(weight)

    def update(gradient):
        step = np.sign(FLOAT(beta_1) * m + FLOAT(1 - beta_1) * gradient)
        weight[...] -= FLOAT(rate) * step
        m[...] = FLOAT(beta_2) * m + FLOAT(1 - beta_2) * gradient

    return update


def ftrl(weight, rate=0.001, start=0.1):
    total, linear = np.full_like(weight, start), np.zeros_like(weight)

    def update(gradient):
        new = total + gradient**2
        sigma = (np.sqrt(new) - np.sqrt(total)) / FLOAT(rate)
        linear[...] += gradient - sigma * weight
        weight[...] = -linear * FLOAT(rate) / np.sqrt(new)
        total[...] = new

    return update


def adafactor(weight, rate=0.001, power=-0.8, epsilon_1=1e-30, epsilon_2=1e-3):
    rows = np.zeros((len(weight), 1), FLOAT)
    columns, steps = np.zeros((1, weight.shape[1]), FLOAT), 0

    def update(gradient):
        nonlocal steps
        steps += 1
        keep = FLOAT(1 - steps**power)
        squares = gradient**2 + FLOAT(epsilon_1)
        rows[...] = keep * rows + (1 - keep) * squares.mean(axis=1, keepdims=True)
        columns[...] = keep * columns + (1 - keep) * squares.mean(axis=0, keepdims=True)
        change = gradient / np.sqrt(rows * columns / rows.mean())
        size = max(epsilon_2, sqrt((weight**2).mean()))
        spread = max(1.0, sqrt((change**2).mean()))
        alpha = size * min(rate, 1 / sqrt(steps)) / spread
        weight[...] -= FLOAT(alpha) * change

    return update


def lamb(weight, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v, steps = np.zeros_like(weight), np.zeros_like(weight), 0

    def update(gradient):
        nonlocal steps
        steps += 1
        m[...] += FLOAT(1 - beta_1) * (gradient - m)
        v[...] += FLOAT(1 - beta_2) * (gradient**2 - v)
        change = m / FLOAT(1 - beta_1**steps)
        change /= np.sqrt(v / FLOAT(1 - beta_2**steps)) + FLOAT(epsilon)
        ratio = np.linalg.norm(weight) / np.linalg.norm(change)
        weight[...] -= FLOAT(rate * ratio) * change

    return update


def muon(weight, rate=0.001, keep=0.95, steps=5, a=3.4445, b=-4.7750, c=2.0315):
    m = np.zeros_like(weight)

    def update(gradient):
        m[...] = FLOAT(keep) * m + gradient
        x = gradient + FLOAT(keep) * m
        x /= np.linalg.norm(x) + FLOAT(1e-7)
        for _ in range(steps):
            square = x @ x.T
            x = FLOAT(a) * x + (FLOAT(b) * square + FLOAT(c) * square @ square) @ x
        weight[...] -= FLOAT(rate * 0.004) * weight
        weight[...] -= FLOAT(rate * 0.2 * sqrt(max(weight.shape))) * x

    return update


def schedule_free_adamw(weight, rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    z, v, steps, x = weight.copy(), np.zeros_like(weight), 0, weight.copy()

    def update(gradient):
        nonlocal steps
        steps += 1
        v[...] = FLOAT(beta_2) * v + FLOAT(1 - beta_2) * gradient**2
        unbiased = v / FLOAT(1 - beta_2**steps)
        z[...] -= FLOAT(rate) * gradient / (np.sqrt(unbiased) + FLOAT(epsilon))
        x[...] += FLOAT(1 / steps) * (z - x)
        weight[...] = FLOAT(1 - beta_1) * z + FLOAT(beta_1) * x

    return update


OPTIMIZERS: dict[str, Callable] = {
    "Adadelta": adadelta,
    "Adafactor": adafactor,
    "Adagrad": adagrad,
    "Adam": adam,
    "AdamW": partial(adam, decay=0.004),
    "Adamax": adamax,
    "Ftrl": ftrl,
    "Lamb": lamb,
    "Lion": lion,
    "Muon": muon,
    "Nadam": nadam,
    "RMSprop": rmsprop,
    "SGD": sgd,
    "ScheduleFreeAdamW": schedule_free_adamw,
}
