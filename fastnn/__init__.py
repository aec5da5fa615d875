"""fastnn: dense neural networks on CPUs at the speed of the hardware.

The names are Keras's: `from fastnn.models import Sequential`, `from fastnn.layers
import Dense`, `from fastnn.optimizers import Adam`.
"""

from fastnn import (
    activations,
    callbacks,
    config,
    constraints,
    dtype_policies,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    random,
    regularizers,
    saving,
    utils,
)
from fastnn.config import show_config
from fastnn.dtype_policies import DTypePolicy
from fastnn.initializers import Initializer
from fastnn.layers import Input, Layer
from fastnn.losses import Loss
from fastnn.metrics import Metric
from fastnn.models import Model, Sequential
from fastnn.optimizers import Optimizer
from fastnn.regularizers import Regularizer
from fastnn.threads import get_num_threads, set_num_threads
from fastnn.variable import Variable
from fastnn.version import __version__

__all__ = [
    "DTypePolicy",
    "Initializer",
    "Input",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "__version__",
    "activations",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "dtype_policies",
    "get_num_threads",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "set_num_threads",
    "show_config",
    "utils",
]


def __getattr__(name: str):
    """Imports the rooms that few programs need when they are first used."""
    if name == "datasets":
        import fastnn.datasets

        return fastnn.datasets
    raise AttributeError(f"module 'fastnn' has no attribute {name!r}")
