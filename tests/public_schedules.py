"""What the tests of all public classes need to know of learning rate schedules."""

import numpy as np

REQUIRED = {
    "CosineDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 10,
        "warmup_target": 1.0,
        "warmup_steps": 3,
    },
    "CosineDecayRestarts": {"initial_learning_rate": 1.0, "first_decay_steps": 4},
    "ExponentialDecay": {
        "initial_learning_rate": 1.0,
        "decay_steps": 3,
        "decay_rate": 0.25,
    },
    "InverseTimeDecay": {
        "initial_learning_rate": 1.0,
        "decay_steps": 3,
        "decay_rate": 0.25,
    },
    "PiecewiseConstantDecay": {"boundaries": [2, 5], "values": [1.0, 0.5, 0.25]},
    "PolynomialDecay": {"initial_learning_rate": 1.0, "decay_steps": 3},
}

SECOND_VALUES = {
    "boundaries": [3, 5],
    "cycle": True,
    "decay_rate": 0.75,
    "decay_steps": 7,
    "end_learning_rate": 0.5,
    "first_decay_steps": 6,
    "initial_learning_rate": 0.5,
    "m_mul": 0.5,
    "power": 2.0,
    "staircase": True,
    "t_mul": 3.0,
    "values": [1.0, 0.5, 0.125],
    "warmup_target": 0.5,
}


def behaviour(obj):
    """The rates of some steps."""
    return obj(np.arange(40)).tolist()
