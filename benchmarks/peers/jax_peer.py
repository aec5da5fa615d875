"""JAX, compiled: one jitted step called from Python, or a whole epoch in `lax.scan`."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks import cases


class StepPeer:
    """A jitted, donated training step, called once per batch."""

    def __init__(self, threads):
        self.threads = threads  # XLA takes its threads from the process's affinity

    def version(self):
        return jax.__version__

    def train_case(self, case, data):
        return trainer(case, data, epoch_of_steps)

    def predict_case(self, case):
        parameters = jax.device_put(cases.first_weights(case))
        compiled = jax.jit(partial(predict, case))
        return lambda x: np.asarray(compiled(parameters, x))


class ScanPeer(StepPeer):
    """The same step, a whole epoch in one compiled call."""

    def train_case(self, case, data):
        return trainer(case, data, epoch_of_scan)


def trainer(case, data, make_epoch):
    x, y = jnp.asarray(data.x), jnp.asarray(data.y)
    parameters = jax.device_put(cases.first_weights(case))
    zeros = [jnp.zeros_like(p) for p in parameters]
    state = (parameters, zeros, [jnp.copy(z) for z in zeros], jnp.zeros((), jnp.int32))
    epoch = make_epoch(case)
    rng = np.random.default_rng(cases.SEED)

    def run(epochs):
        nonlocal state
        for _ in range(epochs):
            order = rng.permutation(case.rows).astype(np.int32)
            order = jnp.asarray(order.reshape(-1, case.batch_size))
            state, totals = epoch(state, x, y, order)
        return float(totals[0]) / case.rows

    return run


def epoch_of_steps(case):
    @partial(jax.jit, donate_argnums=(0, 1))
    def step(state, totals, x, y, order, i):
        return train_step(case, state, totals, x, y, order[i])

    def epoch(state, x, y, order):
        totals = (jnp.zeros(()), jnp.zeros((), jnp.int32))
        for i in range(order.shape[0]):
            state, totals = step(state, totals, x, y, order, i)
        return jax.block_until_ready((state, totals))

    return epoch


def epoch_of_scan(case):
    @partial(jax.jit, donate_argnums=0)
    def epoch(state, x, y, order):
        def step(carry, index):
            return train_step(case, *carry, x, y, index), None

        totals = (jnp.zeros(()), jnp.zeros((), jnp.int32))
        carry, _ = lax.scan(step, (state, totals), order)
        return carry

    return lambda *arguments: jax.block_until_ready(epoch(*arguments))


def train_step(case, state, totals, x, y, index):
    """Gather, forward, loss, accuracy, backward, Adam."""
    parameters, momentum, velocity, steps = state
    x = x.at[index].get(mode="promise_in_bounds")
    y = y.at[index].get(mode="promise_in_bounds")
    (loss, out), gradients = jax.value_and_grad(partial(loss_of, case), has_aux=True)(
        parameters, x, y
    )
    correct = jnp.sum(out.argmax(axis=1) == y.argmax(axis=1)) if case.classify else 0
    steps += 1
    b1, b2 = cases.BETA_1, cases.BETA_2
    rate = cases.LEARNING_RATE * jnp.sqrt(1 - b2**steps) / (1 - b1**steps)
    momentum = [
        m + (g - m) * (1 - b1) for m, g in zip(momentum, gradients, strict=True)
    ]
    velocity = [
        v + (g * g - v) * (1 - b2) for v, g in zip(velocity, gradients, strict=True)
    ]
    parameters = [
        p - rate * m / (jnp.sqrt(v) + cases.EPSILON)
        for p, m, v in zip(parameters, momentum, velocity, strict=True)
    ]
    totals = (totals[0] + loss * len(index), totals[1] + correct)
    return (parameters, momentum, velocity, steps), totals


def loss_of(case, parameters, x, y):
    out = forward(parameters, x)
    if case.classify:
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(out), axis=1)), out
    return jnp.mean((out - y) ** 2), out


def forward(parameters, x):
    for layer in range(0, len(parameters) - 2, 2):
        x = jax.nn.relu(x @ parameters[layer] + parameters[layer + 1])
    return x @ parameters[-2] + parameters[-1]


def predict(case, parameters, x):
    out = forward(parameters, x)
    return jax.nn.softmax(out) if case.classify else out
