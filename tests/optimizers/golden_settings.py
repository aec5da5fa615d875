"""What the golden steps were taken with: optimizers, first weights, gradients."""

import numpy as np

SETTINGS = {
    "sgd": ("SGD", {}),
    "sgd momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "sgd nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop centered": ("RMSprop", {"centered": True, "epsilon": 1e-4}),
    "rmsprop all": ("RMSprop", {"centered": True, "momentum": 0.5, "rho": 0.8}),
    "adam": ("Adam", {}),
    "adam amsgrad": ("Adam", {"beta_1": 0.5, "beta_2": 0.9, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.1}),
    "adamax": ("Adamax", {"learning_rate": 0.01, "beta_2": 0.9}),
    "nadam": ("Nadam", {"learning_rate": 0.01, "beta_1": 0.8}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-4}),
    "ftrl": ("Ftrl", {"learning_rate": 0.1}),
    "ftrl all": (
        "Ftrl",
        {
            "learning_rate": 0.1,
            "learning_rate_power": -0.3,
            "l1_regularization_strength": 0.2,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.05,
            "beta": 0.3,
        },
    ),
    "lion": ("Lion", {"learning_rate": 0.01, "beta_1": 0.6}),
    "adafactor": ("Adafactor", {"learning_rate": 0.1}),
    "adafactor all": (
        "Adafactor",
        {
            "learning_rate": 0.3,
            "beta_2_decay": -0.5,
            "epsilon_1": 0.01,
            "epsilon_2": 1.5,
            "clip_threshold": 0.5,
        },
    ),
    "lamb": ("Lamb", {"learning_rate": 0.05}),
    "muon": ("Muon", {"learning_rate": 0.05}),
    "muon all": (
        "Muon",
        {
            "learning_rate": 0.05,
            "nesterov": False,
            "momentum": 0.8,
            "ns_steps": 3,
            "rms_rate": None,
            "adam_lr_ratio": 0.5,
            "adam_weight_decay": None,
            "exclude_layers": ["wide"],
        },
    ),
    "schedule free": ("ScheduleFreeAdamW", {"learning_rate": 0.05}),
    "schedule free warm": (
        "ScheduleFreeAdamW",
        {"learning_rate": 0.05, "warmup_steps": 4, "beta_1": 0.8},
    ),
}


def first_weights():
    """By name: a wide and a tall matrix, three axes, a vector, a number."""
    shapes = {"wide": (2, 3), "tall": (4, 2), "deep": (2, 2, 2), "vector": (3,)}
    weights = {
        name: np.cos(np.arange(np.prod(shape)) + i).reshape(shape)
        for i, (name, shape) in enumerate(shapes.items())
    }
    return {**weights, "number": np.array(0.75)}


def gradients(step):
    """The gradients of a step, counted from 0, in the order of the weights."""
    return [
        np.sin(np.arange(w.size) * 1.3 + step * 0.7 + 0.5).reshape(w.shape)
        for w in first_weights().values()
    ]
