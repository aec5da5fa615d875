"""Trainings whose every number is known, with the losses that Keras 3.15.1 gives.

Inputs, weights and targets are closed formulas, so that no generator of random numbers
is part of the agreement. `LOSSES` are Keras's own (JAX backend, float64), the loss of
each batch before its step, for four epochs of three batches, the last one smaller.
They are good to `ACCURACY`: even so set, Keras rounds some results to float32.
"""

from itertools import pairwise

import numpy as np

ROWS, INPUTS = 11, 3
ACCURACY = 3e-7


def wave(*shape, speed, phase=0.0):
    """sin(phase), sin(phase + speed), ... in this shape"""
    return np.sin(phase + speed * np.arange(np.prod(shape))).reshape(shape)


def data(target):
    """(inputs, targets, weights of the rows) for a kind of targets."""
    x = wave(ROWS, INPUTS, speed=1.7)
    weight = 1 + 0.5 * wave(ROWS, speed=0.9)
    if target == "values":
        y = wave(ROWS, 2, speed=2.3, phase=1.0)
    elif target == "bits":
        y = (wave(ROWS, 2, speed=2.3, phase=1.0) > 0).astype(float)
    elif target == "labels":
        y = np.arange(ROWS) * 7 % 4
    else:
        y = np.eye(4)[np.arange(ROWS) * 7 % 4]
    return x, y, weight


def weights(units):
    """(weight, bias) of each layer."""
    sizes = (INPUTS, *units)
    return [
        (
            0.7 * wave(a, b, speed=1.1 + i, phase=0.3),
            0.1 * wave(b, speed=0.8, phase=i),
        )
        for i, (a, b) in enumerate(pairwise(sizes))
    ]


def batches():
    """Row numbers of each batch, for four epochs in different orders."""
    for epoch in range(4):
        order = np.arange(ROWS) * (3 + 2 * epoch) % ROWS
        yield [order[:4], order[4:8], order[8:]]


def training(target, units, functions, loss, keras_loss, optimizer, **options):
    return {
        "target": target,
        "units": units,
        "functions": functions,
        "loss": loss,
        "keras_loss": keras_loss,
        "optimizer": optimizer,
        "loss_settings": options.pop("loss_settings", ()),
        "weighted": options.pop("weighted", False),
        "l1": options.pop("l1", 0.0),
        "l2": options.pop("l2", 0.0),
        "epochs": list(batches()),
    }


TRAININGS = {
    "sgd": training(
        "values", (5, 2), ("tanh", "linear"),
        "mean_squared_error", "MeanSquaredError",
        ("sgd", {"learning_rate": 0.1}),
    ),
    "sgd momentum, weighted rows": training(
        "values", (5, 2), ("sigmoid", "linear"),
        "mean_squared_error", "MeanSquaredError",
        ("sgd", {"learning_rate": 0.05, "momentum": 0.9}), weighted=True,
    ),
    "sgd nesterov, absolute error": training(
        "values", (5, 2), ("softplus", "linear"),
        "mean_absolute_error", "MeanAbsoluteError",
        ("sgd", {"learning_rate": 0.03, "momentum": 0.8, "nesterov": True}),
    ),
    "rmsprop, binary": training(
        "bits", (6, 2), ("tanh", "sigmoid"),
        "binary_crossentropy", "BinaryCrossentropy",
        ("rmsprop", {"learning_rate": 0.01}), loss_settings=(0.1,),
    ),
    "rmsprop centered with momentum, binary logits": training(
        "bits", (6, 2), ("elu", "linear"),
        "sigmoid_binary_crossentropy", "BinaryCrossentropy",
        ("rmsprop", {"learning_rate": 0.01, "momentum": 0.7, "centered": True}),
        loss_settings=(0.0,), weighted=True,
    ),
    "adam, categorical": training(
        "one hot", (6, 5, 4), ("relu", "tanh", "softmax"),
        "categorical_crossentropy", "CategoricalCrossentropy",
        ("adam", {"learning_rate": 0.02, "epsilon": 0.01}), loss_settings=(0.0,),
    ),
    "adam amsgrad, categorical logits, penalties": training(
        "one hot", (6, 5, 4), ("leaky_relu", "tanh", "linear"),
        "softmax_categorical_crossentropy", "CategoricalCrossentropy",
        ("adam", {"learning_rate": 0.02, "amsgrad": True, "beta_2": 0.7}),
        loss_settings=(0.1,), l1=0.01, l2=0.02,
    ),
    "adam, sparse categorical": training(
        "labels", (6, 4), ("tanh", "softmax"),
        "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy",
        ("adam", {"learning_rate": 0.02}), weighted=True,
    ),
    "adam, sparse categorical logits": training(
        "labels", (6, 4), ("softplus", "linear"),
        "softmax_sparse_categorical_crossentropy", "SparseCategoricalCrossentropy",
        ("adam", {"learning_rate": 0.02, "beta_1": 0.8}),
    ),
}  # fmt: skip

LOSSES = {
    "sgd": (
        0.609322552, 0.576225981, 0.598613963,
        0.453463383, 0.553696852, 0.635526478,
        0.671436988, 0.598457728, 0.471225575,
        0.682777308, 0.705805503, 0.204314922,
    ),
    "sgd momentum, weighted rows": (
        0.829796973, 0.718258034, 0.281443107,
        0.358447832, 0.669245313, 0.692828816,
        0.588785153, 0.620406590, 0.836031449,
        0.697639544, 0.734728168, 0.187527921,
    ),
    "sgd nesterov, absolute error": (
        0.796575435, 0.840756580, 0.509828846,
        0.650558531, 0.627237335, 0.793734809,
        0.853026792, 0.618034557, 0.583493213,
        0.791148603, 0.709845997, 0.357350667,
    ),
    "rmsprop, binary": (
        0.703657642, 0.688623875, 0.694801887,
        0.669438183, 0.678984389, 0.670399507,
        0.681574225, 0.690706506, 0.659235954,
        0.689479008, 0.703254312, 0.593901396,
    ),
    "rmsprop centered with momentum, binary logits": (
        0.830271661, 0.719715835, 0.772213616,
        0.541582441, 0.968148424, 0.702087795,
        0.703781491, 0.743653580, 0.750746118,
        0.694942826, 0.858688758, 0.499970137,
    ),
    "adam, categorical": (
        1.395795578, 1.370710964, 1.417257088,
        1.343891320, 1.386901671, 1.453342480,
        1.349360194, 1.454919449, 1.338468924,
        1.434889817, 1.363151882, 1.336292489,
    ),
    "adam amsgrad, categorical logits, penalties": (
        1.882952638, 1.850511208, 1.873021658,
        1.787846836, 1.777332354, 1.802067738,
        1.726553711, 1.738884929, 1.691345111,
        1.709528386, 1.659108191, 1.625078967,
    ),
    "adam, sparse categorical": (
        1.500928068, 1.534532476, 1.652014529,
        1.155114250, 1.880736749, 1.345530737,
        1.483907548, 1.276709942, 1.642255328,
        1.139179145, 1.905346091, 1.144185890,
    ),
    "adam, sparse categorical logits": (
        1.394604439, 1.381015445, 1.381554335,
        1.308261781, 1.342540706, 1.387414350,
        1.429136132, 1.183377703, 1.373109832,
        1.254702582, 1.450181807, 1.159441667,
    ),
}  # fmt: skip
