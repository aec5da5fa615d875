"""How to call each kernel: arguments for any shape, and which of them it writes.

The modules mirror those of the reference; `CASES` is the list of all cases.
"""

from . import (
    activations,
    constraints,
    dense,
    dense_bf16,
    dropout,
    embedding,
    losses,
    metric_sums,
    metrics,
    moving,
    normalization,
    optimizers,
    optimizers_further,
    optimizers_whole,
    preprocessing,
    regularizers,
    repeats,
    schedules,
    sums,
    vector_math,
)
from .case import Case, Shape

CASES = [
    case
    for module in (
        activations,
        constraints,
        dense,
        dense_bf16,
        dropout,
        embedding,
        losses,
        metric_sums,
        metrics,
        moving,
        normalization,
        optimizers,
        optimizers_further,
        optimizers_whole,
        preprocessing,
        regularizers,
        repeats,
        schedules,
        sums,
        vector_math,
    )
    for case in module.CASES
]

__all__ = ["CASES", "Case", "Shape"]
