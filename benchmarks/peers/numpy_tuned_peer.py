"""What an expert writes in NumPy who counts every allocation.

Nothing is allocated in a step: products go through `out=`, the biases' gradient is a
product with a row of ones, parameters, gradients and moments are flat arrays, so that
Adam is a dozen passes whatever the number of layers.
"""

from __future__ import annotations

import numpy as np

from benchmarks import cases

ZERO = np.zeros((), np.float32)  # as an array: a Python float costs 0.2 us a call


class Peer:
    """A training loop and a forward pass over preallocated buffers."""

    def __init__(self, threads):
        self.threads = threads  # the environment has told the BLAS already

    def version(self):
        return np.__version__

    def train_case(self, case, data):
        network = Network(case, case.batch_size)
        trainer = Trainer(network, data)
        rng = np.random.default_rng(cases.SEED)

        def run(epochs):
            for _ in range(epochs):
                loss = trainer.epoch(rng.permutation(case.rows))
            return loss

        return run

    def predict_case(self, case):
        return Network(case, case.rows).forward


class Network:
    """Dense layers with relu between them; the last is softmax or linear."""

    def __init__(self, case, rows):
        first = cases.first_weights(case)
        self.classify = case.classify
        self.parameters = np.concatenate([w.ravel() for w in first])
        self.gradients = np.zeros_like(self.parameters)
        self.weights = views(self.parameters, first)
        self.dweights = views(self.gradients, first)
        self.outs = [np.empty((rows, n), np.float32) for n in case.widths[1:]]
        self.douts = [np.empty_like(out) for out in self.outs]
        self.masks = [np.empty(out.shape, bool) for out in self.outs]
        self.ones = np.ones(rows, np.float32)
        self.row = np.empty((rows, 1), np.float32)
        last = len(self.outs) - 1
        self.layers = [
            (kernel, bias, out, i < last)
            for i, (kernel, bias, out) in enumerate(
                zip(self.weights[::2], self.weights[1::2], self.outs, strict=True)
            )
        ]

    def forward(self, x):
        """x (rows, inputs) -> (rows, outputs), valid until the next call."""
        for kernel, bias, out, hidden in self.layers:
            np.dot(x, kernel, out=out)
            np.add(out, bias, out=out)
            if hidden:
                np.maximum(out, ZERO, out=out)
            x = out
        if self.classify:
            np.maximum.reduce(x, axis=1, keepdims=True, out=self.row)
            np.subtract(x, self.row, out=x)
            np.exp(x, out=x)
            np.add.reduce(x, axis=1, keepdims=True, out=self.row)
            np.divide(x, self.row, out=x)
        return x

    def backward(self, x):
        """Fills the gradients from `douts[-1]`, the gradient before activation."""
        for i in range(len(self.outs) - 1, -1, -1):
            inp = self.outs[i - 1] if i else x
            np.dot(inp.T, self.douts[i], out=self.dweights[2 * i])
            np.dot(self.ones, self.douts[i], out=self.dweights[2 * i + 1])
            if i:
                dinp = self.douts[i - 1]
                np.dot(self.douts[i], self.weights[2 * i].T, out=dinp)
                np.greater(inp, ZERO, out=self.masks[i - 1])
                np.multiply(dinp, self.masks[i - 1], out=dinp)


class Trainer:
    """Gathers rows, runs the network both ways, updates by Adam."""

    def __init__(self, network, data):
        self.network = network
        self.data = data
        rows, outputs = network.outs[-1].shape
        self.rows = rows
        self.x = np.empty((rows, data.x.shape[1]), np.float32)
        self.y = np.empty((rows, outputs), np.float32)
        self.offsets = np.arange(rows) * outputs
        self.adam = Adam(network.parameters, network.gradients)

    def epoch(self, order):
        """One pass over the rows in the given order -> mean loss."""
        step_loss = self.classify_step if self.network.classify else self.regress_step
        self.correct, total = 0, 0.0
        for start in range(0, len(order), self.rows):
            index = order[start : start + self.rows]
            # mode="clip" lets take write straight into `out`.
            np.take(self.data.x, index, axis=0, out=self.x, mode="clip")
            total += step_loss(self.network.forward(self.x), index)
            self.network.backward(self.x)
            self.adam.step()
        return total / len(order)

    def classify_step(self, out, index):
        labels = self.data.labels.take(index)
        self.correct += np.count_nonzero(out.argmax(axis=1) == labels)
        labels += self.offsets
        flat = out.reshape(-1)
        loss = -np.log(flat.take(labels)).sum()
        flat[labels] -= 1.0
        np.multiply(out, 1.0 / self.rows, out=self.network.douts[-1])
        return loss

    def regress_step(self, out, index):
        np.take(self.data.y, index, axis=0, out=self.y, mode="clip")
        np.subtract(out, self.y, out=out)
        loss = np.vdot(out, out) / out.shape[1]
        np.multiply(out, 2.0 / out.size, out=self.network.douts[-1])
        return loss


class Adam:
    """Adam (Kingma and Ba, 2015) over flat arrays, in place."""

    def __init__(self, parameters, gradients):
        self.parameters = parameters
        self.gradients = gradients
        self.momentum = np.zeros_like(parameters)
        self.velocity = np.zeros_like(parameters)
        self.scratch = np.empty_like(parameters)
        self.steps = 0

    def step(self):
        self.steps += 1
        m, v, t = self.momentum, self.velocity, self.scratch
        np.subtract(self.gradients, m, out=t)
        np.multiply(t, 1.0 - cases.BETA_1, out=t)
        np.add(m, t, out=m)
        np.multiply(self.gradients, self.gradients, out=t)
        np.subtract(t, v, out=t)
        np.multiply(t, 1.0 - cases.BETA_2, out=t)
        np.add(v, t, out=v)
        np.sqrt(v, out=t)
        np.add(t, cases.EPSILON, out=t)
        np.divide(m, t, out=t)
        correction_1 = 1.0 - cases.BETA_1**self.steps
        correction_2 = 1.0 - cases.BETA_2**self.steps
        np.multiply(t, cases.LEARNING_RATE * correction_2**0.5 / correction_1, out=t)
        np.subtract(self.parameters, t, out=self.parameters)


def views(flat, shaped):
    """Windows of `flat` in the shapes of `shaped`, one after the other."""
    result, start = [], 0
    for array in shaped:
        result.append(flat[start : start + array.size].reshape(array.shape))
        start += array.size
    return result
