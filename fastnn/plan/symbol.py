"""What a layer made of other layers sees in place of numbers, while it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastnn.plan.tensor import Tensor

if TYPE_CHECKING:
    from fastnn.layers import Layer
    from fastnn.plan.builder import Builder

__all__ = ["Symbol"]


class Symbol:
    """The inputs or outputs of a layer within a plan that is being recorded.

    Layers and activations can be called on it, and two of the same shape added; it has
    a shape and a dtype, but no numbers.

    Args:
        builder: What records.
        tensor: What it stands for.
    """

    def __init__(self, builder: Builder, tensor: Tensor):
        self._builder = builder
        self._tensor = tensor

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Shape of a batch; None for any number of rows."""
        return (None, *self._tensor.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def dtype(self) -> str:
        return self._tensor.dtype

    def through(self, layer: Layer, training: bool | None = None) -> Symbol:
        """Records a layer and returns its outputs.

        Args:
            layer: The layer; built if it is not yet.
            training: Whether it behaves as in training; by default as the layer around.
        """
        if not layer.built:
            layer.build(self.shape)
        with self._builder.behaving(training):
            return Symbol(self._builder, self._builder.apply(layer, self._tensor))

    def mapped(self, record: Callable[[Builder, Tensor], Tensor]) -> Symbol:
        """Returns what `record` records for the tensor, such as an activation of it."""
        return Symbol(self._builder, record(self._builder, self._tensor))

    def tensor_of(self, builder: Builder) -> Tensor | None:
        """What it stands for, if it is `builder` that records it."""
        return self._tensor if builder is self._builder else None

    def __add__(self, other: Any) -> Symbol:
        tensor = other.tensor_of(self._builder) if isinstance(other, Symbol) else None
        if tensor is None or tensor.shape != self._tensor.shape:
            raise _not_recordable(f"a sum with {other!r}")
        return Symbol(self._builder, self._builder.add(self._tensor, tensor))

    __radd__ = __add__

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise _not_recordable("a conversion to an array")

    def __array_ufunc__(self, function: Any, *_: Any, **__: Any) -> Any:
        raise _not_recordable(f"numpy.{function.__name__}")

    def __array_function__(self, function: Any, *_: Any, **__: Any) -> Any:
        raise _not_recordable(f"numpy.{function.__name__}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _not_recordable(f"the attribute {name!r}")

    def __bool__(self) -> bool:
        raise _not_recordable("a condition")

    def __repr__(self) -> str:
        return f"<Symbol shape={self.shape}, dtype={self.dtype}>"


def _refusing(name: str) -> Any:
    def refuse(self: Symbol, *_: Any) -> Any:
        raise _not_recordable(f"`{name}`")

    return refuse


for _name in (
    "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor",
):  # fmt: skip
    setattr(Symbol, f"__{_name}__", _refusing(f"__{_name}__"))
    setattr(Symbol, f"__r{_name}__", _refusing(f"__r{_name}__"))
for _name in ("neg", "abs", "lt", "le", "gt", "ge", "getitem", "iter", "len", "float"):
    setattr(Symbol, f"__{_name}__", _refusing(f"__{_name}__"))


def _not_recordable(what: str) -> TypeError:
    return TypeError(
        "Expected the `call` of a layer or model that contains layers to use layers, "
        "activations and sums alone, so that it can be trained. "
        f"Received: {what}; put it into a layer of its own, with `call` and `backward` "
        "on NumPy arrays"
    )
