"""Updates outside a model: gradients that a user computed, put into variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from fastnn.caller import warn
from fastnn.optimizers.slots import SlotHolder
from fastnn.threads import get_num_threads

if TYPE_CHECKING:
    from fastnn.optimizers.optimizer import Optimizer
    from fastnn.variable import Variable

__all__ = ["Applying"]

# Elements that are worth a thread of their own.
_WORTH_A_THREAD = 1 << 17


class Applying(SlotHolder):
    """The part of an optimizer that changes variables."""

    _iterations: Variable

    def __init__(self) -> None:
        super().__init__()
        self._programs: dict[Any, _Program] = {}

    @property
    def plan_key(self) -> tuple[Any, ...]:
        """All that the operations of an update depend on."""
        raise NotImplementedError

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Variable]]
    ) -> Variable:
        """Changes variables against their gradients.

        Args:
            grads_and_vars: Pairs (gradient, variable). A variable with the gradient
                None stays as it is, with a warning.

        Returns:
            The number of steps taken.

        Raises:
            ValueError: As `apply`.
        """
        gradients, variables = zip(*grads_and_vars, strict=True)
        self.apply(gradients, variables)
        return self._iterations

    def apply(
        self,
        grads: Sequence[Any],
        trainable_variables: Sequence[Variable] | None = None,
    ) -> None:
        """Changes variables against their gradients.

        Args:
            grads: The gradients.
            trainable_variables: The variables; None for those it was built with.

        Raises:
            ValueError: If it is not built and no variables are given; if a variable is
                not one of those it was built with, a shape differs, there is another
                number of gradients than of variables, or no gradient at all.
        """
        gradients = list(grads)
        if not gradients:
            return
        variables = self._variables_for(gradients, trainable_variables)
        pairs = _with_gradient(gradients, variables)
        self.apply_checked([g for g, _ in pairs], [v for _, v in pairs])

    def apply_checked(
        self, gradients: list[np.ndarray], variables: list[Variable]
    ) -> None:
        """Changes known variables against arrays of their shapes."""
        key = (tuple(map(id, variables)), self.plan_key)
        if key not in self._programs:
            self._programs = {key: _Program(self, variables)}
        self._programs[key].run(gradients)

    def _variables_for(
        self, gradients: list[Any], given: Sequence[Variable] | None
    ) -> list[Variable]:
        if given is None and not self.built:
            raise ValueError(
                "Expected `trainable_variables` beside `grads` until the optimizer is "
                f"built: call `build` first. Received: trainable_variables={given}"
            )
        variables = self._trainable_variables if given is None else list(given)
        if not self.built:
            self.build(variables)
        known = {id(variable) for variable in self._trainable_variables}
        for variable in variables:
            if id(variable) not in known:
                raise ValueError(
                    "Expected variables that the optimizer was built with; a new set "
                    f"needs a new optimizer. Received: {variable!r}"
                )
        if len(gradients) != len(variables):
            raise ValueError(
                "Expected as many gradients as variables. "
                f"Received: {len(gradients)} and {len(variables)}"
            )
        return variables


def _with_gradient(
    gradients: list[Any], variables: list[Variable]
) -> list[tuple[np.ndarray, Variable]]:
    pairs = list(zip(gradients, variables, strict=True))
    found = [(_as_gradient(g, v), v) for g, v in pairs if g is not None]
    if not found:
        raise ValueError(
            f"Expected a gradient for a variable. Received: {len(gradients)} x None"
        )
    missing = [v.path for g, v in pairs if g is None]
    if missing:
        warn(
            f"Expected gradients for all variables. Received: None for {missing}, "
            "which stay as they are",
            UserWarning,
        )
    return found


def _as_gradient(gradient: Any, variable: Variable) -> np.ndarray:
    array = np.asarray(gradient)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Expected a gradient of real numbers. Received: dtype={array.dtype}"
        )
    if array.shape != variable.shape:
        raise ValueError(
            f"Expected a gradient of shape {variable.shape} for {variable.path!r}. "
            f"Received: shape={array.shape}"
        )
    return array


class _Program:
    """One update of certain variables, in memory."""

    def __init__(self, optimizer: Applying, variables: list[Variable]):
        from fastnn.plan.arena import adopt
        from fastnn.plan.binding import bind
        from fastnn.plan.builder import Builder
        from fastnn.plan.update import Update

        dtypes = sorted({variable.dtype for variable in variables})
        if len(dtypes) != 1:
            raise ValueError(f"Expected variables of one dtype. Received: {dtypes}")
        rules = cast("Optimizer", optimizer)
        update = Update(rules, adopt(variables), variables)
        update.averaged = optimizer._trainable_variables
        builder = Builder(dtypes[0], training=True)
        update.record_unscaling(builder, begin=True)
        update.record(builder, variables)
        update.record_constraints(builder, variables)
        held = [update.gradient_of(variable) for variable in variables]
        self._gradients = [one.array for one in held if one is not None]
        self._bound = bind(builder.ops, 1, dtypes[0])
        elements = sum(variable.value.size for variable in variables)
        self._parts = 1 + elements // _WORTH_A_THREAD

    def run(self, gradients: list[np.ndarray]) -> None:
        for memory, gradient in zip(self._gradients, gradients, strict=True):
            memory[...] = gradient
        threads = min(self._parts, get_num_threads())
        self._bound.program.run(1, 1, 0, 1, threads=threads)
