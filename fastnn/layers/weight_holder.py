"""What has weights: its own, and those of the layers that it contains."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from fastnn import constraints, initializers, regularizers
from fastnn.naming import current_path, name_scope
from fastnn.plan.watching import changed
from fastnn.random import SeedGenerator
from fastnn.saving.config import constructor_parameters
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.layers.layer import Layer

__all__ = ["WeightHolder", "unchanged_on_failure"]

_CONTAINERS = (list, tuple, dict)
_OWN = frozenset({"_weights", "_tracked", "_shape_of_rows", "built_for"})


class WeightHolder:
    """The base of `Layer` that keeps account of weights.

    Layers, variables and seed generators that are set as attributes, by themselves or
    in lists, tuples and dicts, belong to it.
    """

    name: str
    built: bool
    _trainable: bool
    _tracked: dict[str, Any]

    _fixed: ClassVar[frozenset[str]] = frozenset()
    """Attributes that the shapes of the weights depend on."""

    def __init__(self, trainable: bool) -> None:
        vars(self).setdefault("_tracked", {})
        self._weights: list[Variable] = []
        self._made_trainable = 0  # the first so many of them were
        self._penalties: list[float] = []
        self._path: str | None = None
        self._scope_is_open = False
        self.trainable = trainable

    def __setattr__(self, name: str, value: Any) -> None:
        tracked = vars(self).setdefault("_tracked", {})
        built = vars(self).get("built", False)
        if built and name in self._fixed and value != getattr(self, name):
            raise ValueError(
                f"Expected `{name}` of {self.name!r} to stay as it is: its weights are "
                f"made for {name}={getattr(self, name)!r}. Received: {name}={value!r}"
            )
        if isinstance(value, _TRACKED) and name not in _OWN and self._is_new(value):
            if built and tracked.get(name) is not value:
                self._refuse_state(name, value)
            tracked[name] = value
        elif name in tracked:
            del tracked[name]
        object.__setattr__(self, name, value)
        if built and name in _settings(type(self)):  # type: ignore[arg-type]
            changed(self)

    def _refuse_state(self, name: str, value: Any) -> None:
        found: list[Any] = []
        _collect(value, (WeightHolder, Variable, SeedGenerator), found)
        if found:
            raise ValueError(
                f"Expected layers and variables of {self.name!r} to be made by its "
                "constructor or its `build`: it is built already. "
                f"Received: {name}={value!r}"
            )

    def __delattr__(self, name: str) -> None:
        self._tracked.pop(name, None)
        object.__delattr__(self, name)

    @property
    def dtype(self) -> str:
        """Element type of the weights."""
        raise NotImplementedError

    def _is_new(self, value: Any) -> bool:
        own = vars(self).get("_weights", ())
        return not any(value is weight for weight in own)

    def _parts(self, kind: type | tuple[type, ...]) -> list[Any]:
        """The objects of a kind among the attributes, each once."""
        found: list[Any] = []
        for value in self._tracked.values():
            _collect(value, kind, found)
        return found

    def _sublayers(self) -> list[Layer]:
        """The layers that belong to it directly."""
        return self._parts(WeightHolder) if self._tracked else []

    def _flatten_layers(self) -> list[Layer]:
        """It and all layers inside, each once."""
        found: list[Any] = [self]
        for layer in found:
            found += [x for x in layer._sublayers() if not _among(x, found)]
        return found

    # Weights

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: npt.DTypeLike | None = None,
        trainable: bool = True,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Makes a weight that belongs to this layer.

        Args:
            shape: Its shape; by default (), a number.
            initializer: Its first values; by default "glorot_uniform", or "zeros" for a
                variable of integers.
            dtype: Its type; by default that of the layer, which what is trained must
                have.
            trainable: Whether training changes it.
            regularizer: A penalty on it, or None.
            constraint: What its value is put through after each update, or None.
            name: Its name, one of a kind in the layer.

        Returns:
            The weight; `.value` is its live array.

        Raises:
            ValueError: If the name is taken or the initializer's values do not fit.
        """
        name = name or self._free_name()
        if any(weight.name == name for weight in self._weights):
            raise ValueError(
                f"Expected names of weights to differ within the layer {self.name!r}. "
                f"Received: {name=} twice"
            )
        dtype = np.dtype(self.dtype if dtype is None else dtype).name
        if trainable and dtype != self.dtype:
            raise ValueError(
                f"Expected a trainable weight of the layer {self.name!r} to have its "
                f"dtype, {self.dtype}. Received: {dtype=}"
            )
        if initializer is None:
            initializer = "zeros" if np.dtype(dtype).kind in "iub" else "glorot_uniform"
        with self._scope():
            try:
                weight = Variable(
                    initializers.get(initializer),
                    () if shape is None else shape,
                    dtype,
                    trainable,
                    name,
                    regularizer=regularizers.get(regularizer),
                    constraint=constraints.get(constraint),
                )
            except ValueError as error:
                raise ValueError(f"Layer {self.name!r}: {error}") from None
        self._keep(weight)
        return weight

    def _keep(self, weight: Variable) -> None:
        if weight.trainable:
            self._weights.insert(self._made_trainable, weight)
            self._made_trainable += 1
        else:
            self._weights.append(weight)

    def _free_name(self) -> str:
        """A name for a weight that was given none."""
        taken = {weight.name for weight in self._weights}
        number = len(taken)
        while f"variable_{number}" in taken:
            number += 1
        return f"variable_{number}"

    @property
    def path(self) -> str:
        """The name, with those of the model and the layers around it in front."""
        return self._path or self.name

    @contextlib.contextmanager
    def _scope(self) -> Iterator[None]:
        """Puts this layer's name in front of the paths of what is made inside."""
        if self._scope_is_open:
            yield
            return
        self._scope_is_open = True
        try:
            with name_scope(self.name):
                self._path = current_path()
                yield
        finally:
            self._scope_is_open = False

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; may be set at any time, for the layers
        inside as well."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(
                f"Expected `trainable` to be True or False. Received: {value!r}"
            )
        self._trainable = bool(value)
        for weight in self._weights[: self._made_trainable]:
            weight.trainable = bool(value)
        for layer in self._sublayers():
            layer.trainable = bool(value)

    def _own_weights(self) -> list[Variable]:
        if not self._tracked:
            return list(self._weights)
        # a list of weights made by `add_weight` may be an attribute too
        parts = [w for w in self._parts(Variable) if not _among(w, self._weights)]
        return [*self._weights, *parts]

    @property
    def weights(self) -> list[Variable]:
        """All weights: first its own (those made trainable before the others), then
        those of the layers inside."""
        found = self._own_weights()
        for layer in self._sublayers():
            found += [w for w in layer.weights if not _among(w, found)]
        return found

    @property
    def variables(self) -> list[Variable]:
        """All weights, and the states of seed generators."""
        found = self._own_weights()
        if self._tracked:
            found += [seeds.state for seeds in self._parts(SeedGenerator)]
        for layer in self._sublayers():
            found += [v for v in layer.variables if not _among(v, found)]
        return found

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes; none if the layer is frozen."""
        if not self.trainable:
            return []
        found = [weight for weight in self._own_weights() if weight.trainable]
        for layer in self._sublayers():
            found += [w for w in layer.trainable_weights if not _among(w, found)]
        return found

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        trained = self.trainable_weights
        return [weight for weight in self.weights if not _among(weight, trained)]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables that training leaves alone."""
        trained = self.trainable_weights
        return [v for v in self.variables if not _among(v, trained)]

    @property
    def losses(self) -> list[float]:
        """The penalty on the outputs of its last call on an array, and those on the
        trainable weights, as they are now."""
        penalized = [w for w in self.trainable_weights if w.regularizer is not None]
        of_weights = [weight.regularizer(weight.value) for weight in penalized]  # type: ignore[misc]
        return [*self._penalties, *of_weights]

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of all weights."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Sets all weights, or none if one of them does not fit.

        Raises:
            ValueError: If their number or a shape is wrong.
        """
        own = self.weights
        if len(weights) != len(own):
            raise ValueError(
                f"Expected {len(own)} weights for the layer {self.name!r}. "
                f"Received: {len(weights)}"
            )
        pairs = list(zip(own, weights, strict=True))
        values = [np.array(weight.checked(value)) for weight, value in pairs]
        for weight, value in zip(own, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Returns the number of values in all weights.

        Raises:
            ValueError: If the layer is not built.
        """
        if not self.built:
            raise ValueError(
                f"Expected the layer {self.name!r} to be built before its weights are "
                "counted; call `build` or give it an input shape. "
                "Received: a layer that is not built"
            )
        return sum(math.prod(weight.shape) for weight in self.weights)


@functools.cache
def _settings(cls: type) -> frozenset[str]:
    """The attributes that operations may depend on."""
    return frozenset(constructor_parameters(cls)) - {"name", "trainable"}


_TRACKED = (WeightHolder, Variable, SeedGenerator, *_CONTAINERS)


@contextlib.contextmanager
def unchanged_on_failure(layers: Sequence[WeightHolder]) -> Iterator[None]:
    """Puts all attributes of layers back if what is inside fails."""
    states = [(layer, _state(layer)) for layer in layers]
    try:
        yield
    except BaseException:
        for layer, state in states:
            vars(layer).clear()
            vars(layer).update(state)
        raise


def _state(layer: WeightHolder) -> dict[str, Any]:
    """The attributes of a layer; containers, such as that of its weights, as copies."""
    return {
        name: type(value)(value) if type(value) in (list, dict) else value
        for name, value in vars(layer).items()
    }


def _collect(value: Any, kind: type | tuple[type, ...], found: list[Any]) -> None:
    if isinstance(value, kind):
        if not _among(value, found):
            found.append(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            _collect(item, kind, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, kind, found)


def _among(x: Any, objects: Sequence[Any]) -> bool:
    return any(x is other for other in objects)
