"""What is usually written in NumPy by hand: one expression for each formula.

Compare `numpy_tuned_peer`, which spends twice the code on avoiding allocations.
"""

from __future__ import annotations

import numpy as np

from benchmarks import cases


class Peer:
    """A training loop and a forward pass in plain expressions."""

    def __init__(self, threads):
        self.threads = threads  # the environment has told the BLAS already

    def version(self):
        return np.__version__

    def train_case(self, case, data):
        network = Network(case)
        rng = np.random.default_rng(cases.SEED)

        def run(epochs):
            for _ in range(epochs):
                loss = epoch(network, data, case.batch_size, rng.permutation(case.rows))
            return loss

        return run

    def predict_case(self, case):
        network = Network(case)
        return lambda x: network.forward(x)[-1]


class Network:
    """Dense layers with relu between them; the last is softmax or linear."""

    def __init__(self, case):
        first = cases.first_weights(case)
        self.classify = case.classify
        self.parameters = [np.array(weight) for weight in first]
        self.momentum = [np.zeros_like(weight) for weight in first]
        self.velocity = [np.zeros_like(weight) for weight in first]
        self.steps = 0

    def forward(self, x):
        """x (rows, inputs) -> [x, output of each layer]"""
        outs = [x]
        pairs = list(zip(self.parameters[::2], self.parameters[1::2], strict=True))
        for kernel, bias in pairs[:-1]:
            outs.append(np.maximum(outs[-1] @ kernel + bias, 0))
        kernel, bias = pairs[-1]
        out = outs[-1] @ kernel + bias
        if self.classify:
            out = np.exp(out - out.max(axis=1, keepdims=True))
            out /= out.sum(axis=1, keepdims=True)
        return [*outs, out]

    def backward(self, outs, gradient):
        """[gradient of each parameter] from the gradient before the last activation"""
        gradients = []
        for i in range(len(outs) - 2, -1, -1):
            gradients[:0] = [outs[i].T @ gradient, gradient.sum(axis=0)]
            if i:
                gradient = gradient @ self.parameters[2 * i].T * (outs[i] > 0)
        return gradients

    def update(self, gradients):
        """Adam (Kingma and Ba, 2015)"""
        self.steps += 1
        rate = cases.LEARNING_RATE * np.sqrt(1 - cases.BETA_2**self.steps)
        rate /= 1 - cases.BETA_1**self.steps
        rate = np.float32(rate)
        moments = zip(self.momentum, self.velocity, strict=True)
        for weight, gradient, (m, v) in zip(
            self.parameters, gradients, moments, strict=True
        ):
            m += (1 - cases.BETA_1) * (gradient - m)
            v += (1 - cases.BETA_2) * (gradient**2 - v)
            weight -= rate * m / (np.sqrt(v) + np.float32(cases.EPSILON))


def epoch(network, data, batch_size, order):
    """One pass over the rows in the given order -> mean loss."""
    correct, total = 0, 0.0
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        x, y = data.x[index], data.y[index]
        outs = network.forward(x)
        out = outs[-1]
        if network.classify:
            total -= (y * np.log(out + 1e-7)).sum()
            correct += (out.argmax(axis=1) == y.argmax(axis=1)).sum()
            gradient = (out - y) / len(x)
        else:
            total += ((out - y) ** 2).mean(axis=1).sum()
            gradient = 2 * (out - y) / out.size
        network.update(network.backward(outs, gradient))
    return total / len(order)
