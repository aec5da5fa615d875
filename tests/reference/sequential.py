"""A whole training in NumPy, to check trainings step by step.

A model is a list of layers, a loss kernel by its name, and an optimizer. Nothing is
random: weights and the order of the rows are given from outside. The arrays' type is
that of the weights; each kernel computes in float64 and rounds its result to it.
"""

import numpy as np

from . import KERNELS
from .dense import (
    dense_backward_bias,
    dense_backward_input,
    dense_backward_weight,
    dense_forward,
)
from .dropout import dropout_backward, dropout_forward
from .regularizers import l1_l2_backward, l1_l2_value

FUSED = ("sigmoid_", "softmax_")  # losses on logits: the last layer is linear
CLASSES = "sparse_categorical"  # in the name of a loss whose targets are labels


class Dense:
    """out := f(inp @ weight + bias); `function` may also be "softmax"."""

    def __init__(self, weight, bias=None, function="linear", alpha=0.0, l1=0.0, l2=0.0):
        self.parameters = [p.copy() for p in (weight, bias) if p is not None]
        self.function, self.alpha = function, alpha
        self.l1, self.l2 = l1, l2
        self.gradients = [np.empty_like(p) for p in self.parameters]

    @property
    def weight(self):
        return self.parameters[0]

    @property
    def bias(self):
        return self.parameters[1] if len(self.parameters) > 1 else None

    def penalty(self):
        return l1_l2_value(self.weight, self.l1, self.l2)

    def forward(self, inp, training, step):
        self.inp = inp
        self.out = np.empty((len(inp), self.weight.shape[1]), self.weight.dtype)
        total = np.empty_like(self.out)
        dense_forward(total, inp, self.weight, self.bias)
        forward = KERNELS[f"{self.function}_forward"]
        forward(self.out, total, *self._settings())
        return self.out

    def backward(self, dout):
        dtotal, dinp = np.empty_like(dout), np.empty_like(self.inp)
        backward = KERNELS[f"{self.function}_backward"]
        backward(dtotal, dout, self.out, *self._settings())
        dense_backward_weight(self.gradients[0], self.inp, dtotal)
        l1_l2_backward(self.gradients[0], self.weight, self.l1, self.l2)
        if self.bias is not None:
            dense_backward_bias(self.gradients[1], dtotal)
        dense_backward_input(dinp, dtotal, self.weight, None)
        return dinp

    def _settings(self):
        return () if self.function == "softmax" else (self.alpha,)


class Dropout:
    """Drops elements while training, by the random numbers of (key, step)."""

    parameters = gradients = ()

    def __init__(self, rate, key):
        self.rate, self.key = rate, key

    def penalty(self):
        return 0.0

    def forward(self, inp, training, step):
        if not training:
            return inp
        out, self.mask = np.empty_like(inp), np.empty(inp.shape, np.uint8)
        settings = None, self.rate, 1 / (1 - self.rate), 0.0, 0.0, False
        dropout_forward(out, self.mask, inp, *settings, self.key, step)
        return out

    def backward(self, dout):
        dinp = np.empty_like(dout)
        dropout_backward(dinp, dout, self.mask, 1 / (1 - self.rate))
        return dinp


class Optimizer:
    """An update kernel with its slots, one set for each parameter, zeros at first."""

    def __init__(self, kernel, slots, scalars, uses_step=False):
        self.kernel, self.slots = KERNELS[kernel], slots
        self.scalars, self.uses_step = scalars, uses_step
        self.iterations = 0
        self._values = None

    def update(self, parameters, gradients):
        if self._values is None:
            self._values = [[self._slot(p, s) for s in self.slots] for p in parameters]
        self.iterations += 1
        step = (self.iterations,) if self.uses_step else ()
        for p, slots, g in zip(parameters, self._values, gradients, strict=True):
            self.kernel(p.reshape(-1), *slots, g.reshape(-1), *self.scalars, *step)

    def _slot(self, parameter, name):
        return None if name is None else np.zeros(parameter.size, parameter.dtype)


def sgd(learning_rate=0.01, momentum=0.0, nesterov=False):
    if not momentum:
        return Optimizer("sgd_update", (), (learning_rate,))
    kernel = f"sgd_{'nesterov' if nesterov else 'momentum'}_update"
    return Optimizer(kernel, ("velocity",), (learning_rate, momentum))


def rmsprop(learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    slots = (
        "velocity",
        "momentum_slot" if momentum else None,
        "average_gradient" if centered else None,
    )
    scalars = (learning_rate, rho, momentum, epsilon)
    return Optimizer("rmsprop_update", slots, scalars)


def adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    scalars = (learning_rate, beta_1, beta_2, epsilon)
    slots = ("momentum", "velocity", "velocity_hat")[: 3 if amsgrad else 2]
    kernel = "adam_amsgrad_update" if amsgrad else "adam_update"
    return Optimizer(kernel, slots, scalars, uses_step=True)


class Sequential:
    """Layers, trained by one loss and one optimizer.

    Args:
        layers: Layers in order.
        loss: Name of a loss kernel.
        optimizer: What `sgd`, `rmsprop` or `adam` returned.
        metric: Name of a metric kernel, or None.
        loss_settings: The loss kernel's arguments after ``scale``.
        metric_settings: The metric kernel's arguments after the targets.
    """

    def __init__(
        self,
        layers,
        loss,
        optimizer,
        metric=None,
        loss_settings=(),
        metric_settings=(),
    ):
        self.layers, self.optimizer = layers, optimizer
        self.loss, self.loss_settings = loss, loss_settings
        self.metric, self.metric_settings = metric, metric_settings

    @property
    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters]

    @property
    def gradients(self):
        return [g for layer in self.layers for g in layer.gradients]

    def forward(self, x, training=False):
        """The last layer's output, or for a fused loss its logits."""
        out = x.astype(self.parameters[0].dtype)
        for layer in self.layers:
            out = layer.forward(out, training, self.optimizer.iterations)
        return out

    def train_on_batch(self, x, y, weight=None):
        """One step; returns (loss before it, sum of the metric over the rows)."""
        loss, metric, gradient = self._evaluate(x, y, weight, training=True)
        self._backward(gradient)
        self.optimizer.update(self.parameters, self.gradients)
        return loss, metric

    def gradients_on_batch(self, x, y, weight=None):
        """(loss, its gradient with respect to each parameter), no step made."""
        loss, _, gradient = self._evaluate(x, y, weight, training=True)
        self._backward(gradient)
        return loss, self.gradients

    def test_on_batch(self, x, y, weight=None):
        """(loss, sum of the metric over the rows), with nothing changed."""
        return self._evaluate(x, y, weight, training=False)[:2]

    def fit(self, x, y, epochs, weight=None):
        """Trains on the batches given; returns [{"loss", "metric"} for each epoch].

        As in Keras, an epoch's loss is the mean of the batches' losses weighted by
        their rows; penalties count in it.

        Args:
            x: Inputs (rows, ...).
            y: Targets (rows, n) or labels (rows,).
            epochs: For each epoch a list of arrays of row numbers, one for each batch.
            weight: Weights of the rows, or None.
        """
        history = []
        for batches in epochs:
            loss = metric = rows = 0
            for batch in batches:
                some = None if weight is None else weight[batch]
                batch_loss, batch_metric = self.train_on_batch(x[batch], y[batch], some)
                loss += batch_loss * len(batch)
                metric += batch_metric
                rows += len(batch)
            history.append({"loss": loss / rows, "metric": metric / rows})
        return history

    def _backward(self, gradient):
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)

    def _evaluate(self, x, y, weight, training):
        """(loss with penalties, sum of the metric, gradient of the last output)"""
        pred = self.forward(x, training)
        rows, dtype = len(pred), pred.dtype
        y = y.astype(np.int32 if CLASSES in self.loss else dtype)
        weight = None if weight is None else weight.astype(dtype)
        values, gradient = np.empty(rows), np.empty_like(pred)
        outputs = [gradient, values]
        if self.loss.startswith(FUSED):
            out = np.empty_like(pred)
            outputs.append(out)
        else:
            out = pred
        arguments = pred, y, weight, 1 / rows, *self.loss_settings
        KERNELS[self.loss](*outputs, *arguments)
        factors = np.ones(rows) if weight is None else weight.astype(np.float64)
        loss = (factors * values).sum() / rows
        loss += sum(layer.penalty() for layer in self.layers)
        return loss, self._metric_sum(out, y), gradient

    def _metric_sum(self, out, y):
        if self.metric is None:
            return 0.0
        values = np.empty(len(out))
        KERNELS[self.metric](values, out, y, *self.metric_settings)
        return values.sum()
