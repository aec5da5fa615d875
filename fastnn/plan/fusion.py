"""Rewrites of a list of operations; each leaves every result as it was.

A rewrite merges two neighbours into one kernel that does the work of both.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, cast

from fastnn.plan.costs import FORWARD_PRODUCTS, INPUT_PRODUCTS, WEIGHT_PRODUCTS
from fastnn.plan.rules.elementwise import reads_input
from fastnn.plan.sharing import splits_inputs
from fastnn.plan.tensor import Op, Tensor, with_size

if TYPE_CHECKING:
    from fastnn.variable import Variable

__all__ = [
    "fetch_ahead",
    "fuse_backward",
    "fuse_forward",
    "fuse_loss",
    "list_rows",
    "read_in_place",
]


def fuse_forward(ops: list[Op], *, differentiated: bool = False) -> list[Op]:
    """dense, then an element-wise function of it -> one product that applies it;
    rows gathered, then reshaped -> rows gathered into their new shape.

    Args:
        ops: The forward operations.
        differentiated: Whether a backward pass follows. A function whose derivative is
            written with its input then stays by itself, or that would be gone.
    """
    fused: list[Op] = []
    uses = _uses(ops)
    for op in ops:
        last = fused[-1] if fused and _feeds(fused[-1], op, uses) else None
        if (
            last is not None
            and _is_pair(last, op, FORWARD_PRODUCTS, "elementwise_forward")
            and not (differentiated and op.function and reads_input(op.function[0]))
        ):
            fused[-1] = dataclasses.replace(
                last, outputs=op.outputs, function=op.function, scalars=op.scalars
            )
        elif (
            last is not None
            and last.kind == "gather"
            and op.kind in ("reshape", "view")
        ):
            out = cast("Tensor", op.outputs[0])
            sizes = (last.sizes[0], out.height, out.width, out.row)
            fused[-1] = dataclasses.replace(last, outputs=op.outputs, sizes=sizes)
        else:
            fused.append(op)
    return [_without_identity(op) for op in fused]


def read_in_place(ops: list[Op]) -> list[Op]:
    """rows gathered, then a product that alone needs them -> a product that reads them
    in the user's array; they are gathered only where its type or order is another."""
    if len(ops) < 2 or ops[0].kind != "gather" or ops[1].kind not in FORWARD_PRODUCTS:
        return ops
    gather, product, *rest = ops
    slot, height, *_ = gather.sizes
    if height != 1 or not _feeds(gather, product, _uses(ops)):
        return ops
    return [
        dataclasses.replace(gather, sizes=(*gather.sizes, 1)),
        dataclasses.replace(product, sizes=(*product.sizes, slot + 1)),
        *rest,
    ]


def list_rows(ops: list[Op]) -> list[Op]:
    """rows gathered, then a product with few weights and its weight gradient, which
    alone need them -> products that read each row where it lies in the user's array;
    they are gathered only where their type is another."""
    gather = next((op for op in ops if op.kind == "gather"), None)
    if gather is None or gather.sizes[1] != 1:
        return ops
    slot, _, width, _ = gather.sizes
    rows = gather.outputs[0]
    readers = [op for op in ops if any(operand is rows for operand in op.inputs)]
    kinds = [op.kind for op in readers]
    if kinds not in (["dense_forward"], ["dense_forward", "dense_backward_weight"]):
        return ops
    weight = cast("Variable", readers[0].inputs[1])
    if not splits_inputs(width, readers[0].sizes[2], weight.value.itemsize):
        return ops
    listed = {
        gather: with_size(gather, 6, 1),
        readers[0]: with_size(readers[0], 8, slot + 1),
        **{op: with_size(op, 9, 1) for op in readers[1:]},
    }
    return [
        dataclasses.replace(op, sizes=listed[op]) if op in listed else op for op in ops
    ]


def fuse_backward(ops: list[Op]) -> list[Op]:
    """gradient of a product's input, then of the function before it -> one product."""
    fused: list[Op] = []
    uses = _uses(ops)
    for op in ops:
        last = fused[-1] if fused and _feeds(fused[-1], op, uses) else None
        if last is not None and _is_pair(
            last, op, INPUT_PRODUCTS, "elementwise_backward"
        ):
            dout, weight, _, scratch = last.inputs
            fused[-1] = dataclasses.replace(
                last,
                outputs=op.outputs,
                inputs=(dout, weight, op.inputs[1], scratch),
                function=op.function,
                scalars=op.scalars,
            )
        else:
            fused.append(op)
    return fused


def fetch_ahead(ops: list[Op]) -> list[Op]:
    """The weight gradient of the product that reads the gathered rows asks memory for
    those of the next batch while it computes."""
    gathered = {op.outputs[0]: op for op in ops if op.kind == "gather"}
    return [
        dataclasses.replace(op, sizes=(*op.sizes, *_fetched(gathered[op.inputs[0]])))
        if op.kind in WEIGHT_PRODUCTS and op.inputs[0] in gathered
        else op
        for op in ops
    ]


def _fetched(gather: Op) -> tuple[int, int]:
    """Elements of a row of the source, and the source's number."""
    source, height, width, _ = gather.sizes
    return height * width, source


_WITH_LOGITS = {
    "binary_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
}


def fuse_loss(ops: list[Op], prediction: Tensor, loss: str) -> Op | None:
    """The last operation, if `loss` of its result can be computed from its input.

    sigmoid -> binary crossentropy and softmax -> categorical crossentropy become one
    kernel that works on the logits and so neither overflows nor saturates. The
    operation is taken off the list.
    """
    if not ops or ops[-1].outputs[0] is not prediction:
        return None
    last = ops[-1]
    name = "softmax" if last.kind == "softmax_forward" else None
    if last.kind == "elementwise_forward" and last.function is not None:
        name = last.function[0]
    return ops.pop() if name and name == _WITH_LOGITS.get(loss) else None


def _uses(ops: list[Op]) -> Counter[int]:
    """How many operations read each operand, by its id."""
    return Counter(i for op in ops for i in {id(operand) for operand in op.inputs})


def _feeds(last: Op, op: Op, uses: Counter[int]) -> bool:
    """Whether the result of `last` is read by `op` and by no other."""
    result = last.outputs[0] if last.outputs else None
    return (
        isinstance(result, Tensor)
        and bool(op.inputs)
        and op.inputs[0] is result
        and uses[id(result)] == 1
    )


def _is_pair(last: Op, op: Op, first: tuple[str, ...], second: str) -> bool:
    return last.kind in first and op.kind == second and last.function is None


def _without_identity(op: Op) -> Op:
    """A product that applies `linear` applies nothing."""
    if op.kind in FORWARD_PRODUCTS and op.function == ("linear", "forward"):
        return dataclasses.replace(op, function=None)
    return op
