"""What descriptions record a network into: forward operations, in order."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from fastnn.plan.rules import RULES, activity, permute
from fastnn.plan.rules.categories import as_values
from fastnn.plan.rules.masking import mask_tensor
from fastnn.plan.rules.reshape import viewed
from fastnn.plan.tensor import Held, Op, Operand, Tensor
from fastnn.variable import Variable

if TYPE_CHECKING:
    from fastnn.layers import Layer

__all__ = ["Builder", "Tensor"]


class Builder:
    """Records the operations of one forward pass.

    Args:
        dtype: "float32" or "float64".
        training: Whether layers such as dropout are active.

    Attributes:
        ops: The operations so far.
        updates: Operations that end the step: what layers keep from it.
        after_backward: What records more once the gradients are known, given the
            function that finds their memory.
        trainable: The variables that the forward pass may be differentiated for.
        loss_scale: What the loss is multiplied with before the backward pass.
    """

    def __init__(self, dtype: str, *, training: bool):
        self.dtype = dtype
        self.training = training
        self.ops: list[Op] = []
        self.updates: list[Op] = []
        self.after_backward: list[Callable[..., None]] = []
        self.trainable: list[Variable] = []
        self.loss_scale: Held | None = None
        self._needs_gradient: set[Tensor] = set()
        self._masks: dict[Tensor, Tensor] = {}
        self._layer = ""
        self._frozen = False  # whether a layer around is
        self._rounding = False  # whether products round their operands to bfloat16

    @contextlib.contextmanager
    def belonging_to(self, name: str) -> Iterator[None]:
        """Attributes the operations recorded inside to a layer."""
        before, self._layer = self._layer, name
        yield
        self._layer = before

    @contextlib.contextmanager
    def behaving(self, training: bool | None) -> Iterator[None]:
        """Makes the layers recorded inside behave as in training, or not; None leaves
        that as it is."""
        before = self.training
        self.training = before if training is None else bool(training)
        yield
        self.training = before

    def apply(self, layer: Layer, x: Tensor) -> Tensor:
        """Records what a layer does with `x`.

        Raises:
            ValueError: If the layer's weights are made for inputs of another shape.
        """
        _check_shape(layer, x)
        before = self._rounding, self._frozen
        self._frozen = self._frozen or not layer.trainable
        self._rounding = layer.compute_dtype == "bfloat16"
        if not self._frozen:
            new = [w for w in layer.trainable_weights if not _among(w, self.trainable)]
            self.trainable.extend(new)
        with self.belonging_to(layer.name):
            out = layer.lower(self, x if layer.takes_codes else as_values(self, x))
            self._pass_mask_on(layer, x, out)
            out = self._penalized(layer, out)
        self._rounding, self._frozen = before
        return out

    def mask_of(self, x: Tensor) -> Tensor | None:
        """Which rows of a tensor count: 1 or 0 for each; None if all do."""
        return self._masks.get(x)

    def set_mask(self, x: Tensor, mask: Tensor) -> None:
        """Says which rows of a tensor count."""
        self._masks[x] = mask

    def masked(self, x: Tensor, value: float) -> Tensor:
        """Records a mask of the rows of `x` that are all `value`, and puts 0 there."""
        out = self.forward("masking", x, shape=x.shape, scalars=(value,))
        self.set_mask(out, cast("Tensor", self.ops[-1].outputs[1]))
        return out

    def _pass_mask_on(self, layer: Layer, x: Tensor, out: Tensor) -> None:
        mask = self.mask_of(x)
        if mask is None or self.mask_of(out) is not None:
            return
        if layer.supports_masking:
            self.set_mask(out, mask)
        elif not layer._sublayers():
            warnings.warn(
                f"The layer {layer.name!r} does not support masking: the mask of its "
                "inputs ends there",
                stacklevel=2,
            )

    def _penalized(self, layer: Layer, out: Tensor) -> Tensor:
        if layer.activity_regularizer is None:
            return out
        x = as_values(self, out)
        mask = self.mask_of(out)
        out = activity.regularized(self, x, layer.activity_regularizer)
        if mask is not None:
            self.set_mask(out, mask)
        self.mark(x, out, ())
        return out

    def read(self, layer: Layer, slot: int, shape: tuple[int, ...]) -> Tensor:
        """Records what a layer does with the codes that its `read` has made."""
        self.trainable.extend(layer.trainable_weights)
        with self.belonging_to(layer.name):
            codes = self.tensor("codes", shape, "int32", padded=False)
            sizes = (slot, codes.height * codes.width)
            self.emit("gather_labels", (codes,), (), sizes=sizes)
        return self.decode(layer, codes)

    def decode(self, layer: Layer, codes: Tensor) -> Tensor:
        """The same of codes that are gathered already."""
        with self.belonging_to(layer.name):
            return self._penalized(layer, layer.lower_read(self, codes))

    def tensor(self, name: str, shape: tuple[int, ...], dtype: str | None = None,
               **kind: Any) -> Tensor:  # fmt: skip
        """A new tensor; its name gets the current layer's in front."""
        prefix = f"{self._layer}/" if self._layer else ""
        return Tensor(prefix + name, tuple(shape), dtype or self.dtype, **kind)

    def emit(self, kind: str, outputs: tuple[Operand, ...], inputs: tuple[Operand, ...],
             **settings: Any) -> Op:  # fmt: skip
        """Records one operation."""
        op = Op(kind, outputs, inputs, layer=self._layer, **settings)
        self.ops.append(op)
        return op

    def keep_average(self, average: Variable, value: Tensor, momentum: float) -> None:
        """Records average := average * momentum + value * (1 - momentum), for the end
        of the step: one whose loss is not finite leaves no trace.

        Args:
            average: A variable of one axis that training leaves alone.
            value: A vector that the step computes.
            momentum: How much is kept.
        """
        self.at_the_end(
            "moving_average",
            (average,),
            (value,),
            sizes=average.shape,
            scalars=(momentum,),
        )

    def at_the_end(self, kind: str, outputs: tuple[Operand, ...],
                   inputs: tuple[Operand, ...], **settings: Any) -> None:  # fmt: skip
        """Records one operation that ends the step."""
        op = Op(kind, outputs, inputs, layer=self._layer, **settings)
        self.updates.append(op)

    def needs_gradient(self, tensor: Tensor) -> bool:
        """Whether anything trainable lies before `tensor`."""
        return tensor in self._needs_gradient

    def source(self, slot: int, shape: tuple[int, ...], name: str) -> Tensor:
        """The rows of the batch, gathered from what the user passed in."""
        out = self.tensor(name, shape)
        sizes = (slot, out.height, out.width, out.row)
        self.emit("gather", (out,), (), sizes=sizes)
        return out

    def forward(
        self,
        kind: str,
        x: Tensor,
        *weights: Operand,
        shape: tuple[int, ...],
        sizes: tuple[int, ...] = (),
        scalars: tuple[float, ...] = (),
        function: str | None = None,
        key: int = 0,
    ) -> Tensor:
        """Records one operation of a layer.

        Args:
            kind: Its name in `RULES`, with or without "_forward".
            x: What it is applied to.
            *weights: Its variables or settings, None for one that is left out.
            shape: Of its result, without the batch axis.
            sizes: Further sizes, after those that follow from the shapes.
            scalars: Its settings.
            function: The element-wise function, for "elementwise".
            key: Of its random numbers.

        Returns:
            Its result.
        """
        out = self.tensor(function or kind, shape)
        if self._rounding and f"{kind}_bf16_forward" in RULES:
            kind = f"{kind}_bf16"
        operation = kind if kind in RULES else f"{kind}_forward"
        extra, own = RULES[operation].prepare(self, x, out, weights)
        self.emit(
            operation,
            (out, *extra),
            (x, *weights),
            sizes=(*own, *sizes),
            scalars=scalars,
            function=(function, "forward") if function else None,
            key=key,
        )
        self.mark(x, out, weights)
        return out

    def add(self, a: Tensor, b: Tensor, scale: float = 1.0) -> Tensor:
        """Records a + scale * b, of two tensors of one shape."""
        out = self.tensor("add", a.shape)
        sizes = (a.height, a.width, a.row, 1)
        if scale == 1:
            self.emit("add", (out,), (a, b), sizes=sizes)
        else:
            kind = "add_scaled_forward"
            self.emit(kind, (out,), (a, b), sizes=sizes, scalars=(scale,))
        if self.needs_gradient(a) or self.needs_gradient(b):
            self._needs_gradient.add(out)
        return out

    def reshape(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        """Records `x` in another shape, for as many elements; nothing is copied unless
        the padding of rows makes it necessary."""
        if shape == x.shape:
            return x
        if not x.can_be_viewed_as(shape):
            return self.forward("reshape", x, shape=shape)
        out = viewed(self, x, shape, "view")
        self.mark(x, out, ())
        return out

    def permute(self, x: Tensor, order: tuple[int, ...]) -> Tensor:
        """Records a copy of `x` with its axes in another order.

        Args:
            x: What is copied.
            order: Which axis of a sample of `x` becomes the first, the second, ...

        Returns:
            The copy; `x` itself if the order is its own.
        """
        if tuple(order) == tuple(range(len(x.shape))):
            return x
        out = self.tensor("permute", tuple(x.shape[axis] for axis in order))
        permute.record(self, x, out, order)
        self.mark(x, out, ())
        return out

    def python_layer(self, layer: Layer, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        """Records a user's own layer, which runs in Python."""
        from fastnn.layers import python_layer

        out = self.tensor("call", shape)
        training = self.training
        mask = self.mask_of(x) if layer.takes_mask else None

        def call(out_view, x_view, mask_view=None):
            out_view[...] = python_layer.forward(
                layer, x_view, out.shape, training=training, mask=mask_view
            )

        inputs = (x,) if mask is None else (x, mask)
        self.emit("python", (out,), inputs, call=call, backward=layer)
        self.mark(x, out, layer.weights)
        return out

    def python_mask(self, layer: Layer, x: Tensor, out: Tensor) -> None:
        """Records the mask that a user's own layer computes."""
        mask = mask_tensor(self, out.shape[:-1])

        def call(mask_view, x_view, previous):
            given = None if previous is None else previous != 0
            mask_view[...] = layer.compute_mask(x_view, given)

        self.emit("python", (mask,), (x, self.mask_of(x)), call=call)
        self.set_mask(out, mask)

    def python_function(
        self, function: Callable[..., Any], derivative: Callable[..., Any], x: Tensor
    ) -> Tensor:
        """Records a user's own element-wise activation, which runs in Python."""
        out = self.tensor(getattr(function, "__name__", "function"), x.shape)

        def call(out_view, x_view):
            out_view[...] = function(x_view)

        self.emit("python", (out,), (x,), call=call, backward=derivative)
        self.mark(x, out, ())
        return out

    def mark(self, x: Tensor, out: Tensor, weights: Any) -> None:
        """Says that `out` was made of `x` and of weights, Nones among them."""
        own = any(w is not None and _among(w, self.trainable) for w in weights)
        if own or self.needs_gradient(x):
            self._needs_gradient.add(out)


def _check_shape(layer: Layer, x: Tensor) -> None:
    if not layer.fits((None, *x.shape)):
        raise ValueError(
            f"Expected inputs of shape {layer.built_for} for the layer "
            f"{layer.name!r}, for which it is built. Received: {(None, *x.shape)}"
        )


def _among(variable: Variable, variables: list[Variable]) -> bool:
    return any(variable is other for other in variables)
