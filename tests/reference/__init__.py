"""The specification of fastnn's kernels in NumPy.

Every function that a module lists in ``__all__`` is a kernel: it has the name, the
argument names and the argument order of the compiled one, writes its results into
the arrays given first, and computes in float64 whatever the arrays hold. It is
written to be read, not to be fast. `KERNELS` is the table of all of them.
"""

from . import (
    constraints,
    dense,
    dense_bf16,
    dropout,
    embedding,
    further_losses,
    losses,
    metric_sums,
    metrics,
    moving,
    normalization,
    optimizers,
    optimizers_adaptive,
    optimizers_common,
    optimizers_whole,
    preprocessing,
    rectifiers,
    regularizers,
    repeats,
    schedules,
    smooth,
    softmax,
    sums,
    vector_math,
)

MODULES = (
    constraints,
    dense,
    dense_bf16,
    dropout,
    further_losses,
    embedding,
    losses,
    metric_sums,
    metrics,
    moving,
    normalization,
    optimizers,
    optimizers_adaptive,
    optimizers_common,
    optimizers_whole,
    preprocessing,
    rectifiers,
    regularizers,
    repeats,
    schedules,
    smooth,
    softmax,
    sums,
    vector_math,
)

KERNELS = {name: getattr(module, name) for module in MODULES for name in module.__all__}

__all__ = ["KERNELS", "MODULES"]
