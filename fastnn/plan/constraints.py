"""What weights are put through after an update."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastnn.constraints import Constraint
from fastnn.variable import Variable, padded_width

if TYPE_CHECKING:
    from fastnn.plan.builder import Builder

__all__ = ["record_constraints"]


def record_constraints(builder: Builder, variables: Iterable[Variable]) -> None:
    """Records the constraints of those variables that have one: as kernels, or as the
    Python function that a user wrote."""
    for variable in variables:
        if variable.constraint is None:
            continue
        kernel = _kernel(variable)
        if kernel is None:
            call = _python_constraint(variable)
            builder.emit("python", (variable,), (), call=call)
        else:
            kind, sizes, scalars = kernel
            builder.emit(kind, (variable,), (), sizes=sizes, scalars=scalars)


def _kernel(variable: Variable) -> Any:
    if not isinstance(variable.constraint, Constraint):
        return None
    width = variable.shape[-1] if variable.shape else 1
    row = padded_width(width, variable.value.itemsize)
    return variable.constraint.kernel(variable.shape, row)


def _python_constraint(variable: Variable) -> Callable[[np.ndarray], None]:
    constraint, name, dtype = variable.constraint, variable.name, variable.dtype
    assert constraint is not None

    def call(view: np.ndarray) -> None:
        # a copy: the function may keep what it is given
        value = np.asarray(constraint(view.copy()), dtype)
        if value.shape != view.shape:
            raise ValueError(
                f"Expected the constraint of {name!r} to return shape {view.shape}. "
                f"Received: shape={value.shape}"
            )
        view[...] = value

    return call
