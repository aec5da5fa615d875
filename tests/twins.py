"""The same network twice: as a model, and as the reference trainer's."""

from itertools import pairwise

import numpy as np
from reference import sequential as reference

from fastnn import losses, optimizers, regularizers
from fastnn.layers import Activation, Dense, Input
from fastnn.models import Sequential

SLOPE = 0.1  # alpha of leaky_relu and elu in the reference

# kernel of the reference: (loss, last activation)
LOSSES = {
    "mean_squared_error": (losses.MeanSquaredError, {}, "linear"),
    "mean_absolute_error": (losses.MeanAbsoluteError, {}, "linear"),
    "binary_crossentropy": (losses.BinaryCrossentropy, {}, "sigmoid"),
    "sigmoid_binary_crossentropy": (
        losses.BinaryCrossentropy,
        {"from_logits": True},
        "linear",
    ),
    "categorical_crossentropy": (losses.CategoricalCrossentropy, {}, "softmax"),
    "softmax_categorical_crossentropy": (
        losses.CategoricalCrossentropy,
        {"from_logits": True},
        "linear",
    ),
    "sparse_categorical_crossentropy": (
        losses.SparseCategoricalCrossentropy,
        {},
        "softmax",
    ),
    "softmax_sparse_categorical_crossentropy": (
        losses.SparseCategoricalCrossentropy,
        {"from_logits": True},
        "linear",
    ),
}

OPTIMIZERS = {"sgd": optimizers.SGD, "rmsprop": optimizers.RMSprop}
OPTIMIZERS["adam"] = optimizers.Adam


def activation(function):
    """A layer for a function of the reference."""
    config = {"leaky_relu": {"negative_slope": SLOPE}, "elu": {"alpha": SLOPE}}
    if function not in config:
        return Activation(function)
    return Activation({"class_name": function, "config": config[function]})


def network(weights, functions, dtype="float64", l1=0.0, l2=0.0):
    """An uncompiled model with these [(kernel, bias | None)] and functions."""
    model = Sequential([Input((len(weights[0][0]),))])
    penalty = regularizers.L1L2(l1, l2) if l1 or l2 else None
    for (kernel, bias), function in zip(weights, functions, strict=True):
        layer = Dense(
            kernel.shape[1],
            use_bias=bias is not None,
            kernel_regularizer=penalty,
            dtype=dtype,
        )
        model.add(layer)
        model.add(activation(function))
    model.set_weights([w for pair in weights for w in pair if w is not None])
    return model


def twins(
    weights, functions, loss, optimizer, settings=None, *, dtype="float64", **more
):
    """(model, reference) with the same weights.

    Args:
        weights: [(kernel, bias | None)] of the layers.
        functions: Their activations.
        loss: Name of a loss kernel.
        optimizer: "sgd", "rmsprop" or "adam".
        settings: Of the optimizer.
        **more: `label_smoothing`, `l1`, `l2`, `metrics`.
    """
    settings = settings or {}
    smoothing = more.get("label_smoothing")
    penalties = {name: more.get(name, 0.0) for name in ("l1", "l2")}
    cls, arguments, _ = LOSSES[loss]
    if smoothing is not None:
        arguments = {**arguments, "label_smoothing": smoothing}
    model = network(weights, functions, dtype, **penalties)
    model.compile(
        OPTIMIZERS[optimizer](**settings), cls(**arguments), more.get("metrics")
    )
    layers = [
        reference.Dense(
            kernel.astype(dtype),
            None if bias is None else bias.astype(dtype),
            function,
            SLOPE,
            **penalties,
        )
        for (kernel, bias), function in zip(weights, functions, strict=True)
    ]
    needs = "binary" in loss or ("categorical" in loss and "sparse" not in loss)
    twin = reference.Sequential(
        layers,
        loss,
        getattr(reference, optimizer)(**settings),
        loss_settings=(smoothing or 0.0,) if needs else (),
    )
    return model, twin


def random_weights(rng, *units):
    """[(kernel, bias)] of layers of these widths, the first of the inputs."""
    return [
        (rng.normal(size=(a, b)) / np.sqrt(a), rng.normal(size=b) * 0.1)
        for a, b in pairwise(units)
    ]


def random_targets(rng, loss, rows, units):
    """Targets that suit a loss kernel."""
    if "sparse" in loss:
        return rng.integers(0, units, rows)
    if "categorical" in loss:
        return np.eye(units)[rng.integers(0, units, rows)]
    if "binary" in loss:
        return (rng.random((rows, units)) < 0.5).astype(float)
    return rng.normal(size=(rows, units))


def batches(rows, batch_size, order=None):
    """Row numbers of each batch of an epoch."""
    order = np.arange(rows) if order is None else order
    return [order[i : i + batch_size] for i in range(0, rows, batch_size)]
