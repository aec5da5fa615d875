"""What an optimizer remembers: its variables, most of them beside those of a model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, ClassVar

import numpy as np

from fastnn.naming import name_scope
from fastnn.variable import Variable

__all__ = ["SlotHolder"]

Groups = tuple[tuple[str | None, ...], ...]


class SlotHolder:
    """The variables of an optimizer.

    A slot is an array for each trained variable; those of the variables' own shape lie
    in blocks with the layout of the variables' arenas, so that one pass updates all.

    Attributes:
        slot_values: The blocks, by name of the slot and arena of the variables.
        built: Whether the variables to be trained are known.
    """

    name: str
    use_ema: bool
    gradient_accumulation_steps: int | None

    def __init__(self) -> None:
        self.built = False
        self.slot_values: dict[str, dict[Any, np.ndarray]] = {}
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._slots: dict[str, dict[int, Variable]] = {}
        self.shared_variable: Variable | None = None

    # ---- what a rule keeps; to be overridden

    @property
    def slot_groups(self) -> Groups:
        """The names of the arrays that the kernel takes between weight and gradient.

        The arrays of one group take turns in `variables`. None stands for an array that
        the settings as they are do without.
        """
        return ()

    @property
    def slots(self) -> tuple[str | None, ...]:
        """The names in the order of the kernel."""
        return tuple(name for group in self.slot_groups for name in group)

    shared: ClassVar[str | None] = None
    """Name of a number that all weights share, in float64, which begins as 1."""

    def slot_shape(self, name: str, variable: Variable) -> tuple[int, ...] | None:
        """The shape of a variable's slot; None if it does without."""
        return variable.shape

    def first_value(self, name: str, variable: Variable) -> Any:
        """What a slot holds at first."""
        return 0.0

    # ---- building

    def build(self, variables: Sequence[Variable]) -> None:
        """Makes what is kept beside variables.

        Args:
            variables: The variables to be trained.

        Raises:
            TypeError: If one is no `fastnn.Variable`.
            ValueError: If one does not hold float32 or float64.
        """
        if not self.built:
            self._complete(variables)

    def prepare(self, variables: Sequence[Variable]) -> None:
        """Makes what is missing for these variables, and for those known before."""
        if not self.built:
            self.build(variables)
        self._complete(variables)

    def _complete(self, variables: Sequence[Variable]) -> None:
        from fastnn.plan.arena import adopt

        known = {id(variable) for variable in self._trainable_variables}
        for variable in variables:
            if id(variable) not in known:
                self._trainable_variables.append(_checked(variable))
        adopt(self._trainable_variables)
        with name_scope(self.name):
            for group in self._all_groups():
                self._add_group(group)
            if self.shared and self.shared_variable is None:
                self.shared_variable = self._new(self.shared, np.ones(()))
        self._attach()
        self.built = True

    def _all_groups(self) -> Groups:
        averages: Groups = (("average",),) if self.use_ema else ()
        gathered: Groups = ()
        if self.gradient_accumulation_steps:
            gathered = (("gradient_accumulator",),)
        return (*averages, *gathered, *self.slot_groups)

    def _add_group(self, group: tuple[str | None, ...]) -> None:
        for index, variable in enumerate(self._trainable_variables):
            for name in group:
                known = self._slots.setdefault(name, {}) if name else None
                if name is None or known is None or index in known:
                    continue
                shape = self._shape(name, variable)
                if shape is not None:
                    value = np.zeros(shape, variable.dtype)
                    value[...] = self._first(name, variable)
                    known[index] = self._new(f"{_flat(variable)}_{name}", value)

    def _shape(self, name: str, variable: Variable) -> tuple[int, ...] | None:
        common = name in ("average", "gradient_accumulator")
        return variable.shape if common else self.slot_shape(name, variable)

    def _first(self, name: str, variable: Variable) -> Any:
        common = name in ("average", "gradient_accumulator")
        return 0.0 if common else self.first_value(name, variable)

    def _new(self, name: str, value: np.ndarray) -> Variable:
        made = Variable(value, dtype=value.dtype.name, trainable=False, name=name)
        self._variables.append(made)
        return made

    def _attach(self) -> None:
        """Makes the slots views of blocks."""
        for name, slots in self._slots.items():
            blocks = self.slot_values.setdefault(name, {})
            for index, slot in slots.items():
                variable = self._trainable_variables[index]
                if slot.shape != variable.shape:
                    continue
                arena = variable.arena
                if arena not in blocks:
                    blocks[arena] = arena.like()
                view = arena.view(blocks[arena], variable)
                if slot.value.ctypes.data != view.ctypes.data:
                    slot.move_to(view)

    # ---- looking

    @property
    def variables(self) -> list[Variable]:
        """All that it remembers: the number of steps, the learning rate unless it is a
        function, and the slots."""
        return list(self._variables)

    def slot_of(self, name: str, variable: Variable) -> Variable | None:
        """The slot of a variable, once it is built; None if it does without."""
        slots = self._slots.get(name, {})
        for index, known in enumerate(self._trainable_variables):
            if known is variable:
                return slots.get(index)
        return None

    def slot(self, name: str, variable: Variable) -> np.ndarray:
        """The live array of a slot, once it is built."""
        found = self.slot_of(name, variable)
        if found is None:
            raise ValueError(
                f"Expected a variable that the optimizer was built with, and one of "
                f"{sorted(self._slots)}. Received: {variable!r}, {name=}"
            )
        return found.value

    # ---- weights as arrays

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of `variables`, in their order.

        Raises:
            ValueError: If it is not built, or a shape differs.
        """
        if not self.built:
            raise ValueError(
                "Expected an optimizer that is built: call `build` first. "
                f"Received: {self!r}"
            )
        for variable, weight in zip(self.variables, weights, strict=False):
            variable.assign(weight)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Writes the values of `variables` into a mapping, under "0", "1", ..."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Sets the values of `variables` to what `save_own_variables` wrote; warns and
        leaves them if their number is another."""
        variables = self.variables
        if len(store) != len(variables):
            warnings.warn(
                f"Expected {len(variables)} variables for the optimizer {self.name!r}. "
                f"Received: {len(store)}; they are not loaded",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(variables):
            variable.assign(store[str(i)])

    def __getstate__(self) -> dict[str, Any]:
        # blocks and programs are made anew
        return {**vars(self), "slot_values": {}, "_programs": {}}


def _flat(variable: Variable) -> str:
    return variable.path.replace("/", "_")


def _checked(variable: Any) -> Variable:
    if not isinstance(variable, Variable):
        raise TypeError(
            "Expected `fastnn.Variable`s. "
            f"Received: {variable!r} of type {type(variable).__name__}"
        )
    if variable.dtype not in ("float32", "float64"):
        raise ValueError(
            "Expected variables of float32 or float64. "
            f"Received: {variable.name!r} of {variable.dtype}"
        )
    return variable
