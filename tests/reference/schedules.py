"""Learning rates that depend on the number of the step, over 1-D arrays."""

import numpy as np

from .precision import wide

__all__ = [
    "cosine_decay",
    "cosine_decay_restarts",
    "exponential_decay",
    "inverse_time_decay",
    "piecewise_constant_decay",
    "polynomial_decay",
]


def exponential_decay(rate, step, initial, steps, decay_rate, staircase):
    """rate := initial * decay_rate ** (step / steps), or the exponent rounded down"""
    times = wide(step) / steps
    rate[...] = initial * decay_rate ** (np.floor(times) if staircase else times)


def inverse_time_decay(rate, step, initial, steps, decay_rate, staircase):
    """rate := initial / (1 + decay_rate * step / steps)"""
    times = wide(step) / steps
    rate[...] = initial / (1 + decay_rate * (np.floor(times) if staircase else times))


def polynomial_decay(rate, step, initial, steps, end, power, cycle):
    """rate := (initial - end) * (1 - step / steps) ** power + end"""
    step = wide(step)
    if cycle:
        steps = steps * np.maximum(1, np.ceil(step / steps))
    else:
        step = np.minimum(step, steps)
    rate[...] = (initial - end) * (1 - step / steps) ** power + end


def cosine_decay(rate, step, initial, steps, alpha, peak, warmup_steps):
    """Half a cosine from peak to alpha * peak, after a line from initial to peak

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """
    step = wide(step)
    done = np.minimum(step - warmup_steps, steps) / steps
    cosine = peak * ((1 - alpha) * (1 + np.cos(np.pi * done)) / 2 + alpha)
    line = initial + (peak - initial) * step / max(warmup_steps, 1)
    rate[...] = np.where(step < warmup_steps, line, cosine)


def cosine_decay_restarts(rate, step, initial, steps, t_mul, m_mul, alpha):
    """Half a cosine, over and over: each period t_mul times as long as the one before,
    its first rate m_mul times that of the one before

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """
    for i, s in enumerate(wide(step)):
        begin, length, height = 0.0, float(steps), 1.0
        while s >= begin + length:
            begin, length, height = begin + length, length * t_mul, height * m_mul
        cosine = (1 + np.cos(np.pi * (s - begin) / length)) / 2
        rate[i] = initial * ((1 - alpha) * height * cosine + alpha)


def piecewise_constant_decay(rate, step, boundaries, values):
    """rate := the value of the first boundary that step does not exceed, or the last"""
    rate[...] = np.asarray(values)[np.searchsorted(boundaries, wide(step), "left")]
