"""What the tests of all public classes need to know of optimizers."""

import copy

import numpy as np

from fastnn import optimizers
from fastnn.naming import name_scope
from fastnn.variable import Variable

# What has to be made anew for each object.
REQUIRED_ANEW = {
    "LossScaleOptimizer": lambda: {"inner_optimizer": optimizers.SGD(0.5)},
    "MultiOptimizer": lambda: {
        "optimizer_map": optimizers.OptimizerMap(
            optimizers.SGD(0.5), {".*/bias": optimizers.Adam()}
        )
    },
}

SECOND_VALUES = {
    "weight_decay": 0.5,
    "clipnorm": 0.5,
    "clipvalue": 0.25,
    "global_clipnorm": 0.5,
    "use_ema": True,
    "ema_momentum": 0.5,
    "ema_overwrite_frequency": 2,
    "loss_scale_factor": 4.0,
    "gradient_accumulation_steps": 2,
    "initial_accumulator_value": 0.5,
    "learning_rate_power": -0.25,
    "l1_regularization_strength": 0.25,
    "l2_regularization_strength": 0.25,
    "l2_shrinkage_regularization_strength": 0.25,
    "beta": 0.5,
    "beta_2_decay": -0.5,
    "epsilon_1": 0.1,
    "epsilon_2": 2.0,
    "clip_threshold": 0.25,
    "relative_step": False,
    "adam_beta_1": 0.5,
    "adam_beta_2": 0.5,
    "adam_weight_decay": 0.5,
    "exclude_layers": ["first"],
    "exclude_embeddings": False,
    "muon_a": 3.0,
    "muon_b": -4.0,
    "muon_c": 2.0,
    "adam_lr_ratio": 0.5,
    "ns_steps": 3,
    "rms_rate": None,
    "warmup_steps": 5,
    "initial_scale": 64.0,
    "dynamic_growth_steps": 2,
    "inner_optimizer": optimizers.RMSprop(),
    "optimizer_map": optimizers.OptimizerMap(optimizers.RMSprop()),
}

# Arguments that count only beside others: what to change from, and what is beside it.
BESIDE = {
    "ema_momentum": (0.99, {"use_ema": True}),
    "ema_overwrite_frequency": (None, {"use_ema": True}),
}


def _variable(path, shape):
    scope, name = path.split("/")
    values = np.linspace(-1, 1, np.prod(shape)).reshape(shape)
    with name_scope(scope):
        return Variable(values, name=name)


def behaviour(obj):
    """Three steps of a copy, and what it remembers of them."""
    obj = copy.deepcopy(obj)
    shapes = {"first/kernel": (3, 2), "embedding/table": (2, 4), "first/bias": (3,)}
    variables = [_variable(path, shape) for path, shape in shapes.items()]
    for factor in (1.0, -0.05, 0.02):
        gradients = [factor * (1 + np.abs(v.value - 0.3)) for v in variables]
        obj.apply_gradients(zip(gradients, variables, strict=True))
    # this one is kept for the configuration alone, as in Keras
    kept = getattr(obj, "relative_step", None)
    return [v.value.tolist() for v in (*variables, *obj.variables)], kept
