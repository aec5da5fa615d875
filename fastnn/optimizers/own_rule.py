"""What a user's own optimizer is written with: `build` and `update_step` in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fastnn import initializers
from fastnn.dtypes import floatx
from fastnn.naming import name_scope
from fastnn.optimizers.slots import SlotHolder
from fastnn.variable import Variable

__all__ = ["OwnRule"]


class OwnRule(SlotHolder):
    """Rules in Python.

    An optimizer of your own overrides `update_step`, and `build` if it keeps variables.

    Example:
        >>> class Heavy(fastnn.optimizers.Optimizer):
        ...     def build(self, variables):
        ...         super().build(variables)
        ...         self.balls = self.add_optimizer_variables(variables, "ball")
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         ball = self.balls[self._get_variable_index(variable)]
        ...         self.assign(ball, 0.9 * ball - learning_rate * gradient)
        ...         self.assign_add(variable, ball)
    """

    def update_step(
        self, gradient: np.ndarray, variable: Variable, learning_rate: float
    ) -> None:
        """Changes one variable against its gradient; to be overridden."""
        raise NotImplementedError(
            "Expected an optimizer with an `update_step` of its own. "
            f"Received: {type(self).__name__}, which has none"
        )

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Adds a variable to those of the optimizer.

        Args:
            shape: Its shape.
            initializer: Its first value; see `fastnn.initializers`.
            dtype: Its type; by default `fastnn.config.floatx()`.
            name: Its name.
        """
        with name_scope(self.name):
            made = Variable(
                initializers.get(initializer),
                shape=shape,
                dtype=dtype or floatx(),
                trainable=False,
                name=name,
            )
        self._variables.append(made)
        return made

    def add_variable_from_reference(
        self,
        reference_variable: Variable,
        name: str | None = None,
        initializer: Any = "zeros",
    ) -> Variable:
        """Adds a variable of the shape and type of another, and named after it."""
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape,
            initializer,
            reference_variable.dtype,
            f"{path}_{name or 'var'}",
        )

    def add_optimizer_variables(
        self,
        trainable_variables: Sequence[Variable],
        name: str | Sequence[str],
        initializer: Any = "zeros",
    ) -> Any:
        """Adds a variable for each of several others.

        Args:
            trainable_variables: The others.
            name: What it is; or several names, for as many variables.
            initializer: The first values; or as many as there are names.

        Returns:
            The variables in the order of the others; for several names a tuple of such
            lists.

        Raises:
            ValueError: If there is another number of initializers than of names.
        """
        names = [name] if isinstance(name, str) else list(name)
        first = initializer if isinstance(initializer, list | tuple) else None
        firsts = list(first) if first else [initializer] * len(names)
        if len(firsts) != len(names):
            raise ValueError(
                "Expected as many initializers as names. "
                f"Received: {name=}, {initializer=}"
            )
        made: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for found, each, value in zip(made, names, firsts, strict=True):
                found.append(self.add_variable_from_reference(variable, each, value))
        return made[0] if isinstance(name, str) else made

    def assign(self, variable: Variable, value: Any) -> None:
        """Sets the value of a variable."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Adds to the value of a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtracts from the value of a variable."""
        variable.assign_sub(value)

    def _get_variable_index(self, variable: Variable) -> int:
        """Position of a variable among those the optimizer was built with."""
        for index, known in enumerate(self._trainable_variables):
            if known is variable:
                return index
        raise ValueError(
            "Expected a variable that the optimizer was built with. "
            f"Received: {variable!r}"
        )
