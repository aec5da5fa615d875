"""Weights: named arrays in padded, aligned storage.

This is the one place that knows the padding: the last axis of every matrix is padded
to a whole number of 64-byte lines, the first element lies on a line, and the padding
is zero and stays zero, so that element-wise passes can run over whole arenas.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastnn.dtypes import FURTHER, SUPPORTED, as_real, storable_dtype
from fastnn.naming import auto_name, current_path

__all__ = ["LINE", "Variable", "padded_width", "padded_zeros"]

LINE = 64
"""Bytes in a cache line, and in the widest SIMD register."""


def padded_width(n: int, itemsize: int) -> int:
    """Returns the elements between the starts of two rows of `n` elements.

    Long rows whose length is a multiple of 512 bytes get one more line: without it, the
    rows of a column fall into the same few sets of the cache.
    """
    size = -(-n * itemsize // LINE) * LINE
    if size >= 1024 and size % 512 == 0:
        size += LINE
    return size // itemsize


def padded_zeros(shape: tuple[int, ...], dtype: npt.DTypeLike) -> np.ndarray:
    """Returns zeros of `shape` as a view of padded, 64-byte aligned storage.

    Arrays of rank 0 and 1 lie in one padded row.
    """
    dtype = np.dtype(dtype)
    *leading, n = shape or (1,)
    width = padded_width(n, dtype.itemsize)
    size = math.prod(leading) * width * dtype.itemsize
    storage = np.zeros(size + LINE, np.uint8)
    start = -storage.ctypes.data % LINE
    rows = storage[start : start + size].view(dtype).reshape(*leading, width)
    return rows[..., :n] if shape else rows[0, ...]


class Variable:
    """A named array that a layer, a metric or an optimizer keeps.

    Weights of a model are variables; `value` is then a view of the model's memory, and
    writing into it changes the weight. Arithmetic and comparisons work as on the array.

    Args:
        initializer: Its first value; or the name of an initializer or a function of
            (shape, dtype) that returns it, for which `shape` is needed.
        shape: Its shape, if `initializer` is not the value itself.
        dtype: Its type; by default that of a NumPy array, else int32 for integers and
            `fastnn.config.floatx()` for everything else.
        trainable: Whether training changes it.
        name: What it is called, such as `kernel`; by default "variable" with a number.
        regularizer: A penalty on it: a function of the value, or None.
        constraint: What its value is put through after each update, or None.

    Attributes:
        value: The live array; writing into it changes the variable, and so does setting
            it, which is `assign`.
        path: The name, with those of the model and the layers around it in front.
        arena: What owns the storage; None while the variable does.

    Raises:
        TypeError: If the value does not hold numbers.
        ValueError: If an argument has a wrong value.

    Example:
        >>> count = fastnn.Variable(0.0, name="count")
        >>> count.assign_add(2.0)
        >>> count * 3
        np.float32(6.0)
    """

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | None = None,
        dtype: npt.DTypeLike | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        regularizer: Callable[..., Any] | None = None,
        constraint: Callable[..., Any] | None = None,
    ):
        self.name = _checked_name(name) if name else auto_name(type(self).__name__)
        path = current_path()
        self.path = f"{path}/{self.name}" if path else self.name
        value = _first_value(initializer, shape, dtype, self.name)
        self._value = padded_zeros(value.shape, value.dtype)
        self._value[...] = value
        self.trainable = trainable
        self.regularizer = regularizer
        self.constraint = constraint
        self.arena: Any = None

    @property
    def value(self) -> np.ndarray:
        """The live array."""
        return self._value

    @value.setter
    def value(self, value: npt.ArrayLike) -> None:
        if value is not self._value:  # as after `variable.value += 1`
            self.assign(value)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    @property
    def dtype(self) -> str:
        return self.value.dtype.name

    @property
    def trainable(self) -> bool:
        """Whether training changes it; may be set at any time."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)

    @property
    def regularizer(self) -> Callable[..., Any] | None:
        """The penalty on it; may be set before it is trained."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Callable[..., Any] | None) -> None:
        self._regularizer = _checked_function(value, "regularizer")

    @property
    def constraint(self) -> Callable[..., Any] | None:
        """What its value is put through after each update."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Callable[..., Any] | None) -> None:
        self._constraint = _checked_function(value, "constraint")

    def numpy(self) -> np.ndarray:
        """Returns a contiguous copy of the value."""
        return self.value.copy(order="C")

    def assign(self, value: npt.ArrayLike) -> np.ndarray:
        """Sets the value.

        Returns:
            The new value.

        Raises:
            ValueError: If the shape differs.
            TypeError: If `value` does not hold real numbers.
        """
        value = self.checked(value)
        self.value[...] = value
        return value

    def assign_add(self, value: npt.ArrayLike) -> np.ndarray:
        """Adds to the value; as `assign`."""
        return self.assign(self.value + _value_of(value))

    def assign_sub(self, value: npt.ArrayLike) -> np.ndarray:
        """Subtracts from the value; as `assign`."""
        return self.assign(self.value - _value_of(value))

    def checked(self, value: npt.ArrayLike) -> np.ndarray:
        """Returns `value` as an array that fits this variable, or raises."""
        value = _as_numbers(value, self.dtype, self.name)
        if value.shape != self.shape:
            raise ValueError(
                f"Expected a value of shape {self.shape} for the variable "
                f"{self.name!r}. Received: shape={value.shape}"
            )
        return value

    def constrain(self) -> None:
        """Puts the value through the constraint, if there is one."""
        if self._constraint is not None:
            self.assign(self._constraint(self.numpy()))

    def move_to(self, view: np.ndarray) -> None:
        """Copies the value into `view`, which becomes the storage.

        Raises:
            ValueError: If shape or dtype of `view` differ.
        """
        if view.shape != self.shape or view.dtype != self.value.dtype:
            raise ValueError(
                f"Expected a view of shape {self.shape} and dtype {self.dtype} for the "
                f"variable {self.name!r}. Received: shape={view.shape}, "
                f"dtype={view.dtype}"
            )
        view[...] = self._value
        self._value = view

    # As an array

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            return np.asarray(self.value, dtype=dtype)
        return np.array(self.value, dtype=dtype)

    def __getitem__(self, index: Any) -> Any:
        return self.value[index].copy()

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self):
        return iter(self.numpy())

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        raise TypeError(
            f"Expected a number or an array as a condition. Received: {self!r}; "
            "compare its `value`"
        )

    # Identity, not the value, is what dictionaries and sets look at.
    __hash__ = object.__hash__

    def __neg__(self):
        return -self.value

    def __pos__(self):
        return self.numpy()

    def __abs__(self):
        return abs(self.value)

    def __invert__(self):
        return ~self.value

    def __round__(self, ndigits: int | None = None):
        return np.round(self.value, ndigits or 0)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_value": self.numpy(), "arena": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._value = padded_zeros(state["_value"].shape, state["_value"].dtype)
        self._value[...] = state["_value"]

    def __repr__(self) -> str:
        return (
            f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, "
            f"value={self.value}>"
        )


def _as_on_arrays(function: Callable[..., Any], *, swapped: bool = False) -> Any:
    """A method that applies a function of two arrays to a variable's value."""
    if swapped:
        return lambda self, other: function(other, self.value)

    def method(self: Variable, other: Any) -> Any:
        if getattr(other, "__array_ufunc__", True) is None:
            return NotImplemented  # it wants to do this itself
        return function(self.value, _value_of(other))

    return method


def _value_of(other: Any) -> Any:
    return other.value if isinstance(other, Variable) else other


for _name, _function in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide,
    "floordiv": np.floor_divide, "mod": np.mod, "pow": np.power, "matmul": np.matmul,
    "and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor,
}.items():  # fmt: skip
    setattr(Variable, f"__{_name}__", _as_on_arrays(_function))
    setattr(Variable, f"__r{_name}__", _as_on_arrays(_function, swapped=True))
for _name, _function in {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal,
    "gt": np.greater, "ge": np.greater_equal,
}.items():  # fmt: skip
    setattr(Variable, f"__{_name}__", _as_on_arrays(_function))


def _first_value(initializer, shape, dtype, name) -> np.ndarray:
    if isinstance(initializer, str):
        from fastnn import initializers

        initializer = initializers.get(initializer)
    if not callable(initializer):
        value = _as_numbers(initializer, dtype, name)
        if shape is not None and tuple(shape) != value.shape:
            raise ValueError(
                f"Expected `shape` to be that of the value, {value.shape}, or None. "
                f"Received: {shape=}"
            )
        return value
    if shape is None:
        raise ValueError(
            f"Expected the `shape` of a variable that an initializer fills. Received: "
            f"{initializer=}, shape=None"
        )
    shape = _checked_shape(shape)
    dtype = storable_dtype(dtype)
    value = _as_numbers(initializer(shape, dtype=dtype), dtype, name)
    if value.shape != shape:
        raise ValueError(
            f"Expected the initializer of {name!r} to return shape {shape}. "
            f"Received: shape={value.shape}"
        )
    return value


def _as_numbers(value: Any, dtype: npt.DTypeLike | None, name: str) -> np.ndarray:
    if dtype is None:
        dtype = _type_of(value)
    if dtype is None or storable_dtype(dtype) in SUPPORTED:
        return as_real(value, dtype, name=name)
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Expected {name} to hold real numbers. Received: dtype={array.dtype}"
        )
    return np.asarray(array, dtype=storable_dtype(dtype), order="C")


def _type_of(value: Any) -> str | None:
    """The type that an array brings along; None if the default applies."""
    kept = np.asarray(value).dtype
    if kept.name not in FURTHER:
        return None
    if hasattr(value, "dtype") or kept.kind == "b":
        return kept.name
    return "int32"


def _checked_shape(shape: Sequence[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        sizes = (-1,)
    if any(size < 0 for size in sizes):
        raise ValueError(
            f"Expected `shape` to be a sequence of integers. Received: {shape=}"
        )
    return sizes


def _checked_name(name: Any) -> str:
    if not isinstance(name, str) or "/" in name:
        raise ValueError(
            f"Expected `name` to be a string without '/'. Received: {name=}"
        )
    return name


def _checked_function(value: Any, argument: str) -> Any:
    if value is not None and not callable(value):
        raise ValueError(
            f"Expected `{argument}` to be a function of the value, or None. "
            f"Received: {argument}={value!r}"
        )
    return value
